// SPDX-License-Identifier: Apache-2.0
import { ed25519Vectors } from "./ed25519.ts";
import { idVectors } from "./ids.ts";
import { mapVectors } from "./map.ts";
import { projectProofVectors, receiptVectors } from "./proofs.ts";
import { detailVectors, recordVectors } from "./records.ts";
import { ruleVectors } from "./rules.ts";
import { stateLeafVectors, statementVectors } from "./statements.ts";
import { stateVectors } from "./states.ts";
import { transcriptVectors } from "./transcripts.ts";

/** The files of vectors/ledger/, by name. */
export async function ledgerVectors(): Promise<Readonly<Record<string, unknown>>> {
  return {
    "details.json": detailVectors(),
    "ed25519.json": ed25519Vectors(),
    "ids.json": idVectors(),
    "map.json": mapVectors(),
    "project-proof.json": await projectProofVectors(),
    "receipt.json": await receiptVectors(),
    "records.json": recordVectors(),
    "rules.json": await ruleVectors(),
    "state-leaf.json": stateLeafVectors(),
    "states.json": await stateVectors(),
    "statements.json": await statementVectors(),
    "transcripts.json": await transcriptVectors(),
  };
}
