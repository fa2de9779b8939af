// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeName, type Timestamp } from "@countermark/formats";
import { prepareTrustedRoot } from "../../src/sigstore/trusted-root.ts";
import { verifyTimestamp } from "../../src/x509/timestamp.ts";
import { testCrypto } from "../support/node-crypto.ts";
import { keyIdOf, makeCertificate, TOY_KEYS, TOY_TIME } from "../support/toy-certificates.ts";
import { makeWorld, soundPlan, soundTimestamp } from "../support/toy-sigstore.ts";

const plan = soundPlan();
const sound = timestampOf(plan.tsaLeaf.issuer);

test("verifyTimestamp: a sound timestamp tells its time", async () => {
  assert.equal((await verifyWith(sound)).window.end, null);
});

test("verifyTimestamp: a signer named by key id is found", async () => {
  const signer = { kind: "key-id", keyId: keyIdOf(TOY_KEYS.tsaLeaf) } as const;
  assert.equal((await verifyWith({ ...sound, signer })).window.end, null);
});

test("verifyTimestamp: a signer named by a stranger's key id is refused", async () => {
  const signer = { kind: "key-id", keyId: keyIdOf(TOY_KEYS.stranger) } as const;
  await assert.rejects(verifyWith({ ...sound, signer }), { code: "timestamp-authority-unknown" });
});

test("verifyTimestamp: a signer of another issuer with that serial number is refused", async () => {
  const { serial } = makeCertificate(plan.tsaLeaf);
  const signer = { kind: "issuer-and-serial", issuer: encodeName({ commonName: "other" }), serial } as const;
  await assert.rejects(verifyWith({ ...sound, signer }), { code: "timestamp-authority-unknown" });
});

test("verifyTimestamp: a signer of that issuer with another serial number is refused", async () => {
  const { issuer } = makeCertificate(plan.tsaLeaf);
  const signer = { kind: "issuer-and-serial", issuer, serial: Uint8Array.of(1) } as const;
  await assert.rejects(verifyWith({ ...sound, signer }), { code: "timestamp-authority-unknown" });
});

test("verifyTimestamp: of two windows of one authority, the one that holds the time counts", async () => {
  const { attestation, root } = makeWorld(plan);
  const [authority] = root.timestampAuthorities;
  assert.ok(authority);
  const ended = { ...authority, validFor: { start: TOY_TIME - 86_400, end: TOY_TIME - 1 } };
  const prepared = await prepareTrustedRoot(
    { ...root, timestampAuthorities: [ended, authority] },
    testCrypto,
  );
  const { timestamps, signature } = attestation;
  const [timestamp] = timestamps;
  assert.ok(timestamp);
  await verifyTimestamp(timestamp, signature, prepared.timestampAuthorities, testCrypto);
});

function timestampOf(issuer: Uint8Array): Timestamp {
  const { attestation } = makeWorld({ ...plan, timestamps: [{ ...soundTimestamp(), over: issuer }] });
  const [timestamp] = attestation.timestamps;
  if (timestamp === undefined) throw new TypeError("Cannot take a timestamp from an attestation without one");
  return timestamp;
}

async function verifyWith(timestamp: Timestamp) {
  const prepared = await prepareTrustedRoot(makeWorld(plan).root, testCrypto);
  return await verifyTimestamp(timestamp, plan.tsaLeaf.issuer, prepared.timestampAuthorities, testCrypto);
}
