// SPDX-License-Identifier: Apache-2.0
// project proof, project state and details: one file each for many parts.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import {
  DETAILS_BYTES_MAX,
  detailCommitment,
  detailsByCommitment,
  encodeDetailsFile,
  encodeProjectProof,
  encodeProjectStateFile,
  parseDetailsFile,
  parseProjectProof,
  parseProjectStateFile,
  STATE_BYTES_MAX,
  utf8,
} from "@countermark/formats";
import fc from "fast-check";

const sha256 = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();
const bytes = fc.uint8Array({ maxLength: 50 });
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const digest = hash.map((value) => Buffer.from(value).toString("hex"));

test("parseProjectProof: reads what was written", () => {
  const proof = fc.record({
    checkpoint: bytes,
    stateLeaf: bytes,
    inclusion: fc.array(hash, { maxLength: 63 }),
    mapProof: bytes,
  });
  fc.assert(
    fc.property(proof, (value) =>
      assert.deepEqual(plain(parseProjectProof(encodeProjectProof(value))), plain(value)),
    ),
  );
});

test("parseProjectProof: more hashes than a tree has are refused", () => {
  const proof = { checkpoint: new Uint8Array(), stateLeaf: new Uint8Array(), mapProof: new Uint8Array() };
  const inclusion = Array.from({ length: 64 }, () => new Uint8Array(32));
  assert.throws(() => parseProjectProof(encodeProjectProof({ ...proof, inclusion })), { code: "too-many" });
  assert.throws(() => parseProjectProof(new Uint8Array(524_289)), { code: "too-large" });
});

test("parseProjectStateFile: reads what was written", () => {
  const config = fc.option(fc.uint8Array({ minLength: 1, maxLength: 50 }));
  const file = fc.record({
    header: bytes,
    files: digest,
    historyCount: fc.nat(),
    historyRoot: digest,
    current: config,
    base: config,
    pending: config,
    records: fc
      .uniqueArray(digest, { maxLength: 5 })
      .map((keys) => keys.sort().map((key) => [key, new Uint8Array([1, 2])] as const)),
  });
  fc.assert(
    fc.property(file, (value) =>
      assert.deepEqual(plain(parseProjectStateFile(encodeProjectStateFile(value))), plain(value)),
    ),
  );
});

test("parseDetailsFile: reads what was written", () => {
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 5 }), (value) =>
      assert.deepEqual(plain(parseDetailsFile(encodeDetailsFile(value))), plain(value)),
    ),
  );
});

test("parseDetailsFile: a detail above its limit, and a byte too many, are refused", () => {
  assert.throws(() => parseDetailsFile(new Uint8Array([0, 0, 0, 1, 0, 16, 0, 1])), { code: "too-large" });
  assert.throws(() => parseDetailsFile(new Uint8Array([0, 0, 0, 0, 0])), { code: "trailing-data" });
});

test("detailsByCommitment: finds each detail by what a record holds of it", () => {
  const details = [new Uint8Array([1]), new Uint8Array([2])];
  const found = detailsByCommitment(sha256, details);
  for (const detail of details) assert.equal(found.get(detailCommitment(sha256, detail)), detail);
});

/** Arrays of any kind of buffer, for comparing. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, item) => (item instanceof Uint8Array ? [...item] : item)));
}

test("encodeProjectStateFile, encodeDetailsFile: more items than an engine takes arguments", () => {
  const items = Array.from({ length: 150_000 }, (_, i) => i.toString(16).padStart(64, "0"));
  const none = { header: new Uint8Array(), historyCount: 0, current: null, base: null, pending: null };
  const records = items.map((key) => [key, new Uint8Array()] as const);
  const digest = "00".repeat(32);
  const file = encodeProjectStateFile({ ...none, files: digest, historyRoot: digest, records });
  assert.equal(parseProjectStateFile(file).records.length, items.length);
  assert.equal(parseDetailsFile(encodeDetailsFile(items.map(utf8))).length, items.length);
});

test("parseProjectStateFile, parseDetailsFile: one byte over the limit is refused before it is read", () => {
  assert.throws(() => parseProjectStateFile(new Uint8Array(STATE_BYTES_MAX + 1)), { code: "too-large" });
  assert.throws(() => parseDetailsFile(new Uint8Array(DETAILS_BYTES_MAX + 1)), { code: "too-large" });
});
