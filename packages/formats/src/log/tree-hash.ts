// SPDX-License-Identifier: Apache-2.0
import { concat, type Sha256, u8 } from "../text/bytes.ts";

/**
 * The roots of the perfect subtrees that a tree of `size` leaves is made of, largest (leftmost) first: one per set bit
 * of `size`. Enough to append to the tree and to know its root. Never changed in place.
 */
export interface CompactRange {
  readonly size: number;
  readonly hashes: readonly Uint8Array[];
}

/** The tree without leaves. */
export const EMPTY_RANGE: CompactRange = { size: 0, hashes: [] };

const LEAF = u8(0);
const NODE = u8(1);
const HASH_BYTES = 32;
/** `0x01 || left || right`, written anew for each node: proofs hash little else. */
const node = concat(NODE, new Uint8Array(2 * HASH_BYTES));

/** `SHA-256(0x00 || leaf)`. @spec rfc6962#2.1 */
export function leafHash(sha256: Sha256, leaf: Uint8Array): Uint8Array {
  return sha256(concat(LEAF, leaf));
}

/** `SHA-256(0x01 || left || right)`. @spec rfc6962#2.1 */
export function nodeHash(sha256: Sha256, left: Uint8Array, right: Uint8Array): Uint8Array {
  if (left.length !== HASH_BYTES || right.length !== HASH_BYTES) return sha256(concat(NODE, left, right));
  node.set(left, 1);
  node.set(right, 1 + HASH_BYTES);
  return sha256(node);
}

/** The root of the tree without leaves: the hash of no bytes. @spec rfc6962#2.1 */
export function emptyRoot(sha256: Sha256): Uint8Array {
  return sha256(new Uint8Array(0));
}

/** `range` with one more leaf, given by its leaf hash. */
export function appendHash(sha256: Sha256, range: CompactRange, hash: Uint8Array): CompactRange {
  const hashes = [...range.hashes];
  let last = hash;
  for (let size = range.size; size % 2 === 1; size = Math.floor(size / 2)) {
    last = nodeHash(sha256, popOf(hashes), last);
  }
  hashes.push(last);
  return { size: range.size + 1, hashes };
}

/** The root of the tree. */
export function rangeRoot(sha256: Sha256, range: CompactRange): Uint8Array {
  const hashes = [...range.hashes];
  let root = hashes.pop();
  if (root === undefined) return emptyRoot(sha256);
  for (let left = hashes.pop(); left !== undefined; left = hashes.pop()) root = nodeHash(sha256, left, root);
  return root;
}

/** The root of the tree with these leaf hashes. */
export function treeRoot(sha256: Sha256, leafHashes: Iterable<Uint8Array>): Uint8Array {
  let range = EMPTY_RANGE;
  for (const hash of leafHashes) range = appendHash(sha256, range, hash);
  return rangeRoot(sha256, range);
}

function popOf(hashes: Uint8Array[]): Uint8Array {
  const last = hashes.pop();
  if (last === undefined) throw new TypeError("Cannot append: the range has fewer hashes than its size says");
  return last;
}
