// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  attack,
  buildWheel,
  fakeClock,
  INDEX_URL,
  sampleWorld,
  takeUploadToken,
  toyProject,
  uploadByHand,
} from "@countermark/testkit";

attack(
  {
    by: "witness",
    tries: "answers every new head with the line that it signed for an old one",
    stoppedBy: "a line is checked against the very head before it is kept, by the index and by every client",
    noticedBy: "the index",
    when: "when the head is signed",
  },
  async (t) => {
    const reports: string[] = [];
    const world = await sampleWorld(t, {
      clock: fakeClock(),
      report: (error) => reports.push(String(error)),
    });
    const note = await (await world.network.fetch(`${INDEX_URL}/checkpoint`)).text();
    const old = (name: string) =>
      note.split("\n").find((line) => line.startsWith(`\u2014 ${name}.test `)) ?? "";
    const replay = (name: string) =>
      world.network.attach(`${name}.test`, { fetch: () => new Response(`${old(name)}\n`) });
    await t.test("one of three: its line is left out, and the head is released with the others", async () => {
      replay("oak");
      const run = await world.publish({ ...world.claims, runId: "2" }, [
        buildWheel(toyProject("sampleproject", "1.1.0")),
      ]);
      assert.equal(run.status, 0, run.output);
      const said = reports.find((report) => report.includes("oak")) ?? "";
      assert.match(said, /is not its cosignature/);
      t.saw("the index's operator", said);
    });
    await t.test("two of three: no quorum, so nothing new is shown", async () => {
      replay("ash");
      const project = toyProject("sampleproject", "1.2.0");
      const job = { ...world.claims, runId: "3" };
      const upload = { project, file: buildWheel(project), attestations: [] };
      const said = await uploadByHand(world, await takeUploadToken(world, job), upload);
      assert.match(said, /^503 /);
      t.saw("the publisher", said);
      const page = await (await world.network.fetch(`${INDEX_URL}/simple/sampleproject/`)).text();
      assert.match(page, /1\.1\.0/);
      assert.doesNotMatch(page, /1\.2\.0/);
    });
  },
);
