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
import { contentOfBytes } from "../sigstore/content.ts";
import {
  ORDINARY_DEMANDS,
  type SignatureDemands,
  type Signing,
  verifyKeylessSignature,
} from "../sigstore/signing.ts";
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
  return await verifyAttestationOf(attestation, { ...ORDINARY_DEMANDS, file }, root, crypto);
}

/** The same as {@link verifyAttestation}, with demands of the caller's own. */
export async function verifyAttestationOf(
  attestation: Attestation,
  demands: SignatureDemands & { readonly file: DistributionFile },
  root: Verified<PreparedTrustedRoot>,
  crypto: CryptoPort,
): Promise<Verified<Evidence>> {
  const { certificate, timestamps, transparencyEntries: entries, statement, signature } = attestation;
  const content = contentOfBytes(dssePae(IN_TOTO_PAYLOAD_TYPE, statement));
  const signer = { kind: "certificate", certificate } as const;
  const signed = {
    signer,
    timestamps,
    entries,
    content,
    signature,
    form: "envelope",
    payload: statement,
  } as const;
  const signing = await verifyKeylessSignature(signed, demands, root, crypto);
  const said = parseInTotoStatement(statement);
  const predicateType = verifyStatement(said, demands.file);
  demands.trace("statement");
  const evidence: Evidence = {
    ...signing,
    predicateType,
    predicate: said.predicate,
    attestationDigest: attestationDigest(crypto.sha256, attestation),
  };
  return evidence as Verified<Evidence>;
}
