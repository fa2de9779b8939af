// SPDX-License-Identifier: Apache-2.0
import { equalBytes, nodeHash, type Sha256 } from "@countermark/formats";
import { VerifyError } from "../failure.ts";

/** A leaf, where it is said to be, and the hashes from its sibling up. */
export interface InclusionPath {
  readonly leafHash: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly proof: readonly Uint8Array[];
}

/**
 * Checks that the leaf is at `index` of the tree of `size` with this `root`.
 *
 * @throws VerifyError `inclusion-range`, `inclusion-length`, `inclusion-root`
 * @spec rfc9162#2.1.3.2
 */
export function verifyInclusion(
  inclusion: InclusionPath & { readonly root: Uint8Array },
  sha256: Sha256,
): void {
  if (!equalBytes(inclusionRoot(inclusion, sha256), inclusion.root)) {
    throw new VerifyError(
      "inclusion-root",
      `Cannot find leaf ${inclusion.index} in the tree of ${inclusion.size}: the proof leads to another root`,
    );
  }
}

/**
 * The root that the proof leads to.
 *
 * @throws VerifyError `inclusion-range` index outside the tree; `inclusion-length` too few or too many hashes
 * @spec rfc9162#2.1.3.2
 */
export function inclusionRoot({ leafHash, index, size, proof }: InclusionPath, sha256: Sha256): Uint8Array {
  if (!Number.isSafeInteger(size) || !Number.isSafeInteger(index) || index < 0 || index >= size) {
    throw new VerifyError("inclusion-range", `Cannot find leaf ${index} in the tree of ${size}`);
  }
  let node = index;
  let last = size - 1;
  let root = leafHash;
  for (const hash of proof) {
    if (last === 0) throw wrongLength(index, size, proof.length);
    if (node % 2 === 1 || node === last) {
      root = nodeHash(sha256, hash, root);
      // Levels at which the node is the last and has no sibling have no hash. It is not 0 here, or `last` would be.
      while (node % 2 === 0) {
        node = node / 2;
        last = Math.floor(last / 2);
      }
    } else {
      root = nodeHash(sha256, root, hash);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  if (last !== 0) throw wrongLength(index, size, proof.length);
  return root;
}

function wrongLength(index: number, size: number, length: number): VerifyError {
  return new VerifyError(
    "inclusion-length",
    `Cannot find leaf ${index} in the tree of ${size}: a proof of ${length} hashes does not fit`,
  );
}
