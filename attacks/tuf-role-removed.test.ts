// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { attack, createTrustRepository, sampleWorld } from "@countermark/testkit";

attack(
  {
    by: "trust-repository",
    tries: "leaves a role out of the snapshot, or lists an older version of it, to undo what it said",
    stoppedBy: "a new snapshot lists every role of the one before it, and none in an older version",
    noticedBy: "every client that has a cache",
    when: "at its next refresh",
  },
  async (t) => {
    const start = async () => {
      const world = await sampleWorld(t);
      const { repo, env } = createTrustRepository(world);
      repo.delegate("targets", "keys");
      repo.publish("keys", "targets", "snapshot", "timestamp");
      const refresh = () => world.countermark(["audit"], env);
      assert.equal((await refresh()).status, 0);
      return { repo, refresh };
    };
    await t.test("a role that is no longer listed", async () => {
      const { repo, refresh } = await start();
      delete repo.snapshot.meta["keys.json"];
      repo.publish("snapshot", "timestamp");
      const run = await refresh();
      assert.equal(run.status, 1, run.output);
      t.saw("the user", run.output, /\[tuf-role-removed\]/);
    });
    await t.test("a role in an older version", async () => {
      const { repo, refresh } = await start();
      repo.snapshot.meta["targets.json"] = { version: 1 };
      repo.publish("snapshot", "timestamp");
      const run = await refresh();
      assert.equal(run.status, 1, run.output);
      t.saw("the user", run.output, /\[tuf-targets-rollback\]/);
    });
  },
);
