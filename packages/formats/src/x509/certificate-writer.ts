// SPDX-License-Identifier: Apache-2.0
import { type Bytes, utf8 } from "../text/bytes.ts";
import { encodeSignatureAlgorithm, type SignatureAlgorithm } from "./algorithm.ts";
import { contextConstructed } from "./der.ts";
import {
  derBitString,
  derBoolean,
  derCertificateTime,
  derElement,
  derExplicit,
  derImplicit,
  derInteger,
  derNamedBits,
  derOctetString,
  derOid,
  derSequence,
  derSet,
  derUtf8String,
} from "./der-writer.ts";
import { EXTENSION_OIDS, type GeneralName, KEY_USAGE_BITS, type KeyUsageName } from "./extensions.ts";

/** What a version 3 certificate says, before it is signed. */
export type CertificateFields = {
  /** Big-endian, positive, at most 20 bytes. */
  readonly serial: Uint8Array;
  readonly signatureAlgorithm: SignatureAlgorithm;
  /** DER Names, from {@link encodeName} or another certificate. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  /** Unix seconds, both included. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly spki: Uint8Array;
  /** Whole elements, from {@link encodeExtension}. */
  readonly extensions: readonly Uint8Array[];
};

export const NAME_OIDS = { commonName: "2.5.4.3", organization: "2.5.4.10" } as const;

/** The part of a certificate that is signed. @spec rfc5280#4.1.2 */
export function encodeTbsCertificate(fields: CertificateFields): Bytes {
  return derSequence(
    derExplicit(0, derInteger(2)),
    derInteger(fields.serial),
    encodeSignatureAlgorithm(fields.signatureAlgorithm),
    fields.issuer,
    derSequence(derCertificateTime(fields.notBefore), derCertificateTime(fields.notAfter)),
    fields.subject,
    fields.spki,
    derExplicit(3, derSequence(...fields.extensions)),
  );
}

/** A certificate from its signed part. @spec rfc5280#4.1.1 */
export function encodeCertificate(
  tbs: Uint8Array,
  algorithm: SignatureAlgorithm,
  signature: Uint8Array,
): Bytes {
  return derSequence(tbs, encodeSignatureAlgorithm(algorithm), derBitString(signature));
}

/** A Name of an organization and a common name, or the empty one. */
export function encodeName(attributes: {
  readonly organization?: string;
  readonly commonName?: string;
}): Bytes {
  const sets: Uint8Array[] = [];
  for (const key of ["organization", "commonName"] as const) {
    const value = attributes[key];
    if (value !== undefined) sets.push(derSet(derSequence(derOid(NAME_OIDS[key]), derUtf8String(value))));
  }
  return derSequence(...sets);
}

/** One extension around its DER value. */
export function encodeExtension(
  oid: string,
  criticality: "critical" | "not-critical",
  value: Uint8Array,
): Bytes {
  if (criticality === "critical") return derSequence(derOid(oid), derBoolean(true), derOctetString(value));
  return derSequence(derOid(oid), derOctetString(value));
}

/** Critical basic constraints; `pathLength` null for none, or for an end entity. */
export function encodeBasicConstraints(ca: boolean, pathLength: number | null): Bytes {
  const fields = [
    ...(ca ? [derBoolean(true)] : []),
    ...(pathLength === null ? [] : [derInteger(pathLength)]),
  ];
  return encodeExtension(EXTENSION_OIDS.basicConstraints, "critical", derSequence(...fields));
}

/** Critical key usage. */
export function encodeKeyUsage(names: readonly KeyUsageName[]): Bytes {
  const bits = names.map((name) => KEY_USAGE_BITS[name]);
  return encodeExtension(EXTENSION_OIDS.keyUsage, "critical", derNamedBits(bits));
}

export function encodeExtendedKeyUsage(
  criticality: "critical" | "not-critical",
  oids: readonly string[],
): Bytes {
  return encodeExtension(EXTENSION_OIDS.extendedKeyUsage, criticality, derSequence(...oids.map(derOid)));
}

/** Critical subject alternative names, as a certificate with an empty subject needs them. @spec rfc5280#4.2.1.6 */
export function encodeSubjectAltName(names: readonly GeneralName[]): Bytes {
  return encodeExtension(
    EXTENSION_OIDS.subjectAltName,
    "critical",
    derSequence(...names.map(encodeGeneralName)),
  );
}

export function encodeSubjectKeyId(id: Uint8Array): Bytes {
  return encodeExtension(EXTENSION_OIDS.subjectKeyId, "not-critical", derOctetString(id));
}

export function encodeAuthorityKeyId(id: Uint8Array): Bytes {
  return encodeExtension(EXTENSION_OIDS.authorityKeyId, "not-critical", derSequence(derImplicit(0, id)));
}

function encodeGeneralName(name: GeneralName): Bytes {
  switch (name.kind) {
    case "email":
      return derImplicit(1, utf8(name.value));
    case "uri":
      return derImplicit(6, utf8(name.value));
    case "other-name":
      return derElement(contextConstructed(0), derOid(name.oid), derExplicit(0, derUtf8String(name.value)));
    case "not-read":
      throw new TypeError(`Cannot encode a general name of tag ${name.tag}`);
  }
}
