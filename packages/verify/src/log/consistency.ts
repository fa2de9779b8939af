// SPDX-License-Identifier: Apache-2.0
import { emptyRoot, equalBytes, nodeHash, type Sha256 } from "@countermark/formats";
import { VerifyError } from "../failure.ts";

export interface TreeHead {
  readonly size: number;
  readonly root: Uint8Array;
}

/**
 * Checks that the tree `from` is the beginning of the tree `to`.
 *
 * @throws VerifyError `consistency-range` from is larger, or a size is none; `consistency-length` too few or too many hashes;
 *   `consistency-root` the trees differ
 * @spec rfc9162#2.1.4.2
 */
export function verifyConsistency(
  {
    from,
    to,
    proof,
  }: { readonly from: TreeHead; readonly to: TreeHead; readonly proof: readonly Uint8Array[] },
  sha256: Sha256,
): void {
  const areSizes = Number.isSafeInteger(to.size) && Number.isSafeInteger(from.size) && from.size >= 0;
  if (!areSizes || from.size > to.size) {
    throw new VerifyError("consistency-range", `Cannot extend a tree of ${from.size} to ${to.size}`);
  }
  if (from.size === 0 || from.size === to.size) {
    if (proof.length !== 0) throw wrongLength(from, to, proof.length);
    if (from.size === 0 && !equalBytes(from.root, emptyRoot(sha256))) throw differ(from, to);
    if (from.size === to.size && !equalBytes(from.root, to.root)) throw differ(from, to);
    return;
  }
  const [fromRoot, toRoot] = rootsOf(from, to, proof, sha256);
  if (!equalBytes(fromRoot, from.root) || !equalBytes(toRoot, to.root)) throw differ(from, to);
}

/** The roots of both trees that the proof leads to; 0 < from.size < to.size. */
function rootsOf(
  from: TreeHead,
  to: TreeHead,
  proof: readonly Uint8Array[],
  sha256: Sha256,
): [Uint8Array, Uint8Array] {
  let node = from.size - 1;
  let last = to.size - 1;
  while (node % 2 === 1) {
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  // The old tree is one perfect subtree: its root is the start, and no line of the proof. Without any line, the length is wrong.
  const [start = from.root, ...rest] = node === 0 ? [from.root, ...proof] : proof;
  let fromRoot = start;
  let toRoot = start;
  for (const hash of rest) {
    if (last === 0) throw wrongLength(from, to, proof.length);
    if (node % 2 === 1 || node === last) {
      fromRoot = nodeHash(sha256, hash, fromRoot);
      toRoot = nodeHash(sha256, hash, toRoot);
      // Not 0, or `last` would be: what is halved here becomes odd.
      while (node % 2 === 0) {
        node = node / 2;
        last = Math.floor(last / 2);
      }
    } else {
      toRoot = nodeHash(sha256, toRoot, hash);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  if (last !== 0) throw wrongLength(from, to, proof.length);
  return [fromRoot, toRoot];
}

function differ(from: TreeHead, to: TreeHead): VerifyError {
  return new VerifyError(
    "consistency-root",
    `Cannot extend the tree of ${from.size} to ${to.size}: they are not one history`,
  );
}

function wrongLength(from: TreeHead, to: TreeHead, length: number): VerifyError {
  return new VerifyError(
    "consistency-length",
    `Cannot extend the tree of ${from.size} to ${to.size}: a proof of ${length} hashes does not fit`,
  );
}
