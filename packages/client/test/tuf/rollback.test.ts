// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { createToyClient, type ToyClient } from "./toy-client.ts";

async function started(): Promise<ToyClient> {
  const client = createToyClient();
  await client.init();
  return client;
}

/** The repository begins the role's versions anew. */
function wind({ repo }: ToyClient, role: "timestamp" | "snapshot" | "targets"): void {
  repo.published.delete(role);
  repo[role].version = 1;
}

function publishOften({ repo }: ToyClient, role: string): void {
  for (let i = 0; i < 99; i++) repo.publish(role);
}

test("rollback: an older timestamp is refused", async () => {
  const client = await started();
  client.repo.publish("timestamp");
  assert.equal(await client.refresh(), "ok");
  wind(client, "timestamp");
  client.repo.publish("timestamp");
  assert.equal(await client.refresh(), "tuf-timestamp-rollback");
  assert.equal(await client.version("timestamp"), 2);
  assert.equal(client.repo.requests.at(-1), "timestamp");
});

for (const listsHashes of [false, true]) {
  const how = listsHashes ? "with hashes" : "without hashes";
  test(`rollback: a timestamp that lists an older snapshot is refused, ${how}`, async () => {
    const client = await started();
    client.repo.listsHashes = listsHashes;
    client.repo.publish("snapshot", "timestamp");
    assert.equal(await client.refresh(), "ok");
    wind(client, "snapshot");
    client.repo.publish("snapshot", "timestamp");
    assert.equal(await client.refresh(), "tuf-snapshot-rollback");
    assert.equal(await client.trusted(), "root 1 timestamp 2 snapshot 2 targets 1");
    assert.equal(client.repo.requests.at(-1), "timestamp");
  });

  test(`rollback: a snapshot that lists older targets is refused, ${how}`, async () => {
    const client = await started();
    client.repo.listsHashes = listsHashes;
    client.repo.publish("targets", "snapshot", "timestamp");
    assert.equal(await client.refresh(), "ok");
    wind(client, "targets");
    client.repo.publish("targets", "snapshot", "timestamp");
    assert.equal(await client.refresh(), "tuf-targets-rollback");
    assert.equal(await client.version("snapshot"), 2);
    assert.equal(await client.version("targets"), 2);
  });
}

test("rollback: a snapshot that no longer lists a role is refused", async () => {
  const client = await started();
  const { repo } = client;
  repo.delegate("targets", "delegated", { paths: ["delegatedpath/*"] });
  repo.publish("delegated", "targets", "snapshot", "timestamp");
  assert.equal(await client.refresh(), "ok");
  delete repo.snapshot.meta["delegated.json"];
  repo.publish("snapshot", "timestamp");
  assert.equal(await client.refresh(), "tuf-role-removed");
  assert.equal(await client.version("snapshot"), 2);
});

test("recovery: after new snapshot keys, targets may be older and roles gone", async () => {
  const client = await started();
  const { repo } = client;
  repo.delegate("targets", "delegated", { paths: ["delegatedpath/*"] });
  repo.publish("delegated");
  publishOften(client, "targets");
  repo.publish("snapshot", "timestamp");
  assert.equal(await client.refresh(), "ok");
  assert.equal(await client.version("targets"), 100);
  repo.rotateKeys("snapshot");
  wind(client, "targets");
  delete repo.snapshot.meta["delegated.json"];
  repo.publish("root", "targets", "snapshot", "timestamp");
  assert.equal(await client.refresh(), "ok");
  assert.equal(await client.version("targets"), 1);
});

test("recovery: after new snapshot and timestamp keys, the snapshot may be older", async () => {
  const client = await started();
  const { repo } = client;
  publishOften(client, "snapshot");
  repo.publish("timestamp");
  assert.equal(await client.refresh(), "ok");
  assert.equal(await client.version("snapshot"), 100);
  repo.rotateKeys("snapshot");
  repo.rotateKeys("timestamp");
  wind(client, "snapshot");
  repo.publish("root", "targets", "snapshot", "timestamp");
  assert.equal(await client.refresh(), "ok");
  assert.equal(await client.version("snapshot"), 1);
});

test("recovery: after new timestamp keys, the timestamp may be older", async () => {
  const client = await started();
  const { repo } = client;
  publishOften(client, "timestamp");
  assert.equal(await client.refresh(), "ok");
  assert.equal(await client.version("timestamp"), 100);
  repo.rotateKeys("timestamp");
  wind(client, "timestamp");
  repo.publish("root", "timestamp");
  assert.equal(await client.refresh(), "ok");
  assert.equal(await client.version("timestamp"), 1);
});
