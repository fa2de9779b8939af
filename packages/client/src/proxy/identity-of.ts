// SPDX-License-Identifier: Apache-2.0
import type { PublisherRecord } from "@countermark/formats";
import {
  type CiIdentity,
  type Evidence,
  findProvider,
  type IdentityFields,
  identityFromCertificate,
  type ProviderRow,
  PUBLIC_PROVIDERS,
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
  const row = findRow(record);
  if (row === null || (san.kind !== "uri" && san.kind !== "email")) {
    throw new VerifyError(
      "identity-inconsistent",
      `Cannot tell who signed: nothing is known of ${record.provider}`,
    );
  }
  const identity = identityFromCertificate(row, claims, san);
  const differences = samePublisher(record, identity);
  if (differences.length > 0) {
    throw new RefusedError(
      "publisher-differs",
      `Cannot accept attestation: it is not by the publisher that the ledger names: ${showDifferences(differences)}`,
    );
  }
  return identity;
}

type NamedProvider = Pick<PublisherRecord, "provider" | "issuer" | "owner">;

/**
 * How certificates for the record's issuer are read; null for a provider that is not known.
 *
 * Of an instance that is not public the ledger names kind and issuer, and its server is where the certificate says the owner is:
 * an issuer speaks for one server only, and the certificate's issuer is compared with the record's.
 */
export function findRow(record: NamedProvider): ProviderRow | null {
  const known = findProvider(PUBLIC_PROVIDERS, record.issuer);
  if (known !== null) return known.provider === record.provider ? known : null;
  const kind = PUBLIC_PROVIDERS.find((row) => row.provider === record.provider);
  if (kind === undefined) return null;
  return {
    ...kind,
    issuer: record.issuer,
    identify: (instance, fields, name) =>
      kind.identify({ ...instance, serverUrl: serverOf(fields, record) ?? instance.serverUrl }, fields, name),
  };
}

/** The owner's address without the owner's name, whoever the owner is: a wrong one is found by comparing. */
function serverOf({ ownerUri }: IdentityFields, record: NamedProvider): string | null {
  if (ownerUri === null) return null;
  const suffix = `/${record.owner ?? ""}`;
  const end = ownerUri.endsWith(suffix) ? ownerUri.length - suffix.length : ownerUri.lastIndexOf("/");
  return ownerUri.slice(0, Math.max(0, end));
}
