// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  attack,
  buildWheel,
  download,
  ISSUER_URL,
  passDays,
  publisherOf,
  releaseJob,
  sampleWorld,
  toyProject,
} from "@countermark/testkit";

attack(
  {
    by: "account-thief",
    tries: "waits out the week, publishes, and counts on people who have never installed the project",
    stoppedBy:
      "what a change let in is a change to newcomers too, for as long as the owner can undo it: two more weeks",
    noticedBy: "whoever installs for the first time",
    when: "at the first install of the thief's file",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const thief = releaseJob("thief/sampleproject");
    const publishers = [publisherOf(ISSUER_URL, thief)];
    await world.manage("projects/sampleproject/configure", { publishers, act: "ask", way: "account" });
    await passDays(world, 8);
    await world.manage("projects/sampleproject/configure", { act: "take" });
    const bad = buildWheel(toyProject("sampleproject", "6.6.6"));
    assert.equal((await world.publish(thief, [bad])).status, 0);

    await t.test("a newcomer does not get the thief's file, and is told why", async () => {
      const run = await download(world.createClient(), "sampleproject", "6.6.6");
      assert.equal(run.status, 1, run.output);
      assert.match(run.output, /\[change-unsettled\]/);
      t.saw("a newcomer", run.output, /\[change-unsettled\]/);
    });
    await t.test("a newcomer gets the owner's file as before", async () => {
      const run = await download(world.createClient(), "sampleproject", "1.0.0");
      assert.equal(run.status, 0, run.output);
    });
    await t.test("what remains: an owner who looked away for three weeks has lost the name", async () => {
      await passDays(world, 15);
      const run = await download(world.createClient(), "sampleproject", "6.6.6");
      assert.equal(run.status, 0, run.output);
    });
  },
);
