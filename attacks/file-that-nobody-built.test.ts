// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { attack, buildSdist, buildWheel, createWorld, toyProject, uploadByHand } from "@countermark/testkit";

attack(
  {
    by: "account-thief",
    tries: "adds one more file to a release, with a maintainer's stolen API token",
    stoppedBy:
      "nothing, where the project takes tokens; the owner's check compares the release with what he built",
    noticedBy: "the owner",
    when: "when he runs check-mine, which a schedule can do",
  },
  async (t) => {
    const world = await createWorld();
    t.after(() => world.close());
    const { token } = (await world.manage("accounts", { name: "maintainer" })) as { token: string }; // our own answer
    const project = toyProject("sampleproject", "1.0.0");
    const mine = buildWheel(project);
    const upload = (file: typeof mine) => uploadByHand(world, token, { project, file, attestations: [] });
    assert.match(await upload(mine), /^200/);
    await t.test("a release that holds what the maintainer built, and nothing else", async () => {
      const run = await world.countermark(["check-mine", world.writeFile(mine)]);
      assert.equal(run.status, 0, run.output);
    });
    await t.test("with the thief's file in it: named", async () => {
      assert.match(await upload(buildSdist(project)), /^200/);
      const run = await world.countermark(["check-mine", world.writeFile(mine)]);
      assert.equal(run.status, 1, run.output);
      assert.match(run.output, /sampleproject-1\.0\.0\.tar\.gz.*\[not-mine\]/);
      t.saw("the owner", run.output, /\[not-mine\]/);
    });
  },
);
