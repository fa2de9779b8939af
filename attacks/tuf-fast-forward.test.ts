// SPDX-License-Identifier: Apache-2.0
// A thief of the online TUF key winds the versions forward, so that nothing that the repository signs afterwards is newer.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { createTrustRepository, createWorld } from "@countermark/testkit";

const world = await createWorld();
after(() => world.close());
const { repo, env } = createTrustRepository(world);

test("a timestamp and a snapshot of version 99 shut out the repository's own, until the root gives the roles new keys", async () => {
  const own = { timestamp: repo.timestamp.version, snapshot: repo.snapshot.version };
  for (let i = own.timestamp; i < 99; i++) repo.publish("snapshot", "timestamp");
  assert.equal((await world.countermark(["audit"], env)).status, 0);

  for (const role of ["timestamp", "snapshot"] as const) {
    repo.published.get(role)?.splice(own[role]);
    repo[role].version = own[role];
  }
  repo.publish("snapshot", "timestamp");
  assert.match((await world.countermark(["audit"], env)).output, /\[tuf-timestamp-rollback\]/);

  repo.rotateKeys("timestamp");
  repo.rotateKeys("snapshot");
  repo.publish("root", "snapshot", "timestamp");
  assert.equal((await world.countermark(["audit"], env)).status, 0);
});
