// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { ed25519Vectors } from "./ed25519.ts";
import { idVectors } from "./ids.ts";
import { mapVectors } from "./map.ts";
import { projectProofVectors, receiptVectors } from "./proofs.ts";
import { detailVectors, recordVectors } from "./records.ts";
import { ruleVectors } from "./rules.ts";
import { stateLeafVectors, statementVectors } from "./statements.ts";
import { stateVectors } from "./states.ts";
import { fileTranscriptVectors, indexTranscriptVectors, transcriptVectors } from "./transcripts.ts";

/** Recorded from a browser, whose keys and signatures are new every time: kept as it is. */
function recordedAssertions(): unknown {
  const file = new URL("../../../../../vectors/ledger/assertions.json", import.meta.url);
  return JSON.parse(readFileSync(file, "utf8"));
}

/** The files of vectors/ledger/, by name. */
export async function ledgerVectors(): Promise<Readonly<Record<string, unknown>>> {
  return {
    "assertions.json": recordedAssertions(),
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
    "transcripts-files.json": await fileTranscriptVectors(),
    "transcripts-index.json": await indexTranscriptVectors(),
  };
}
