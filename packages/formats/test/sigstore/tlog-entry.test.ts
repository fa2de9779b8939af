// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type EntryEvidence,
  encodeCanonicalJson,
  parseJsonObject,
  parseTlogEntry,
  parseUtf8,
  type TlogEntry,
  tlogEntryJson,
  utf8,
} from "../../src/index.ts";
import { sampleEntry } from "../attest/sample.ts";

const parse = (bytes: Uint8Array, evidence: EntryEvidence = "proof"): TlogEntry =>
  parseTlogEntry(parseJsonObject(bytes, { bytesMax: 65_536, depthMax: 8 }, "entry"), evidence);
const sound = JSON.parse(parseUtf8(encodeCanonicalJson(tlogEntryJson(sampleEntry)), "test"));
const changed = (change: object): Uint8Array => utf8(JSON.stringify({ ...sound, ...change }));
const proof = (change: object): Uint8Array =>
  changed({ inclusionProof: { ...sound.inclusionProof, ...change } });

for (const [what, entry] of [
  ["of Rekor v2", sampleEntry],
  ["of Rekor v1", { ...sampleEntry, integratedTime: 1_700_000_000, inclusionPromise: Uint8Array.of(1) }],
  ["at index 0", { ...sampleEntry, logIndex: 0 }],
] as const) {
  test(`parseTlogEntry: reads an entry ${what} that was encoded`, () => {
    assert.deepEqual(parse(encodeCanonicalJson(tlogEntryJson(entry))), entry);
  });
}

test("parseTlogEntry: numbers may be numbers, or absent when they are 0; null is absent", () => {
  assert.equal(parse(changed({ logIndex: 5 })).logIndex, 5);
  assert.equal(parse(changed({ logIndex: undefined })).logIndex, 0);
  assert.equal(parse(changed({ integratedTime: "0" })).integratedTime, 0);
  assert.equal(parse(changed({ inclusionPromise: null })).inclusionPromise, null);
  assert.deepEqual(parse(proof({ hashes: undefined })).inclusionProof?.hashes, []);
});

test("parseTlogEntry: beside a promise a proof may be absent, or without a checkpoint, and then is not there", () => {
  const inclusionPromise = { signedEntryTimestamp: "AQ==" };
  const { checkpoint: _, ...rootless } = sound.inclusionProof;
  for (const inclusionProof of [undefined, null, rootless]) {
    assert.equal(parse(changed({ inclusionPromise, inclusionProof }), "promise").inclusionProof, null);
  }
  assert.notEqual(parse(changed({ inclusionPromise }), "promise").inclusionProof, null);
  assert.throws(() => parse(changed({}), "promise"), { code: "missing-field" });
});

for (const [what, bytes, code] of [
  ["a negative index", changed({ logIndex: "-1" }), "out-of-range"],
  ["an index above 2^53", changed({ logIndex: "9007199254740993" }), "out-of-range"],
  ["an index with a leading zero", changed({ logIndex: "05" }), "not-canonical"],
  ["an index in another notation", changed({ logIndex: "5e0" }), "not-canonical"],
  ["an empty index", changed({ logIndex: "" }), "not-canonical"],
  ["a log id of 4 bytes", changed({ logId: { keyId: "AAAAAA==" } }), "out-of-range"],
  ["an unknown field", changed({ extra: 1 }), "unknown-field"],
  ["no inclusion proof", changed({ inclusionProof: undefined }), "missing-field"],
  ["a proof without checkpoint", proof({ checkpoint: undefined }), "missing-field"],
  ["a root of 31 bytes", proof({ rootHash: Buffer.alloc(31).toString("base64") }), "out-of-range"],
  ["a hash of 31 bytes", proof({ hashes: [Buffer.alloc(31).toString("base64")] }), "out-of-range"],
  ["64 hashes", proof({ hashes: Array(64).fill(Buffer.alloc(32).toString("base64")) }), "too-many"],
] as const) {
  test(`parseTlogEntry: ${what} is refused`, () => assert.throws(() => parse(bytes), { code }));
}
