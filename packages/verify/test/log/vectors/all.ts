// SPDX-License-Identifier: Apache-2.0
import { checkpointMlDsaVectors, cosignedMlDsaVectors } from "./ml-dsa.ts";
import { checkpointVectors, cosignatureVectors, cosignedVectors, tlogProofVectors } from "./notes.ts";
import { consistencyVectors, inclusionVectors } from "./proofs.ts";
import { quorumVectors } from "./quorum.ts";

/** The files of vectors/log/, by name. */
export async function logVectors(): Promise<Readonly<Record<string, unknown>>> {
  return {
    "checkpoint.json": checkpointVectors(),
    "checkpoint-ml-dsa-44.json": checkpointMlDsaVectors(),
    "consistency.json": consistencyVectors(),
    "cosignature.json": cosignatureVectors(),
    "cosigned.json": cosignedVectors(),
    "cosigned-ml-dsa-44.json": cosignedMlDsaVectors(),
    "inclusion.json": inclusionVectors(),
    "quorum.json": quorumVectors(),
    "tlog-proof.json": tlogProofVectors(),
  };
}
