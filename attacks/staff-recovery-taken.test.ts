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
    by: "index",
    tries: "recovers a project whose owner looks away for three weeks, and publishes as the project",
    stoppedBy:
      "who installed it before has the identity locked; to all others it counts as a change for two more weeks",
    noticedBy: "every user: it is shown as the gravest change there is",
    when: "at the first install of the new owner's file",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const user = world.createClient();
    assert.equal((await download(user, "sampleproject")).status, 0);
    const thief = releaseJob("thief/sampleproject");
    const publishers = [publisherOf(ISSUER_URL, thief)];
    const recover = (body: unknown) => world.manage("projects/sampleproject/recover", body);
    await recover({ act: "ask", publishers, text: "the owner lost every key, says somebody" });
    await passDays(world, 22);
    await recover({ act: "take" });
    const bad = buildWheel(toyProject("sampleproject", "6.6.6"));
    const published = await world.publish(thief, [bad]);
    assert.equal(published.status, 0, published.output);

    await t.test("a user who had the project before is told that staff handed it over", async () => {
      const run = await download(user, "sampleproject", "6.6.6");
      assert.equal(run.status, 1, run.output);
      assert.match(run.output, /the gravest change there is: the index's staff or its offline keys/);
      t.saw("a user who had it before", run.output, /\[identity-changed\]/);
    });
    await t.test("a newcomer is told that it changed hands", async () => {
      const run = await download(world.createClient(), "sampleproject", "6.6.6");
      assert.equal(run.status, 1, run.output);
      t.saw("a newcomer", run.output, /\[change-unsettled\]/);
    });
    await t.test("what was published before stays what it was", async () => {
      const run = await download(user, "sampleproject", "1.0.0");
      assert.equal(run.status, 0, run.output);
    });
  },
);
