// SPDX-License-Identifier: Apache-2.0
import type { PublisherRecord } from "@countermark/formats";
import {
  type CiIdentity,
  type Evidence,
  findProvider,
  identityFromCertificate,
  PROVIDER_NAMES,
  type ProviderRow,
  PUBLIC_PROVIDERS,
  providerRow,
  RefusedError,
  samePublisher,
  showDifferences,
  type Verified,
  VerifyError,
} from "@countermark/verify";

/**
 * Who signed, checked against the publisher that the ledger names for this attestation.
 *
 * @throws VerifyError `identity-issuer`, `identity-incomplete`, `identity-inconsistent`; RefusedError `publisher-differs`, `trigger-refused`
 */
export function identityOf(record: PublisherRecord, evidence: Verified<Evidence>): CiIdentity {
  const { san, claims } = evidence;
  if (san.kind !== "uri" && san.kind !== "email") {
    throw new VerifyError(
      "identity-inconsistent",
      "Cannot tell who signed: the certificate's name is of another kind",
    );
  }
  const identity = identityFromCertificate(rowOf(record, evidence), claims, san);
  const differences = samePublisher(record, identity);
  if (differences.length > 0) {
    throw new RefusedError(
      "publisher-differs",
      `Cannot accept attestation: it is not by the publisher that the ledger names: ${showDifferences(differences)}`,
    );
  }
  return identity;
}

/**
 * The provider's row for the record's issuer. A public instance has one; of any other the ledger names kind and issuer, and its
 * server is where the certificate says the owner is: an issuer speaks for one server only, and the certificate's issuer is compared.
 */
function rowOf(record: PublisherRecord, evidence: Verified<Evidence>): ProviderRow {
  const known = findProvider(PUBLIC_PROVIDERS, record.issuer);
  if (known !== null) return known;
  const provider = PROVIDER_NAMES.find((name) => name === record.provider);
  const { ownerUri } = evidence.claims;
  const suffix = `/${record.owner ?? ""}`;
  const length = ownerUri?.endsWith(suffix) ? suffix.length : lastSegmentLength(ownerUri ?? "");
  const serverUrl = ownerUri === null ? record.issuer : ownerUri.slice(0, ownerUri.length - length);
  if (provider === undefined || !isPlainUrl(record.issuer) || !isPlainUrl(serverUrl)) {
    throw new VerifyError(
      "identity-inconsistent",
      `Cannot tell who signed: nothing is known of ${record.issuer}`,
    );
  }
  return providerRow({ provider, issuer: record.issuer, serverUrl });
}

/** Of another owner than the record's: with its name taken off, the difference is found by comparing. */
function lastSegmentLength(url: string): number {
  return url.length - Math.max(0, url.lastIndexOf("/"));
}

/** Whether `providerRow` takes it. */
function isPlainUrl(text: string): boolean {
  return /^https?:\/\/[A-Za-z0-9.-]+(?::[0-9]+)?(?:\/[A-Za-z0-9._~-]+)*$/.test(text);
}
