// SPDX-License-Identifier: Apache-2.0
import {
  type Attestation,
  attestationDigest,
  dssePae,
  IN_TOTO_PAYLOAD_TYPE,
  type JsonValue,
  parseInTotoStatement,
} from "@countermark/formats";
import type { CryptoPort } from "../port.ts";
import { type Signing, verifyKeylessSignature } from "../sigstore/signing.ts";
import type { PreparedTrustedRoot } from "../sigstore/trusted-root.ts";
import type { Verified } from "../verified.ts";
import { type DistributionFile, type DistributionPredicateType, verifyStatement } from "./statement.ts";

/** What a verified attestation proves of one file: who said what of it, and when. */
export type Evidence = Signing & {
  readonly predicateType: DistributionPredicateType;
  /** What was said; not read. Null for PEP 740's publish statement. */
  readonly predicate: JsonValue;
  /** SHA-256 of the attestation in canonical JSON. */
  readonly attestationDigest: Uint8Array;
};

/**
 * Checks a PEP 740 attestation of `file`.
 *
 * @throws VerifyError of {@link verifyStatement} and {@link verifyKeylessSignature}; ParseError for a statement that is malformed
 * @spec packaging.python.org/en/latest/specifications/index-hosted-attestations (attestation verification)
 *
 * Not checked here: whether this signer may publish this project; what the predicate says.
 */
export async function verifyAttestation(
  attestation: Attestation,
  file: DistributionFile,
  root: Verified<PreparedTrustedRoot>,
  crypto: CryptoPort,
): Promise<Verified<Evidence>> {
  const { certificate, timestamps, transparencyEntries: entries, statement, signature } = attestation;
  const message = dssePae(IN_TOTO_PAYLOAD_TYPE, statement);
  const signed = { certificate, timestamps, entries, message, signature };
  const signing = await verifyKeylessSignature(signed, root, crypto);
  const said = parseInTotoStatement(statement);
  const predicateType = verifyStatement(said, file);
  const evidence: Evidence = {
    ...signing,
    predicateType,
    predicate: said.predicate,
    attestationDigest: attestationDigest(crypto.sha256, attestation),
  };
  return evidence as Verified<Evidence>;
}
