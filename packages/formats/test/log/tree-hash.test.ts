// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  appendHash,
  consistencyRanges,
  EMPTY_RANGE,
  emptyRoot,
  encodeEd25519Spki,
  encodeHex,
  inclusionRanges,
  leafHash,
  nodeHash,
  parseEd25519Spki,
  perfectRanges,
  rangeRoot,
  treeRoot,
  utf8,
} from "@countermark/formats";
import { sha256 } from "./support.ts";

/** RFC 6962 section 2.1, word by word. */
function merkleTreeHash(leaves: readonly Uint8Array[]): Uint8Array {
  const [first] = leaves;
  if (first === undefined) return sha256(new Uint8Array(0));
  if (leaves.length === 1) return leafHash(sha256, first);
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return nodeHash(sha256, merkleTreeHash(leaves.slice(0, k)), merkleTreeHash(leaves.slice(k)));
}

test("nodeHash: a hash is not changed by the next one", () => {
  const [left, right] = [leafHash(sha256, utf8("left")), leafHash(sha256, utf8("right"))];
  const first = nodeHash(sha256, left, right);
  const known = encodeHex(first);
  nodeHash(sha256, right, left);
  assert.equal(encodeHex(first), known);
  assert.deepEqual(nodeHash(sha256, left, right), first);
});

test("nodeHash: children of other lengths than a hash are not taken for hashes", () => {
  const child = leafHash(sha256, utf8("child"));
  const [short, long] = [child.subarray(0, 31), new Uint8Array(33)];
  assert.deepEqual(nodeHash(sha256, short, long), sha256(Uint8Array.of(1, ...short, ...long)));
});

const leaves = Array.from({ length: 70 }, (_, i) => utf8(`leaf ${i}`));

test("leafHash, nodeHash, emptyRoot: the known values of certificate transparency", () => {
  assert.equal(
    encodeHex(emptyRoot(sha256)),
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  );
  assert.equal(
    encodeHex(leafHash(sha256, new Uint8Array(0))),
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  );
});

test("appendHash, rangeRoot: the RFC's tree hash at every size to 70, and ranges stay as they were", () => {
  let range = EMPTY_RANGE;
  const roots: string[] = [encodeHex(rangeRoot(sha256, range))];
  const ranges = [range];
  for (const leaf of leaves) {
    range = appendHash(sha256, range, leafHash(sha256, leaf));
    ranges.push(range);
    roots.push(encodeHex(rangeRoot(sha256, range)));
  }
  for (let size = 0; size <= leaves.length; size++) {
    const wanted = encodeHex(merkleTreeHash(leaves.slice(0, size)));
    assert.equal(roots[size], wanted);
    assert.equal(encodeHex(rangeRoot(sha256, ranges[size] ?? EMPTY_RANGE)), wanted);
    assert.equal(ranges[size]?.hashes.length, perfectRanges(size).length);
  }
});

test("treeRoot: of leaf hashes", () => {
  const hashes = leaves.map((leaf) => leafHash(sha256, leaf));
  assert.deepEqual(treeRoot(sha256, hashes), merkleTreeHash(leaves));
});

test("inclusionRanges, consistencyRanges: the examples of RFC 6962 section 2.1.3", () => {
  const show = (ranges: readonly { start: number; end: number }[]) =>
    ranges.map((r) => `${r.start}-${r.end}`);
  assert.deepEqual(show(inclusionRanges(0, 7)), ["1-2", "2-4", "4-7"]);
  assert.deepEqual(show(inclusionRanges(3, 7)), ["2-3", "0-2", "4-7"]);
  assert.deepEqual(show(inclusionRanges(4, 7)), ["5-6", "6-7", "0-4"]);
  assert.deepEqual(show(inclusionRanges(6, 7)), ["4-6", "0-4"]);
  assert.deepEqual(show(consistencyRanges(3, 7)), ["2-3", "3-4", "0-2", "4-7"]);
  assert.deepEqual(show(consistencyRanges(4, 7)), ["4-7"]);
  assert.deepEqual(show(consistencyRanges(6, 7)), ["4-6", "6-7", "0-4"]);
  assert.deepEqual(consistencyRanges(0, 7), []);
  assert.deepEqual(consistencyRanges(7, 7), []);
});

test("perfectRanges: the set bits of the size, largest first", () => {
  assert.deepEqual(perfectRanges(11), [
    { start: 0, end: 8 },
    { start: 8, end: 10 },
    { start: 10, end: 11 },
  ]);
  assert.deepEqual(perfectRanges(0), []);
});

test("inclusionRanges, consistencyRanges: what is not in the tree is our mistake", () => {
  assert.throws(() => inclusionRanges(7, 7), TypeError);
  assert.throws(() => inclusionRanges(-1, 7), TypeError);
  assert.throws(() => consistencyRanges(8, 7), TypeError);
});

test("parseEd25519Spki: gives the key that encodeEd25519Spki wrote", () => {
  const raw = new Uint8Array(32).fill(5);
  assert.deepEqual(parseEd25519Spki(encodeEd25519Spki(raw)), raw);
});

test("encodeEd25519Spki: a key of 31 bytes is refused", () => {
  assert.throws(() => encodeEd25519Spki(new Uint8Array(31)), { code: "out-of-range" });
});

test("parseEd25519Spki: another algorithm or a longer key is refused", () => {
  const spki = encodeEd25519Spki(new Uint8Array(32));
  assert.throws(() => parseEd25519Spki(spki.with(7, 0x2a)), { code: "unsupported" });
  assert.throws(() => parseEd25519Spki(new Uint8Array([...spki, 0])), { code: "unsupported" });
});
