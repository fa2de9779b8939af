// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { createTufSigner } from "@countermark/testkit";
import { createToyClient, DAY, NOW, published, type ToyClient, tamper } from "./toy-client.ts";

const ALL = ["root", "targets", "snapshot", "timestamp"];
const FIRST = ["root 2", "timestamp", "snapshot 1", "targets 1"];

async function started(): Promise<ToyClient> {
  const client = createToyClient();
  await client.init();
  return client;
}

async function refreshed(): Promise<ToyClient> {
  const client = await started();
  assert.equal(await client.refresh(), "ok");
  return client;
}

test("refresh: asks for the next root, timestamp, snapshot and targets, in this order and once each", async () => {
  const client = await refreshed();
  assert.deepEqual(client.repo.requests, FIRST);
});

test("refresh: what is trusted afterwards is what the repository published", async () => {
  const { repo, metadata } = await refreshed();
  for (const role of ALL) assert.deepEqual(await metadata.read(`${role}.json`), published(repo, role, 1));
});

test("download: refreshes first, also when the target does not exist", async () => {
  const client = await started();
  assert.equal(await client.download("no such target"), "tuf-target-unknown");
  assert.deepEqual(client.repo.requests, FIRST);
  assert.equal(await client.trusted(), "root 1 timestamp 1 snapshot 1 targets 1");
});

test("refresh: an initial root without a version is refused, and nothing is asked for", async () => {
  const client = createToyClient();
  const text = new TextDecoder().decode(published(client.repo, "root", 1));
  await client.init(new TextEncoder().encode(text.replace('"version": 1,', "")));
  assert.equal(await client.refresh(), "missing-field");
  assert.deepEqual(client.repo.requests, []);
});

test("refresh: an initial root with another signature is refused, and nothing is asked for", async () => {
  const client = createToyClient();
  const text = new TextDecoder().decode(published(client.repo, "root", 1));
  await client.init(
    new TextEncoder().encode(text.replace(/"sig": "[0-9a-f]+"/, `"sig": "${"00".repeat(64)}"`)),
  );
  assert.equal(await client.refresh(), "tuf-threshold");
  assert.deepEqual(client.repo.requests, []);
});

for (const [role, code, trusted] of [
  ["root", "tuf-root-succession", "root 1"],
  ["timestamp", "tuf-threshold", "root 2"],
  ["snapshot", "tuf-threshold", "root 2 timestamp 2"],
  ["targets", "tuf-threshold", "root 2 timestamp 2 snapshot 2"],
] as const) {
  test(`refresh: an unsigned ${role} is refused, and what comes before it is kept`, async () => {
    const client = await started();
    client.repo.signers.get(role)?.clear();
    client.repo.publish(...ALL);
    assert.equal(await client.refresh(), code);
    assert.equal(await client.trusted(), trusted);
  });
}

for (const [role, code, trusted] of [
  ["root", "tuf-root-version", "root 1"],
  ["snapshot", "tuf-file-absent", "root 2 timestamp 2"],
  ["targets", "tuf-file-absent", "root 2 timestamp 2 snapshot 2"],
] as const) {
  test(`refresh: a ${role} of another version than its URL says is refused`, async () => {
    const client = await started();
    const draft = client.repo[role];
    draft.version++;
    client.repo.publish(...ALL);
    // Metadata says 3 and the repository has two versions: what it serves as 3 is the second.
    if (role !== "root") {
      const versions = client.repo.published.get(role);
      assert.equal(await client.refresh(), code);
      versions?.push(versions[0] ?? new Uint8Array());
      assert.equal(await client.refresh(), "tuf-version-mismatch");
    } else assert.equal(await client.refresh(), code);
    assert.equal(await client.trusted(), trusted);
  });
}

test("refresh: another timestamp of the same version is not taken", async () => {
  const client = await refreshed();
  const { repo } = client;
  repo.timestamp.meta["snapshot.json"] = { version: 100 };
  repo.published.delete("timestamp");
  repo.publish("timestamp");
  const before = await client.metadata.read("timestamp.json");
  assert.equal(await client.refresh(), "ok");
  assert.equal(repo.requests.at(-1), "timestamp");
  assert.deepEqual(await client.metadata.read("timestamp.json"), before);
});

test("refresh: hashes of snapshot and targets that are right", async () => {
  const client = await started();
  client.repo.listsHashes = true;
  client.repo.publish("targets", "snapshot", "timestamp");
  assert.equal(await client.refresh(), "ok");
  assert.equal(await client.trusted(), "root 1 timestamp 2 snapshot 2 targets 2");
});

test("refresh: targets with another hash than the snapshot lists are refused", async () => {
  const client = await started();
  const { repo } = client;
  repo.listsHashes = true;
  repo.publish("targets", "snapshot", "timestamp");
  assert.equal(await client.refresh(), "ok");
  repo.publish("targets");
  Object.assign(repo.snapshot.meta["targets.json"] ?? {}, { hashes: { sha256: "0".repeat(64) } });
  repo.publish("snapshot", "timestamp");
  assert.equal(await client.refresh(), "tuf-hash-mismatch");
  assert.equal(await client.trusted(), "root 1 timestamp 3 snapshot 3 targets 2");
});

test("refresh: a snapshot with another hash than the timestamp lists is refused", async () => {
  const client = await started();
  const { repo } = client;
  repo.listsHashes = true;
  repo.publish("snapshot", "timestamp");
  assert.equal(await client.refresh(), "ok");
  repo.publish("snapshot");
  Object.assign(repo.timestamp.meta["snapshot.json"] ?? {}, { hashes: { sha256: "0".repeat(64) } });
  repo.publish("timestamp");
  assert.equal(await client.refresh(), "tuf-hash-mismatch");
  assert.equal(await client.trusted(), "root 1 timestamp 3 snapshot 2 targets 1");
});

test("refresh: what is kept are the bytes that were served", async () => {
  const client = await started();
  tamper(client.repo, "timestamp", (text) => `${text} `);
  assert.equal(await client.refresh(), "ok");
  assert.deepEqual(await client.metadata.read("timestamp.json"), published(client.repo, "timestamp", 1));
});

test("refresh: members that nobody knows are signed, and ignored", async () => {
  const client = await refreshed();
  const { repo } = client;
  const signer = createTufSigner();
  signer.key["extra-field"] = { a: 1, b: 2 };
  repo.root["custom-field"] = "value";
  repo.addKey("root", signer);
  Object.assign(repo.root.roles["root"] ?? {}, { "another-field": "value" });
  repo.publish("root");
  assert.equal(await client.refresh(), "ok");
  assert.equal(await client.version("root"), 2);
});

test("refresh: keyid_hash_algorithms of a key says nothing", async () => {
  const client = await started();
  const { repo } = client;
  const signer = createTufSigner();
  signer.key["keyid_hash_algorithms"] = "md5";
  Object.assign(repo.root.roles["snapshot"] ?? {}, { keyids: [] });
  repo.signers.get("snapshot")?.clear();
  repo.addKey("snapshot", signer);
  repo.publish("root", "snapshot", "timestamp");
  assert.equal(await client.refresh(), "ok");
  assert.equal(await client.trusted(), "root 2 timestamp 2 snapshot 2 targets 1");
});

test("refresh: a listed snapshot that is not there is refused; the timestamp is kept", async () => {
  const client = await refreshed();
  const { repo } = client;
  repo.timestamp.meta["snapshot.json"] = { version: 2 };
  repo.publish("timestamp");
  assert.equal(await client.refresh(), "tuf-file-absent");
  assert.equal(repo.requests.at(-1), "snapshot 2");
  assert.equal(await client.trusted(), "root 1 timestamp 2 snapshot 1 targets 1");
});

test("refresh: listed targets that are not there are refused; timestamp and snapshot are kept", async () => {
  const client = await refreshed();
  const { repo } = client;
  repo.snapshot.meta["targets.json"] = { version: 2 };
  repo.publish("snapshot", "timestamp");
  assert.equal(await client.refresh(), "tuf-file-absent");
  assert.equal(repo.requests.at(-1), "targets 2");
  assert.equal(await client.trusted(), "root 1 timestamp 2 snapshot 2 targets 1");
});

test("refresh: a timestamp that is not there is refused", async () => {
  const client = await refreshed();
  client.repo.published.delete("timestamp");
  assert.equal(await client.refresh(), "tuf-file-absent");
  assert.equal(client.repo.requests.at(-1), "timestamp");
});

test("refresh: a snapshot that could pass for a timestamp is none", async () => {
  const client = await started();
  const { repo } = client;
  for (const signer of repo.signers.get("timestamp")?.values() ?? []) repo.addKey("snapshot", signer);
  repo.snapshot.meta = { "snapshot.json": { version: 1 } };
  repo.publish("root", "snapshot");
  repo.published.get("timestamp")?.push(repo.published.get("snapshot")?.pop() ?? new Uint8Array());
  assert.equal(await client.refresh(), "unsupported");
  assert.equal(await client.trusted(), "root 2");
});

test("refresh: the time is the one that is given", async () => {
  const client = await started();
  client.repo.root.expires = new Date((NOW + 7 * DAY) * 1000).toISOString().replace(".000", "");
  client.repo.publish("root");
  assert.equal(await client.refresh(), "ok");
  assert.equal(await client.refresh(NOW + 8 * DAY), "tuf-expired");
});
