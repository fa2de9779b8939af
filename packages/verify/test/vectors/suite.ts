// SPDX-License-Identifier: Apache-2.0
// The whole suite: which file of vectors/ is run by what. Without I/O, so that any runtime can be given it.
import type { CryptoPort } from "@countermark/verify";
import { admissionCases, admittedStateCases } from "./admission/admissions.ts";
import { type Cases, type Outcome, runCase } from "./case.ts";
import { signatureCases } from "./crypto/signatures.ts";
import { idTokenCases } from "./identity/id-tokens.ts";
import {
  certificateIdentityCases,
  ciIdentityCases,
  crossCheckCases,
  providerCases,
  sameIdentityCases,
} from "./identity/identities.ts";
import { assertionCases } from "./ledger/assertions.ts";
import { goldenCases } from "./ledger/golden.ts";
import { ed25519Cases, idCases } from "./ledger/ids.ts";
import { mapCases } from "./ledger/map.ts";
import { projectProofCases, receiptCases } from "./ledger/proofs.ts";
import { detailCases, recordCases } from "./ledger/records.ts";
import { ruleCases } from "./ledger/rules.ts";
import { stateLeafCases, statementCases } from "./ledger/statements.ts";
import { stateCases } from "./ledger/states.ts";
import { transcriptCases } from "./ledger/transcripts.ts";
import { evidenceCases, lockCases, settledCases } from "./lock/locks.ts";
import { historyCases, publisherCases, rememberedCases } from "./lock/remembered.ts";
import { checkpointCases, cosignatureCases, cosignedCases, tlogProofCases } from "./log/notes.ts";
import { consistencyCases, inclusionCases } from "./log/proofs.ts";
import { quorumCases } from "./log/quorum.ts";
import { attestationCases, provenanceCases } from "./sigstore/attestations.ts";
import { bundleCases } from "./sigstore/bundles.ts";
import { manyCases } from "./sigstore/many.ts";
import { trustedRootCases } from "./sigstore/trusted-roots.ts";
import { metadataCases } from "./tuf/metadata.ts";
import { tufCases } from "./tuf/steps.ts";
import { verdictCases } from "./verdict/verdicts.ts";

export { type Outcome, runCase, type VectorCase } from "./case.ts";

/** Path below vectors/ -> the vectors in it. */
export const SUITE: Readonly<Record<string, Cases>> = {
  "admission/entries.json": admissionCases,
  "admission/states.json": admittedStateCases,
  "crypto/ecdsa-p256.json": signatureCases,
  "crypto/ecdsa-p384.json": signatureCases,
  "crypto/ecdsa-p521.json": signatureCases,
  "crypto/ed25519.json": signatureCases,
  "crypto/ed25519ph.json": signatureCases,
  "crypto/ml-dsa-44.json": signatureCases,
  "crypto/rsa-pkcs1.json": signatureCases,
  "crypto/rsa-pss.json": signatureCases,
  "identity/certificate-identity.json": certificateIdentityCases,
  "identity/ci-identity.json": ciIdentityCases,
  "identity/cross-check.json": crossCheckCases,
  "identity/id-token.json": idTokenCases,
  "identity/providers.json": providerCases,
  "identity/same-identity.json": sameIdentityCases,
  "ledger/assertions.json": assertionCases,
  "ledger/details.json": detailCases,
  "ledger/ed25519.json": ed25519Cases,
  "ledger/golden/rules-1.json": goldenCases,
  "ledger/ids.json": idCases,
  "ledger/map.json": mapCases,
  "ledger/project-proof.json": projectProofCases,
  "ledger/receipt.json": receiptCases,
  "ledger/records.json": recordCases,
  "ledger/rules.json": ruleCases,
  "ledger/state-leaf.json": stateLeafCases,
  "ledger/states.json": stateCases,
  "ledger/statements.json": statementCases,
  "ledger/transcripts.json": transcriptCases,
  "ledger/transcripts-files.json": transcriptCases,
  "ledger/transcripts-index.json": transcriptCases,
  "lock/decision.json": lockCases,
  "lock/evidence.json": evidenceCases,
  "lock/settled.json": settledCases,
  "lock/history.json": historyCases,
  "lock/publishers.json": publisherCases,
  "lock/remembered.json": rememberedCases,
  "log/checkpoint.json": checkpointCases,
  "log/checkpoint-ml-dsa-44.json": checkpointCases,
  "log/consistency.json": consistencyCases,
  "log/cosignature.json": cosignatureCases,
  "log/cosigned.json": cosignedCases,
  "log/cosigned-ml-dsa-44.json": cosignedCases,
  "log/inclusion.json": inclusionCases,
  "log/quorum.json": quorumCases,
  "log/tlog-proof.json": tlogProofCases,
  "sigstore/attestations.json": attestationCases,
  "sigstore/bundles.json": bundleCases,
  "sigstore/certificates.json": bundleCases,
  "sigstore/demands.json": bundleCases,
  "sigstore/keys.json": bundleCases,
  "sigstore/logs.json": bundleCases,
  "sigstore/many.json": manyCases,
  "sigstore/provenance.json": provenanceCases,
  "sigstore/rekor-v1.json": bundleCases,
  "sigstore/timestamps.json": bundleCases,
  "sigstore/trusted-roots.json": trustedRootCases,
  "tuf/keys.json": tufCases,
  "tuf/metadata.json": metadataCases,
  "tuf/search.json": tufCases,
  "tuf/update.json": tufCases,
  "verdict/verdict.json": verdictCases,
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
