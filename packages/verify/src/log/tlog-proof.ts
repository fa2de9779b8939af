// SPDX-License-Identifier: Apache-2.0
import { leafHash, type TlogProof } from "@countermark/formats";
import type { CryptoPort } from "../port.ts";
import type { Verified } from "../verified.ts";
import { type CosignedCheckpoint, type CosignedOptions, verifyCosignedCheckpoint } from "./cosigned.ts";
import { verifyInclusion } from "./inclusion.ts";

/** That an entry was logged at `index` by the time of `head`. */
export interface LoggedEntry {
  readonly entry: Uint8Array;
  readonly index: number;
  readonly head: Verified<CosignedCheckpoint>;
}

/**
 * Believes that `entry` (a leaf's bytes) is logged. Says nothing of whether it is legal or still current.
 *
 * @throws ParseError, VerifyError as verifyCosignedCheckpoint and verifyInclusion
 * @spec c2sp.org/tlog-proof#verifying-a-tlog-proof
 */
export async function verifyTlogProof(
  proof: TlogProof,
  entry: Uint8Array,
  options: CosignedOptions,
  crypto: CryptoPort,
): Promise<Verified<LoggedEntry>> {
  const hash = leafHash(crypto.sha256, entry);
  const head = await verifyCosignedCheckpoint(proof.checkpoint, options, crypto);
  const { index, hashes } = proof;
  verifyInclusion({ leafHash: hash, index, size: head.size, root: head.root, proof: hashes }, crypto.sha256);
  const logged: LoggedEntry = { entry, index, head };
  return logged as Verified<LoggedEntry>;
}
