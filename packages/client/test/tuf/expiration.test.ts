// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeRfc3339 } from "@countermark/formats";
import { createToyClient, DAY, NOW, type ToyClient } from "./toy-client.ts";

const inDays = (days: number): string => encodeRfc3339(NOW + days * DAY);

async function refreshed(): Promise<ToyClient> {
  const client = createToyClient();
  await client.init();
  assert.equal(await client.refresh(), "ok");
  return client;
}

test("expiry: an expired root is kept, and nothing after it is asked for", async () => {
  const client = await refreshed();
  const { repo } = client;
  repo.publish("root");
  assert.equal(await client.refresh(), "ok");
  repo.root.expires = inDays(-1);
  repo.publish("root", "targets", "snapshot", "timestamp");
  assert.equal(await client.refresh(), "tuf-expired");
  assert.equal(await client.trusted(), "root 3 timestamp 1 snapshot 1 targets 1");
});

for (const [role, publish, trusted] of [
  ["timestamp", ["timestamp"], "root 1 timestamp 1 snapshot 1 targets 1"],
  ["snapshot", ["snapshot", "timestamp"], "root 1 timestamp 2 snapshot 1 targets 1"],
  ["targets", ["targets", "snapshot", "timestamp"], "root 1 timestamp 2 snapshot 2 targets 1"],
] as const) {
  test(`expiry: an expired ${role} is not taken`, async () => {
    const client = await refreshed();
    client.repo[role].expires = inDays(-5);
    client.repo.publish(...publish);
    assert.equal(await client.refresh(), "tuf-expired");
    assert.equal(await client.trusted(), trusted);
  });
}

test("expiry: a trusted root that has expired leads to the next one", async () => {
  const client = createToyClient();
  const { repo } = client;
  await client.init();
  repo.root.expires = inDays(7);
  repo.publish("root");
  assert.equal(await client.refresh(), "ok");
  repo.root.expires = inDays(21);
  repo.publish("root");
  assert.equal(await client.refresh(NOW + 18 * DAY), "ok");
  assert.equal(await client.version("root"), 3);
});

test("expiry: a trusted timestamp that has expired gives way to a newer one", async () => {
  const client = createToyClient();
  const { repo } = client;
  await client.init();
  repo.timestamp.expires = inDays(7);
  repo.publish("timestamp");
  assert.equal(await client.refresh(), "ok");
  repo.timestamp.expires = inDays(21);
  repo.publish("targets", "snapshot", "timestamp");
  assert.equal(await client.refresh(NOW + 18 * DAY), "ok");
  assert.equal(await client.trusted(), "root 1 timestamp 3 snapshot 2 targets 2");
});
