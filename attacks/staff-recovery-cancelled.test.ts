// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  attack,
  buildWheel,
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
    tries: "hands a project over to somebody else, as a recovery that its owner never asked for",
    stoppedBy:
      "a recovery waits three weeks in public, and whoever can still sign for the project cancels it",
    noticedBy: "the project's owner, and everybody who watches the ledger",
    when: "three weeks before it could be taken",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const thief = releaseJob("thief/sampleproject");
    const publishers = [publisherOf(ISSUER_URL, thief)];
    const recover = (body: unknown) => world.manage("projects/sampleproject/recover", body);
    await recover({ act: "ask", publishers, text: "the owner lost every key, says somebody" });

    await t.test("it cannot be taken before three weeks have passed", async () => {
      await passDays(world, 20);
      await assert.rejects(recover({ act: "take" }), (error: Error) => {
        assert.match(error.message, /too-early/);
        t.saw("the index's staff, on the 20th day", error.message);
        return true;
      });
    });
    await t.test("the owner cancels it, and nothing is left to take", async () => {
      await world.manage("projects/sampleproject/configure", { act: "cancel" });
      await passDays(world, 3);
      await assert.rejects(recover({ act: "take" }), (error: Error) => {
        assert.match(error.message, /no-pending/);
        t.saw("the index's staff, once cancelled", error.message);
        return true;
      });
    });
    await t.test("who was to get it publishes nothing, and who had it goes on", async () => {
      const refused = await world.publish(thief, [buildWheel(toyProject("sampleproject", "6.6.6"))]);
      assert.equal(refused.status, 1, refused.output);
      const next = buildWheel(toyProject("sampleproject", "1.1.0"));
      const published = await world.publish({ ...world.claims, runId: "901" }, [next]);
      assert.equal(published.status, 0, published.output);
    });
  },
);
