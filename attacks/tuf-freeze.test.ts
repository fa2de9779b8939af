// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { attack, createTrustRepository, sampleWorld } from "@countermark/testkit";

const DAY = 86_400;

attack(
  {
    by: "trust-repository",
    tries: "shows the same old files for ever, so that a change of keys is never seen",
    stoppedBy: "the timestamp expires; offline use after that is for as long as the user says",
    noticedBy: "every client",
    when: "when the timestamp expires",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const { env } = createTrustRepository(world);
    await t.test(
      "a repository that stands still is believed until its timestamp expires, no second longer",
      async () => {
        assert.equal((await world.countermark(["audit"], env)).status, 0);
        world.clock.advance(30 * DAY - 1);
        assert.doesNotMatch((await world.countermark(["audit"], env)).output, /tuf-/);
        world.clock.advance(1);
        const run = await world.countermark(["audit"], env);
        assert.equal(run.status, 1);
        const sentence = "it expired at 2026-03-31T12:00:00Z, and it is 2026-03-31T12:00:00Z [tuf-expired]";
        assert.ok(run.output.includes(sentence), run.output);
        t.saw("the user", run.output, /\[tuf-expired\]/);
      },
    );
    await t.test("offline is no way round it: how long ago it may have expired is said by name", async () => {
      world.clock.advance(2 * DAY);
      const offline = (days: string) => world.countermark(["audit", "--trust-offline", days], env);
      assert.match((await offline("1")).output, /\[tuf-expired\]/);
      assert.doesNotMatch((await offline("3")).output, /tuf-/);
    });
  },
);
