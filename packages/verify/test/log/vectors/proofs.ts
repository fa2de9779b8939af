// SPDX-License-Identifier: Apache-2.0
import {
  consistencyRanges,
  emptyRoot,
  encodeHex,
  inclusionRanges,
  type LeafRange,
  leafHash,
  nodeHash,
  treeRoot,
  utf8,
} from "@countermark/formats";
import { testCrypto } from "../../support/node-crypto.ts";

const { sha256 } = testCrypto;
const LEAVES = Array.from({ length: 22 }, (_, i) => leafHash(sha256, utf8(`leaf ${i}`)));
const SIZES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 17, 20];
const MAX = Number.MAX_SAFE_INTEGER;
const STRANGE = leafHash(sha256, utf8("stranger"));

function hashOf({ start, end }: LeafRange): Uint8Array {
  return treeRoot(sha256, LEAVES.slice(start, end));
}

function rootOf(size: number): Uint8Array {
  return size === 0 ? emptyRoot(sha256) : hashOf({ start: 0, end: size });
}

interface Inclusion {
  readonly leafHash: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

function inclusionOf(index: number, size: number): Inclusion {
  const proof = inclusionRanges(index, size).map(hashOf);
  return { leafHash: LEAVES[index] ?? STRANGE, index, size, root: rootOf(size), proof };
}

/** Leaf `index` of a tree of `size` whose other hashes are made up, where a tree that large cannot be built. */
function largeInclusion(index: number, size: number): Inclusion {
  const ranges = inclusionRanges(index, size);
  const proof = ranges.map((_, i) => leafHash(sha256, utf8(`subtree ${i}`)));
  const first = LEAVES[0] ?? STRANGE;
  const root = ranges.reduce<Uint8Array>((hash, { start }, i) => {
    const other = proof[i] ?? STRANGE;
    return start > index ? nodeHash(sha256, hash, other) : nodeHash(sha256, other, hash);
  }, first);
  return { leafHash: first, index, size, root, proof };
}

/** vectors/log/inclusion.json */
export function inclusionVectors() {
  const write = (claim: string, { leafHash: leaf, index, size, root, proof }: Inclusion) => ({
    claim,
    leafHash: encodeHex(leaf),
    index,
    size,
    root: encodeHex(root),
    proof: proof.map(encodeHex),
  });
  const refusal = (claim: string, inclusion: Inclusion, code: string) => ({
    ...write(claim, inclusion),
    code,
  });
  const five = inclusionOf(2, 5);
  const last = inclusionOf(4, 5);
  const one = inclusionOf(0, 1);
  const extended = (inclusion: Inclusion): Inclusion => ({
    ...inclusion,
    proof: [...inclusion.proof, STRANGE],
  });
  const doubled = (inclusion: Inclusion, isLeft: boolean): Inclusion => ({
    ...extended(inclusion),
    root: isLeft ? nodeHash(sha256, STRANGE, inclusion.root) : nodeHash(sha256, inclusion.root, STRANGE),
  });
  return {
    accepted: [
      ...SIZES.flatMap((size) =>
        Array.from({ length: size }, (_, i) => write(`leaf ${i} of ${size}`, inclusionOf(i, size))),
      ),
      write("the first leaf of the largest tree", largeInclusion(0, MAX)),
      write("the last leaf of the largest tree", largeInclusion(MAX - 1, MAX)),
      write("a leaf beyond 32 bits", largeInclusion(2 ** 40 + 5, 2 ** 41 + 3)),
    ],
    refused: [
      refusal("another leaf", { ...five, leafHash: STRANGE }, "inclusion-root"),
      refusal("another root", { ...five, root: STRANGE }, "inclusion-root"),
      refusal("another index of the same length", { ...five, index: 3 }, "inclusion-root"),
      refusal("hashes in another order", { ...five, proof: five.proof.toReversed() }, "inclusion-root"),
      refusal("a hash missing at the end", { ...five, proof: five.proof.slice(0, -1) }, "inclusion-length"),
      refusal(
        "a hash missing, with the root that is reached",
        { ...five, proof: five.proof.slice(0, -1), root: hashOf({ start: 0, end: 4 }) },
        "inclusion-length",
      ),
      refusal("a hash too many", extended(five), "inclusion-length"),
      refusal("a hash too many, with the root that is reached", doubled(last, true), "inclusion-length"),
      refusal("a hash beside a tree of one leaf", doubled(one, true), "inclusion-length"),
      refusal("no hash at all", { ...five, proof: [] }, "inclusion-length"),
      refusal("a leaf as its own root", { ...five, proof: [], root: five.leafHash }, "inclusion-length"),
      refusal("an index of a larger tree", { ...last, size: 4 }, "inclusion-range"),
      refusal("the index after the last", { ...one, index: 1 }, "inclusion-range"),
      refusal("an empty tree", { ...one, size: 0 }, "inclusion-range"),
      refusal(
        "an empty tree and its root",
        { ...one, size: 0, root: rootOf(0), proof: [] },
        "inclusion-range",
      ),
      refusal("an index below 0", { ...five, index: -1 }, "inclusion-range"),
      refusal(
        "an index below 0 that counts from the end",
        { ...inclusionOf(0, 2), index: -2 },
        "inclusion-range",
      ),
      refusal("an index that is no integer", { ...inclusionOf(0, 2), index: 0.5 }, "inclusion-range"),
      refusal("a size that is no integer", { ...inclusionOf(0, 2), size: 2.5 }, "inclusion-range"),
      refusal("a size above 2^53-1", { ...largeInclusion(0, MAX), size: MAX + 1 }, "inclusion-range"),
    ],
  };
}

interface Consistency {
  readonly from: { readonly size: number; readonly root: Uint8Array };
  readonly to: { readonly size: number; readonly root: Uint8Array };
  readonly proof: readonly Uint8Array[];
}

function consistencyOf(from: number, to: number): Consistency {
  const head = (size: number) => ({ size, root: rootOf(size) });
  return { from: head(from), to: head(to), proof: consistencyRanges(from, to).map(hashOf) };
}

/** vectors/log/consistency.json */
export function consistencyVectors() {
  const head = ({ size, root }: Consistency["from"]) => ({ size, root: encodeHex(root) });
  const write = (claim: string, { from, to, proof }: Consistency) => ({
    claim,
    from: head(from),
    to: head(to),
    proof: proof.map(encodeHex),
  });
  const refusal = (claim: string, consistency: Consistency, code: string) => ({
    ...write(claim, consistency),
    code,
  });
  const good = consistencyOf(3, 7);
  const perfect = consistencyOf(4, 7);
  const same = consistencyOf(5, 5);
  const empty = consistencyOf(0, 5);
  const nothing = consistencyOf(0, 0);
  const two = consistencyOf(1, 2);
  const other = (tree: Consistency["from"]) => ({ ...tree, root: STRANGE });
  const extended = ({ from, to, proof }: Consistency): Consistency => ({
    from,
    to: { ...to, root: nodeHash(sha256, to.root, STRANGE) },
    proof: [...proof, STRANGE],
  });
  const sizes = [0, ...SIZES, 21, 22];
  return {
    accepted: sizes.flatMap((to) =>
      sizes
        .filter((from) => from <= to)
        .map((from) => write(`${from} leaves are the beginning of ${to}`, consistencyOf(from, to))),
    ),
    refused: [
      refusal("another smaller tree", { ...good, from: other(good.from) }, "consistency-root"),
      refusal("another larger tree", { ...good, to: other(good.to) }, "consistency-root"),
      refusal("another perfect smaller tree", { ...perfect, from: other(perfect.from) }, "consistency-root"),
      refusal("another tree of the same size", { ...same, from: other(same.from) }, "consistency-root"),
      refusal("an empty tree with another root", { ...empty, from: other(empty.from) }, "consistency-root"),
      refusal(
        "two empty trees, the first with another root",
        { ...nothing, from: other(nothing.from) },
        "consistency-root",
      ),
      refusal(
        "two empty trees, the second with another root",
        { ...nothing, to: other(nothing.to) },
        "consistency-root",
      ),
      refusal(
        "two empty trees with one root that is not theirs",
        { ...nothing, from: other(nothing.from), to: other(nothing.to) },
        "consistency-root",
      ),
      refusal(
        "an empty tree with the root of the larger one",
        { ...empty, from: { size: 0, root: empty.to.root } },
        "consistency-root",
      ),
      refusal("hashes in another order", { ...good, proof: good.proof.toReversed() }, "consistency-root"),
      refusal("a hash missing at the end", { ...good, proof: good.proof.slice(0, -1) }, "consistency-length"),
      refusal(
        "a hash missing, with the root that is reached",
        { ...good, proof: good.proof.slice(0, -1), to: { size: 7, root: rootOf(4) } },
        "consistency-length",
      ),
      refusal("no hash", { ...good, proof: [] }, "consistency-length"),
      refusal("no hash for a perfect tree", { ...perfect, proof: [] }, "consistency-length"),
      refusal(
        "no hash for a perfect tree, with its own root",
        { ...perfect, proof: [], to: { size: 7, root: rootOf(4) } },
        "consistency-length",
      ),
      refusal("a hash too many", { ...good, proof: [...good.proof, STRANGE] }, "consistency-length"),
      refusal("a hash too many, with the root that is reached", extended(good), "consistency-length"),
      refusal("a hash for two trees of one size", { ...same, proof: [STRANGE] }, "consistency-length"),
      refusal("a hash for an empty tree", { ...empty, proof: [empty.to.root] }, "consistency-length"),
      refusal("from a larger tree", { ...good, from: good.to, to: good.from }, "consistency-range"),
      refusal(
        "from the next larger tree, whose proof would be the other way round",
        { ...consistencyOf(7, 8), from: consistencyOf(7, 8).to, to: consistencyOf(7, 8).from },
        "consistency-range",
      ),
      refusal(
        "a size that is no integer",
        { ...same, from: { ...same.from, size: 4.5 } },
        "consistency-range",
      ),
      refusal(
        "a larger size that is no integer",
        { ...two, to: { size: 2.5, root: two.to.root } },
        "consistency-range",
      ),
      refusal(
        "a size below 0, with a proof that would lead there",
        { from: { size: -1, root: hashOf({ start: 0, end: 1 }) }, to: two.to, proof: LEAVES.slice(0, 2) },
        "consistency-range",
      ),
      refusal(
        "sizes above 2^53-1",
        { ...same, from: { ...same.from, size: MAX + 1 }, to: { ...same.to, size: MAX + 1 } },
        "consistency-range",
      ),
    ],
  };
}
