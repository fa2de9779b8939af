// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  derBoolean,
  derInteger,
  derOctetString,
  derOid,
  derSequence,
  encodeMessageImprint,
  encodeTimestampRequest,
  equalBytes,
  parseCertificate,
  parsePem,
  parseTimestamp,
  parseTrustedRoot,
  utf8,
} from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { base64, createWorld, START, sha256 } from "../world.ts";

const world = await createWorld();
const { app } = world.authority;
const SIGNATURE = utf8("raw signature bytes");
const imprint = { algorithm: "sha256", digest: sha256(SIGNATURE) } as const;

async function post(body: string | Uint8Array<ArrayBuffer>, type = "application/timestamp-query") {
  const response = await app.request("/api/v1/timestamp", {
    method: "POST",
    headers: { "content-type": type },
    body,
  });
  return {
    status: response.status,
    type: response.headers.get("content-type"),
    bytes: new Uint8Array(await response.arrayBuffer()),
  };
}

const codeOf = (bytes: Uint8Array): unknown => JSON.parse(Buffer.from(bytes).toString()).code;

test("timestamp: a DER request is answered in DER, over the imprint, at the authority's time", async () => {
  world.now = START + 7;
  const answer = await post(encodeTimestampRequest(imprint, false));
  world.now = START;
  assert.deepEqual([answer.status, answer.type], [201, "application/timestamp-reply"]);
  const { info } = parseTimestamp(answer.bytes);
  assert.deepEqual([info.time, info.policy, info.nonce], [START + 7, "1.3.6.1.4.1.57264.2", null]);
  assert.ok(equalBytes(info.imprint.digest, imprint.digest));
});

test("timestamp: the signature is by the certificate of the chain", async () => {
  const { bytes } = await post(encodeTimestampRequest(imprint, false));
  const timestamp = parseTimestamp(bytes);
  const chain = await (await app.request("/api/v1/timestamp/certchain")).text();
  const [leaf, root] = parsePem(chain, "CERTIFICATE", "chain").map((der) => parseCertificate(der));
  assert.ok(leaf !== undefined && root !== undefined);
  const scheme = { kind: "ecdsa", curve: "p256", hash: "sha256", encoding: "der" } as const;
  assert.ok(nodeCrypto.verify(scheme, leaf.publicKey.spki, timestamp.signedBytes, timestamp.signature));
  assert.ok(nodeCrypto.verify(scheme, root.publicKey.spki, leaf.tbs, leaf.signature));
  assert.deepEqual(leaf.extendedKeyUsage, ["1.3.6.1.5.5.7.3.8"]);
  assert.ok(leaf.extensions.some(({ oid, critical }) => oid === "2.5.29.37" && critical));
  const trusted = parseTrustedRoot(world.authority.trustedRoot()).timestampAuthorities[0]?.certificates[0];
  assert.ok(trusted !== undefined && equalBytes(trusted.der, leaf.der));
});

test("timestamp: the certificate is in the answer when it is asked for, and only then", async () => {
  const without = await post(encodeTimestampRequest(imprint, false));
  const withIt = await post(encodeTimestampRequest(imprint, true));
  parseTimestamp(withIt.bytes);
  const certificate = parseTrustedRoot(world.authority.trustedRoot()).timestampAuthorities[0]
    ?.certificates[0];
  assert.ok(certificate !== undefined);
  const has = (bytes: Uint8Array): boolean => Buffer.from(bytes).includes(Buffer.from(certificate.der));
  assert.deepEqual([has(without.bytes), has(withIt.bytes)], [false, true]);
});

test("timestamp: a nonce comes back, from DER as from JSON", async () => {
  const der = derSequence(
    derInteger(1),
    encodeMessageImprint(imprint),
    derInteger(0xdeadbeef),
    derBoolean(true),
  );
  assert.deepEqual(
    [...(parseTimestamp((await post(der)).bytes).info.nonce ?? [])],
    [0, 0xde, 0xad, 0xbe, 0xef],
  );
  const json = { artifactHash: base64(imprint.digest), hashAlgorithm: "sha256", nonce: 0xdeadbeef };
  const answer = await post(JSON.stringify(json), "application/json");
  assert.deepEqual([...(parseTimestamp(answer.bytes).info.nonce ?? [])], [0, 0xde, 0xad, 0xbe, 0xef]);
});

test("timestamp: a JSON request as sigstore-js sends it is answered in DER", async () => {
  const json = { artifactHash: base64(imprint.digest), hashAlgorithm: "sha256" };
  const answer = await post(JSON.stringify(json), "application/json; charset=utf-8");
  assert.equal(answer.status, 201);
  assert.ok(equalBytes(parseTimestamp(answer.bytes).info.imprint.digest, imprint.digest));
});

test("timestamp: two timestamps of one imprint have two serial numbers", async () => {
  const serial = async () =>
    parseTimestamp((await post(encodeTimestampRequest(imprint, false))).bytes).info.serial;
  assert.ok(!equalBytes(await serial(), await serial()));
});

const policy = (oid: string) => derSequence(derInteger(1), encodeMessageImprint(imprint), derOid(oid));
const sha1 = derSequence(derSequence(derOid("1.3.14.3.2.26")), derOctetString(new Uint8Array(20)));
const json = (changes: object) =>
  JSON.stringify({ artifactHash: base64(imprint.digest), hashAlgorithm: "sha256", ...changes });

test("timestamp: a policy asked for by name is given", async () => {
  assert.equal((await post(policy("1.3.6.1.4.1.57264.2"))).status, 201);
});

for (const [claim, body, type, status, code] of [
  ["another policy", policy("1.2.3"), "application/timestamp-query", 400, "policy-unknown"],
  ["another policy in JSON", json({ tsaPolicyOID: "1.2.3" }), "application/json", 400, "policy-unknown"],
  ["SHA-1", derSequence(derInteger(1), sha1), "application/timestamp-query", 400, "unsupported"],
  ["SHA-1 in JSON", json({ hashAlgorithm: "sha1" }), "application/json", 400, "unsupported"],
  ["a digest of another length", json({ artifactHash: "AQID" }), "application/json", 400, "digest-length"],
  [
    "a long nonce",
    derSequence(derInteger(1), encodeMessageImprint(imprint), derInteger(new Uint8Array(33).fill(1))),
    "application/timestamp-query",
    400,
    "nonce-too-long",
  ],
  [
    "another version",
    derSequence(derInteger(2), encodeMessageImprint(imprint)),
    "application/timestamp-query",
    400,
    "unsupported",
  ],
  ["what is not DER", utf8("hello"), "application/timestamp-query", 400, "truncated"],
  ["another media type", json({}), "text/plain", 415, "media-type"],
  ["an unknown field", json({ extra: true }), "application/json", 400, "unknown-field"],
  ["a body above the limit", new Uint8Array(4_097), "application/timestamp-query", 413, "body-too-large"],
] as const) {
  test(`timestamp: ${claim} is refused`, async () => {
    const answer = await post(body, type);
    assert.deepEqual([answer.status, codeOf(answer.bytes)], [status, code]);
  });
}
