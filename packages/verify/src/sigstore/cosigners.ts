// SPDX-License-Identifier: Apache-2.0
import { type Policy, parseCheckpoint, parseNote, type TlogEntry } from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import { verifyCosignedCheckpoint } from "../log/cosigned.ts";
import type { CryptoPort } from "../port.ts";

/** Whether the trees of the log entries must be cosigned, and by whom. */
export type CosignerDemand =
  | { readonly kind: "not-demanded" }
  | {
      readonly kind: "quorum";
      /** Names the logs too: an entry of another log is refused. */
      readonly policy: Policy;
      /** Unix seconds. */
      readonly now: number;
      /** By how much a cosigner's clock may be ahead of `now`. */
      readonly toleranceSeconds: number;
    };

/**
 * Checks that a quorum of the policy cosigned the tree of every entry.
 *
 * @throws VerifyError `log-proof-missing` for an entry without a checkpoint, and those of {@link verifyCosignedCheckpoint}
 * @spec c2sp.org/tlog-policy
 */
export async function verifyCosigners(
  entries: readonly TlogEntry[],
  demand: CosignerDemand,
  crypto: CryptoPort,
): Promise<void> {
  if (demand.kind === "not-demanded") return;
  const { policy, now, toleranceSeconds } = demand;
  for (const { inclusionProof } of entries) {
    if (inclusionProof === null) {
      throw new VerifyError("log-proof-missing", "Cannot count cosigners: a log entry has no checkpoint");
    }
    const { checkpoint } = inclusionProof;
    const { origin } = parseCheckpoint(parseNote(checkpoint).text);
    await verifyCosignedCheckpoint(checkpoint, { policy, origin, now, toleranceSeconds }, crypto);
  }
}
