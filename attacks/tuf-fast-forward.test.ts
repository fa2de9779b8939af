// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { attack, createTrustRepository, sampleWorld } from "@countermark/testkit";

attack(
  {
    by: "trust-repository",
    tries: "winds the versions forward with the online key, so that nothing true is newer any more",
    stoppedBy:
      "new keys in the root, which is offline: what the old keys signed is forgotten before that root is kept",
    noticedBy: "every client",
    when: "from the theft until the recovery",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const { repo, env } = createTrustRepository(world);
    const own = { timestamp: repo.timestamp.version, snapshot: repo.snapshot.version };
    for (let i = own.timestamp; i < 99; i++) repo.publish("snapshot", "timestamp");
    assert.equal((await world.countermark(["audit"], env)).status, 0);

    await t.test("version 99 shuts out the repository's own", async () => {
      for (const role of ["timestamp", "snapshot"] as const) {
        repo.published.get(role)?.splice(own[role]);
        repo[role].version = own[role];
      }
      repo.publish("snapshot", "timestamp");
      const run = await world.countermark(["audit"], env);
      assert.match(run.output, /\[tuf-timestamp-rollback\]/);
      t.saw("the user", run.output, /\[tuf-timestamp-rollback\]/);
    });
    await t.test("a root with new keys for both roles ends it", async () => {
      repo.rotateKeys("timestamp");
      repo.rotateKeys("snapshot");
      repo.publish("root", "snapshot", "timestamp");
      assert.equal((await world.countermark(["audit"], env)).status, 0);
    });
  },
);
