// SPDX-License-Identifier: Apache-2.0
// The whole suite: which file of vectors/ is run by what. Without I/O, so that any runtime can be given it.
import type { CryptoPort } from "@countermark/verify";
import { type Cases, type Outcome, runCase } from "./case.ts";
import { ed25519Cases, idCases } from "./ledger/ids.ts";
import { mapCases } from "./ledger/map.ts";
import { projectProofCases, receiptCases } from "./ledger/proofs.ts";
import { detailCases, recordCases } from "./ledger/records.ts";
import { stateLeafCases, statementCases } from "./ledger/statements.ts";
import { transcriptCases } from "./ledger/transcripts.ts";
import { tufCases } from "./tuf/steps.ts";

export { type Outcome, runCase, type VectorCase } from "./case.ts";

/** Path below vectors/ -> the vectors in it. */
export const SUITE: Readonly<Record<string, Cases>> = {
  "ledger/details.json": detailCases,
  "ledger/ed25519.json": ed25519Cases,
  "ledger/ids.json": idCases,
  "ledger/map.json": mapCases,
  "ledger/project-proof.json": projectProofCases,
  "ledger/receipt.json": receiptCases,
  "ledger/records.json": recordCases,
  "ledger/state-leaf.json": stateLeafCases,
  "ledger/statements.json": statementCases,
  "ledger/transcripts.json": transcriptCases,
  "tuf/search.json": tufCases,
  "tuf/update.json": tufCases,
};

/** Runs every vector of the file at `path` below vectors/, one after the other. Never throws. */
export async function* runVectors(path: string, file: unknown, crypto: CryptoPort): AsyncGenerator<Outcome> {
  const cases = SUITE[path];
  if (cases === undefined) {
    yield { name: path, ok: false, found: "no file of the suite" };
    return;
  }
  for (const vector of cases(file, crypto)) yield await runCase(vector);
}
