// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { createTufSigner, type TufKeyKind } from "@countermark/testkit";
import { createToyClient, type ToyClient, tamper } from "./toy-client.ts";

async function started(): Promise<ToyClient> {
  const client = createToyClient();
  await client.init();
  return client;
}

/** Puts other signatures into the newest published file of a role. */
function resign(
  client: ToyClient,
  role: string,
  change: (signatures: { keyid: string; sig: string }[]) => void,
): void {
  tamper(client.repo, role, (text) => {
    const file = JSON.parse(text);
    change(file.signatures);
    return JSON.stringify(file);
  });
}

test("threshold: two signatures of three are not enough", async () => {
  const client = await started();
  const { repo } = client;
  Object.assign(repo.root.roles["snapshot"] ?? {}, { threshold: 3 });
  repo.addKey("snapshot");
  const last = repo.addKey("snapshot");
  repo.publish("root", "targets", "snapshot", "timestamp");
  assert.equal(await client.refresh(), "ok");
  repo.signers.get("snapshot")?.delete(last.id());
  repo.publish("targets", "snapshot", "timestamp");
  assert.equal(await client.refresh(), "tuf-threshold");
  assert.equal(await client.version("snapshot"), 2);
});

test("threshold: above the number of keys it is never met", async () => {
  const client = await started();
  const { repo } = client;
  for (let i = 0; i < 4; i++) repo.addKey("snapshot");
  Object.assign(repo.root.roles["snapshot"] ?? {}, { threshold: 6 });
  repo.publish("root", "snapshot", "timestamp");
  assert.equal(await client.refresh(), "tuf-threshold");
  assert.equal(await client.trusted(), "root 2 timestamp 2");
});

test("threshold: one key that is listed nine times, and signs nine times, is one", async () => {
  const client = await started();
  const { repo } = client;
  const signer = createTufSigner();
  for (let i = 0; i < 9; i++) repo.addKey("snapshot", signer);
  Object.assign(repo.root.roles["snapshot"] ?? {}, { threshold: 6 });
  repo.publish("root", "snapshot", "timestamp");
  assert.equal(await client.refresh(), "tuf-threshold");
  resign(client, "snapshot", (signatures) => {
    const own = signatures.find(({ keyid }) => keyid === signer.id());
    for (let i = 0; i < 8 && own !== undefined; i++) signatures.push(own);
  });
  assert.equal(await client.refresh(), "tuf-signature-repeated");
  assert.equal(await client.version("snapshot"), null);
});

test("signatures: a key id that signs twice is refused, though the threshold is met", async () => {
  const client = await started();
  resign(client, "snapshot", (signatures) => signatures.push(...signatures));
  assert.equal(await client.refresh(), "tuf-signature-repeated");
  assert.equal(await client.version("snapshot"), null);
});

const FALSE_SIGNATURES: readonly (readonly [TufKeyKind, string])[] = [
  ["rsa", "5a".repeat(256)],
  ["ecdsa", "3006020107020107"],
  ["ed25519", "5a".repeat(64)],
];

for (const [kind, sig] of FALSE_SIGNATURES) {
  test(`keys: ${kind} signs a root, and a false signature does not`, async () => {
    const client = await started();
    const { repo } = client;
    const signer = repo.addKey("root", createTufSigner(kind));
    Object.assign(repo.root.roles["root"] ?? {}, { threshold: 2 });
    repo.publish("root");
    assert.equal(await client.refresh(), "ok");
    assert.equal(await client.version("root"), 2);
    repo.publish("root");
    resign(client, "root", (signatures) => {
      for (const signature of signatures) if (signature.keyid === signer.id()) signature.sig = sig;
    });
    assert.equal(await client.refresh(), "tuf-root-succession");
    assert.equal(await client.version("root"), 2);
  });
}

test("signatures: a false or empty one does not spoil the others", async () => {
  const client = await started();
  const { repo } = client;
  const [first] = repo.signers.get("timestamp")?.keys() ?? [];
  repo.addKey("timestamp");
  for (const sig of ["5a".repeat(64), ""]) {
    repo.publish("root", "timestamp");
    resign(client, "timestamp", (signatures) => {
      for (const signature of signatures) if (signature.keyid === first) signature.sig = sig;
    });
    assert.equal(await client.refresh(), "ok");
  }
  assert.equal(await client.version("timestamp"), 3);
});
