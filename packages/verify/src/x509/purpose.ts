// SPDX-License-Identifier: Apache-2.0
import {
  type Certificate,
  EXTENDED_KEY_USAGE_OIDS,
  EXTENSION_OIDS,
  type Extension,
  type KeyUsageName,
} from "@countermark/formats";
import { VerifyError } from "../failure.ts";

/** What a certificate at the end of a chain is for, and what must be critical in it. */
export type Purpose = {
  readonly name: string;
  readonly oid: string;
  /** Its key has one or more of these usages, and no other. */
  readonly keyUsages: readonly KeyUsageName[];
  /** RFC 3161 wants a critical extended key usage; Fulcio writes one that is not. */
  readonly extendedKeyUsage: "must-be-critical" | "may-be-critical";
};

export const CODE_SIGNING: Purpose = {
  name: "code signing",
  oid: EXTENDED_KEY_USAGE_OIDS.codeSigning,
  keyUsages: ["digitalSignature"],
  extendedKeyUsage: "may-be-critical",
};

/** @spec rfc3161#2.3, rfc5280#4.2.1.12 */
export const TIME_STAMPING: Purpose = {
  name: "time stamping",
  oid: EXTENDED_KEY_USAGE_OIDS.timeStamping,
  keyUsages: ["digitalSignature", "contentCommitment"],
  extendedKeyUsage: "must-be-critical",
};

/** Extensions whose meaning is checked in this folder. */
const KNOWN_EXTENSIONS: ReadonlySet<string> = new Set([
  EXTENSION_OIDS.basicConstraints,
  EXTENSION_OIDS.keyUsage,
  EXTENSION_OIDS.extendedKeyUsage,
  EXTENSION_OIDS.subjectAltName,
]);

/**
 * Checks that the certificate is of an end entity for this purpose and no other.
 *
 * @throws VerifyError `certificate-critical-extension`, `certificate-is-authority`, `certificate-key-usage`,
 *   `certificate-extended-key-usage`
 * @spec rfc5280#4.2.1.3, rfc5280#4.2.1.9, rfc5280#4.2.1.12
 */
export function verifyEndEntity(certificate: Certificate, purpose: Purpose): void {
  verifyCriticalExtensions(certificate);
  if (certificate.basicConstraints?.ca === true) {
    throw new VerifyError(
      "certificate-is-authority",
      `Cannot use certificate for ${purpose.name}: it is of an authority`,
    );
  }
  verifyKeyUsage(certificate, purpose);
  verifyPurposeOnly(certificate, purpose);
}

/**
 * Checks that the certificate is of an authority that may issue for this purpose.
 *
 * @param below how many authorities stand between this one and the end entity.
 * @throws VerifyError `certificate-critical-extension`, `authority-not-ca`, `authority-path-length`,
 *   `authority-key-usage`, `authority-extended-key-usage`
 * @spec rfc5280#6.1.4
 */
export function verifyAuthority(certificate: Certificate, below: number, purpose: Purpose): void {
  verifyCriticalExtensions(certificate);
  const constraints = certificate.basicConstraints;
  if (constraints === null || !constraints.ca) {
    throw new VerifyError("authority-not-ca", "Cannot trust chain: one of its issuers is not an authority");
  }
  if (constraints.pathLength !== null && constraints.pathLength < below) {
    throw new VerifyError(
      "authority-path-length",
      `Cannot trust chain: an authority allows ${constraints.pathLength} others below it, found ${below}`,
    );
  }
  if (certificate.keyUsage === null || !certificate.keyUsage.has("keyCertSign")) {
    throw new VerifyError(
      "authority-key-usage",
      "Cannot trust chain: an authority may not sign certificates",
    );
  }
  const purposes = certificate.extendedKeyUsage;
  // Without the extension an authority may issue for every purpose.
  if (purposes?.includes(purpose.oid) === false) {
    throw new VerifyError(
      "authority-extended-key-usage",
      `Cannot trust chain: an authority may not issue for ${purpose.name}`,
    );
  }
}

function verifyCriticalExtensions(certificate: Certificate): void {
  const unknown = certificate.extensions.find(({ critical, oid }) => critical && !KNOWN_EXTENSIONS.has(oid));
  if (unknown !== undefined) {
    throw new VerifyError(
      "certificate-critical-extension",
      `Cannot believe certificate: its critical extension ${unknown.oid} is not known`,
    );
  }
}

function verifyKeyUsage(certificate: Certificate, purpose: Purpose): void {
  const usages = [...(certificate.keyUsage ?? [])];
  if (usages.length === 0 || !usages.every((usage) => purpose.keyUsages.includes(usage))) {
    throw new VerifyError(
      "certificate-key-usage",
      `Cannot use certificate for ${purpose.name}: its key usage is ${usages.join(", ") || "absent"}, wanted ${purpose.keyUsages.join(", ")}`,
    );
  }
}

function verifyPurposeOnly(certificate: Certificate, purpose: Purpose): void {
  const purposes = certificate.extendedKeyUsage;
  const only = purposes !== null && purposes.length === 1 && purposes[0] === purpose.oid;
  const critical = purpose.extendedKeyUsage === "may-be-critical" || isCritical(certificate.extensions);
  if (!only || !critical) {
    throw new VerifyError(
      "certificate-extended-key-usage",
      `Cannot use certificate for ${purpose.name}: its extended key usage is ${purposes?.join(", ") ?? "absent"}`,
    );
  }
}

function isCritical(extensions: readonly Extension[]): boolean {
  return extensions.some(({ oid, critical }) => oid === EXTENSION_OIDS.extendedKeyUsage && critical);
}
