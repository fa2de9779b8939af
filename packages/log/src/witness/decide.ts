// SPDX-License-Identifier: Apache-2.0
import type { Sha256 } from "@countermark/formats";
import { type TreeHead, VerifyError, verifyConsistency } from "@countermark/verify";

/** What a witness does with a checkpoint whose log signature it has checked. */
export type WitnessDecision =
  | { readonly kind: "cosign" }
  /** 400: the old size is above the new one. */
  | { readonly kind: "old-size-larger" }
  /** 409: the client does not know what we hold. */
  | { readonly kind: "other-size"; readonly latest: number }
  /** 422: not the tree that we hold, or not an extension of it. */
  | { readonly kind: "not-consistent"; readonly reason: string };

/**
 * The checks of add-checkpoint after the signature, in the order of the specification. Pure: whoever cosigns must first
 * make `to` the latest, provided that `latest` is still what it was.
 *
 * @param latest the head cosigned last for this origin, or null
 * @spec c2sp.org/tlog-witness#add-checkpoint
 */
export function decideWitness(
  latest: TreeHead | null,
  request: { readonly oldSize: number; readonly proof: readonly Uint8Array[]; readonly to: TreeHead },
  sha256: Sha256,
): WitnessDecision {
  const { oldSize, proof, to } = request;
  if (oldSize > to.size) return { kind: "old-size-larger" };
  const latestSize = latest?.size ?? 0;
  if (oldSize !== latestSize) return { kind: "other-size", latest: latestSize };
  // Nothing was cosigned, or the empty tree was: any tree extends it, without a proof.
  if (latest === null || latest.size === 0) {
    return proof.length === 0
      ? { kind: "cosign" }
      : { kind: "not-consistent", reason: "a proof from the empty tree has no lines" };
  }
  try {
    verifyConsistency({ from: latest, to, proof }, sha256);
    return { kind: "cosign" };
  } catch (error) {
    if (!(error instanceof VerifyError)) throw error;
    return { kind: "not-consistent", reason: error.message };
  }
}
