// SPDX-License-Identifier: Apache-2.0
import {
  attestationFromBundle,
  CONSENT_PREDICATE_TYPE,
  type Digest,
  dssePae,
  encodeHex,
  IN_TOTO_PAYLOAD_TYPE,
  type PublisherRecord,
  parseBundle,
  parseInTotoStatement,
  quote,
} from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import { identityFromCertificate } from "../identity/ci-identity.ts";
import { samePublisher, showDifferences } from "../identity/same-identity.ts";
import { contentOfBytes } from "../sigstore/content.ts";
import { ORDINARY_DEMANDS, type Signing, verifyKeylessSignature } from "../sigstore/signing.ts";
import type { AdmitPorts } from "./admit-ports.ts";
import { ATTESTATION_AGE_SECONDS, EPSILON_SECONDS } from "./rules.ts";

/** What a publisher's consent should be. */
export interface ConsentWanted {
  /** 32 bytes: what is consented to, as the project stands. */
  readonly challenge: Uint8Array;
  /** SHA-256 of the bundle. */
  readonly evidence: Digest;
  /** Whose consent is named. */
  readonly record: PublisherRecord;
  /** When the entry was made, in Unix seconds. */
  readonly time: number;
}

/**
 * Checks that a publisher consented: a Sigstore bundle over a statement about the challenge and nothing else, by the publisher's
 * own workflow, not long before the entry.
 *
 * @throws VerifyError `consent-evidence`, `consent-predicate`, `consent-subject`, `consent-time`, `consent-publisher`, those of
 *   verifyKeylessSignature and identityFromCertificate; ParseError of the bundle, `unsupported` for one without certificate,
 *   statement, or proofs of its log entries
 * @spec specs/ledger-records.md#consent
 */
export async function verifyPublisherConsent(
  bytes: Uint8Array,
  wanted: ConsentWanted,
  ports: Pick<AdmitPorts, "root" | "findRow" | "crypto">,
): Promise<void> {
  const { crypto, root } = ports;
  const found = encodeHex(crypto.sha256(bytes));
  if (found !== wanted.evidence) {
    throw new VerifyError(
      "consent-evidence",
      `Cannot admit consent: the bundle is ${found}, named ${wanted.evidence}`,
    );
  }
  const bundle = attestationFromBundle(parseBundle(bytes, "0.3"));
  const { certificate, timestamps, transparencyEntries: entries, statement, signature } = bundle;
  const content = contentOfBytes(dssePae(IN_TOTO_PAYLOAD_TYPE, statement));
  const signer = { kind: "certificate", certificate } as const;
  const about = { form: "envelope", payload: statement, content, signature } as const;
  const signed = { ...about, signer, timestamps, entries };
  const signing = await verifyKeylessSignature(signed, ORDINARY_DEMANDS, root, crypto);
  verifyConsentStatement(statement, wanted.challenge);
  verifyTime(signing.signedAt, wanted.time);
  verifyPublisher(signing, wanted.record, ports);
}

/** One subject, which is the challenge; the type says that it is a consent, and nothing more is said. */
function verifyConsentStatement(statement: Uint8Array, challenge: Uint8Array): void {
  const { subjects, predicateType, predicate } = parseInTotoStatement(statement);
  if (predicateType !== CONSENT_PREDICATE_TYPE || !(predicate instanceof Map) || predicate.size > 0) {
    throw new VerifyError(
      "consent-predicate",
      `Cannot admit consent: ${quote(predicateType)} is no consent, or the statement says more than one`,
    );
  }
  const [subject, ...more] = subjects;
  const digest = subject?.digest ?? null;
  if (digest === null || encodeHex(digest.digest) !== encodeHex(challenge) || more.length > 0) {
    throw new VerifyError(
      "consent-subject",
      "Cannot admit consent: it is for another act, another project, or for this one as it stood before",
    );
  }
}

function verifyTime(signedAt: number, time: number): void {
  if (signedAt - EPSILON_SECONDS > time || time > signedAt + ATTESTATION_AGE_SECONDS) {
    throw new VerifyError(
      "consent-time",
      `Cannot admit consent: signed at ${signedAt}, used at ${time}: wanted at most ${ATTESTATION_AGE_SECONDS} s between`,
    );
  }
}

function verifyPublisher(
  signing: Signing,
  record: PublisherRecord,
  { findRow }: Pick<AdmitPorts, "findRow">,
): void {
  const row = findRow(record);
  if (row === null) throw otherPublisher(`the provider of ${quote(record.issuer)} is not known`);
  const differences = samePublisher(record, identityFromCertificate(row, signing.claims, signing.san));
  if (differences.length > 0) throw otherPublisher(showDifferences(differences));
}

function otherPublisher(why: string): VerifyError {
  return new VerifyError("consent-publisher", `Cannot admit consent: it is by another publisher: ${why}`);
}
