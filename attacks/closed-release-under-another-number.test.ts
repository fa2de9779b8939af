// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { attack, buildWheel, sampleWorld, toyProject } from "@countermark/testkit";

attack(
  {
    by: "publisher",
    tries: "adds a file to a release that was closed, under a number that installers take for the same",
    stoppedBy:
      "a release is known by its number without zeros at the end: all spellings are one, and it is closed",
    noticedBy: "the uploader",
    when: "before the file is in the ledger",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const close = { version: "1.0.0", text: "everything is there" };
    await world.manage("projects/sampleproject/close", close);
    for (const version of ["1.0.0.0", "1"]) {
      await t.test(`as ${version}`, async () => {
        const run = await world.publish({ ...world.claims, runId: `9${version.length}` }, [
          buildWheel(toyProject("sampleproject", version)),
        ]);
        assert.notEqual(run.status, 0, run.output);
        assert.match(run.output, /release-closed/);
        t.saw("the uploader", run.output, /release-closed/);
      });
    }
    await t.test("it is closed once", async () => {
      await assert.rejects(world.manage("projects/sampleproject/close", close), /release-closed/);
    });
  },
);
