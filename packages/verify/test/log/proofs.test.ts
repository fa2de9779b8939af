// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  consistencyRanges,
  emptyRoot,
  inclusionRanges,
  type LeafRange,
  leafHash,
  treeRoot,
  utf8,
} from "@countermark/formats";
import { inclusionRoot, verifyConsistency, verifyInclusion } from "@countermark/verify";
import { testCrypto } from "../support/node-crypto.ts";

const { sha256 } = testCrypto;
const hashes = Array.from({ length: 40 }, (_, i) => leafHash(sha256, utf8(`leaf ${i}`)));
const rootOf = ({ start, end }: LeafRange): Uint8Array => treeRoot(sha256, hashes.slice(start, end));
const headAt = (size: number) => ({ size, root: rootOf({ start: 0, end: size }) });
const inclusion = (index: number, size: number) => ({
  leafHash: hashes[index] ?? new Uint8Array(32),
  index,
  size,
  root: rootOf({ start: 0, end: size }),
  proof: inclusionRanges(index, size).map(rootOf),
});
const consistency = (from: number, to: number) => ({
  from: headAt(from),
  to: headAt(to),
  proof: consistencyRanges(from, to).map(rootOf),
});

test("verifyInclusion: every leaf of every tree to 40, and nothing else in its place", () => {
  for (let size = 1; size <= 40; size++) {
    for (let index = 0; index < size; index++) {
      const good = inclusion(index, size);
      verifyInclusion(good, sha256);
      if (size === 1) continue;
      const other = (index + 1) % size;
      assert.throws(() => verifyInclusion({ ...good, index: other }, sha256));
      assert.throws(() => verifyInclusion({ ...good, leafHash: hashes[other] ?? good.root }, sha256), {
        code: "inclusion-root",
      });
      for (const i of good.proof.keys()) {
        const proof = good.proof.with(i, new Uint8Array(32));
        assert.throws(() => verifyInclusion({ ...good, proof }, sha256), { code: "inclusion-root" });
      }
    }
  }
});

test("verifyInclusion: a proof that is shorter or longer is refused", () => {
  for (const [index, size] of [
    [0, 1],
    [6, 7],
    [3, 8],
    [39, 40],
  ] as const) {
    const good = inclusion(index, size);
    const longer = [...good.proof, new Uint8Array(32)];
    assert.throws(() => verifyInclusion({ ...good, proof: longer }, sha256), { code: "inclusion-length" });
    if (good.proof.length === 0) continue;
    const shorter = good.proof.slice(0, -1);
    assert.throws(() => verifyInclusion({ ...good, proof: shorter }, sha256), { code: "inclusion-length" });
  }
});

for (const [index, size] of [
  [0, 0],
  [5, 5],
  [-1, 5],
  [0.5, 5],
  [0, 2 ** 53],
] as const) {
  test(`inclusionRoot: leaf ${index} of ${size} is refused`, () => {
    const path = { leafHash: new Uint8Array(32), index, size, proof: [] };
    assert.throws(() => inclusionRoot(path, sha256), { code: "inclusion-range" });
  });
}

test("inclusionRoot: an index near 2^53 is computed exactly", () => {
  const size = 2 ** 53 - 1;
  const leaf = hashes[0] ?? new Uint8Array(32);
  const right = inclusionRanges(size - 1, size).length;
  const path = { leafHash: leaf, index: size - 1, size, proof: hashes.slice(0, 1) };
  assert.throws(() => inclusionRoot(path, sha256), { code: "inclusion-length" });
  const proof = Array.from({ length: right }, () => leaf);
  assert.equal(inclusionRoot({ ...path, proof }, sha256).length, 32);
});

test("verifyConsistency: every pair of trees to 40, and no proof with a hash changed", () => {
  for (let to = 0; to <= 40; to++) {
    for (let from = 0; from <= to; from++) {
      const good = consistency(from, to);
      verifyConsistency(good, sha256);
      for (const i of good.proof.keys()) {
        const proof = good.proof.with(i, new Uint8Array(32));
        assert.throws(() => verifyConsistency({ ...good, proof }, sha256), { code: "consistency-root" });
      }
    }
  }
});

const zero = new Uint8Array(32);
for (const [claim, change, code] of [
  ["another old root is refused", { from: { size: 6, root: zero } }, "consistency-root"],
  ["another new root is refused", { to: { size: 13, root: zero } }, "consistency-root"],
  ["another old size is refused", { from: { ...headAt(6), size: 10 } }, "consistency-root"],
  ["a shorter proof is refused", { proof: consistency(6, 13).proof.slice(0, -1) }, "consistency-length"],
  ["a longer proof is refused", { proof: [...consistency(6, 13).proof, zero] }, "consistency-length"],
  ["no proof is refused", { proof: [] }, "consistency-length"],
  ["a larger old tree is refused", { from: headAt(14) }, "consistency-range"],
  ["one size with two roots is refused", { from: { size: 13, root: zero }, proof: [] }, "consistency-root"],
  ["one size with a proof is refused", { from: headAt(13), proof: [zero] }, "consistency-length"],
  ["from nothing with a proof is refused", { from: headAt(0), proof: [zero] }, "consistency-length"],
  [
    "from nothing with another root is refused",
    { from: { size: 0, root: zero }, proof: [] },
    "consistency-root",
  ],
] as const) {
  test(`verifyConsistency: ${claim}`, () => {
    assert.throws(() => verifyConsistency({ ...consistency(6, 13), ...change }, sha256), { code });
  });
}

test("verifyConsistency: a power of two has its own root as the start", () => {
  const good = consistency(8, 13);
  assert.throws(() => verifyConsistency({ ...good, from: { size: 8, root: zero } }, sha256), {
    code: "consistency-root",
  });
});

test("verifyConsistency: the empty tree to itself", () => {
  const empty = { size: 0, root: emptyRoot(sha256) };
  verifyConsistency({ from: empty, to: empty, proof: [] }, sha256);
});
