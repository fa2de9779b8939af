// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import {
  createVkey,
  encodeBase64,
  encodeCosignedMessage,
  encodeNote,
  encodeTimestampedSignature,
  utf8,
} from "@countermark/formats";
import { verifyCheckpoint } from "@countermark/verify";
import { testCrypto } from "../support/node-crypto.ts";
import { subtreeLine, toyMlDsa } from "./toy-ml-dsa.ts";
import { log, logLine, note, ORIGIN, TEXT, toySigner, witnessLine } from "./toy-notes.ts";

const pq = toyMlDsa(ORIGIN, 21);
const LOG = { vkeys: [log.vkey], origin: ORIGIN };

test("verifyCheckpoint: signed by the log", async () => {
  const signed = await verifyCheckpoint(note(logLine(TEXT)), LOG, testCrypto);
  assert.equal(signed.size, 5);
  assert.deepEqual(signed.noteBytes, note(logLine(TEXT)));
});

test("verifyCheckpoint: lines of strangers are ignored, even under the log's name or key id", async () => {
  const sameName = { ...logLine(TEXT), keyId: new Uint8Array([1, 2, 3, 4]) };
  const sameId = { ...logLine("other\n"), name: "stranger.example" };
  await verifyCheckpoint(note(sameName, logLine(TEXT), sameId, witnessLine(1, 5)), LOG, testCrypto);
});

test("verifyCheckpoint: an ECDSA key, and a cosigner's key as the log's", async () => {
  const pair = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const spki = new Uint8Array(pair.publicKey.export({ format: "der", type: "spki" }));
  const ecdsa = createVkey(ORIGIN, 2, spki, testCrypto.sha256);
  const signature = new Uint8Array(sign("sha256", utf8(TEXT), pair.privateKey));
  const bytes = note({ name: ORIGIN, keyId: ecdsa.keyId, signature });
  await verifyCheckpoint(bytes, { vkeys: [ecdsa], origin: ORIGIN }, testCrypto);
  const cosigner = toySigner(ORIGIN, 4, 3);
  const cosignature = cosigner.sign(encodeCosignedMessage(9, TEXT));
  const line = {
    name: ORIGIN,
    keyId: cosigner.vkey.keyId,
    signature: encodeTimestampedSignature({ time: 9, signature: cosignature }),
  };
  await verifyCheckpoint(note(line), { vkeys: [cosigner.vkey], origin: ORIGIN }, testCrypto);
});

test("verifyCheckpoint: an ML-DSA-44 key of the log, beside its Ed25519 key and alone", async () => {
  const vkeys = [log.vkey, pq.vkey];
  await verifyCheckpoint(note(logLine(TEXT), subtreeLine(pq, 0)), { ...LOG, vkeys }, testCrypto);
  await verifyCheckpoint(note(subtreeLine(pq, 0)), { ...LOG, vkeys: [pq.vkey] }, testCrypto);
  await verifyCheckpoint(note(logLine(TEXT), subtreeLine(pq, 0)), LOG, testCrypto);
});

const flipped = { ...logLine(TEXT), signature: logLine(TEXT).signature.with(0, 0) };
const emptyText = `${ORIGIN}\n0\n${encodeBase64(new Uint8Array(32))}\n`;
for (const [claim, bytes, logKeys, code] of [
  [
    "another origin is refused",
    note(logLine(TEXT)),
    { ...LOG, origin: "log.example/to" },
    "checkpoint-origin",
  ],
  ["no known key is refused", note(witnessLine(1, 5)), LOG, "log-signature-missing"],
  ["no keys at all are refused", note(logLine(TEXT)), { ...LOG, vkeys: [] }, "log-signature-missing"],
  ["a signature with a byte changed is refused", note(flipped), LOG, "log-signature-invalid"],
  ["a wrong line beside a right one is refused", note(logLine(TEXT), flipped), LOG, "log-signature-invalid"],
  ["a signature of another text is refused", note(logLine(`${TEXT}x\n`)), LOG, "log-signature-invalid"],
  [
    "size 0 with another root is refused",
    encodeNote({ text: emptyText, signatures: [logLine(emptyText)] }),
    LOG,
    "checkpoint-empty-root",
  ],
  [
    "extension lines that no line covers are refused",
    encodeNote({ text: `${TEXT}x\n`, signatures: [subtreeLine(pq, 0)] }),
    { ...LOG, vkeys: [pq.vkey] },
    "checkpoint-extensions",
  ],
  ["a note that is none is refused", utf8("x"), LOG, "malformed"],
] as const) {
  test(`verifyCheckpoint: ${claim}`, async () => {
    await assert.rejects(verifyCheckpoint(bytes, logKeys, testCrypto), { code });
  });
}
