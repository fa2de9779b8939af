// SPDX-License-Identifier: Apache-2.0
import {
  type CertificateFields,
  derNull,
  encodeAuthorityKeyId,
  encodeBasicConstraints,
  encodeCertificate,
  encodeEd25519Spki,
  encodeExtendedKeyUsage,
  encodeExtension,
  encodeKeyUsage,
  encodeName,
  encodeSubjectAltName,
  encodeSubjectKeyId,
  encodeTbsCertificate,
  encodeTimestamp,
  encodeUnsignedTimestamp,
  parseCertificate,
  utf8,
} from "../../src/index.ts";

// Samples are well-formed only: their signatures are not over anything. What is believed is tested where it is decided.

export const SIGNATURE = new Uint8Array(64).fill(9);

/** Not SHA-256, but as long. */
export const digest = (bytes: Uint8Array): Uint8Array => new Uint8Array(32).fill(bytes.length & 0xff);

export const sampleFields: CertificateFields = {
  serial: Uint8Array.of(1, 2, 3),
  signatureAlgorithm: { kind: "ecdsa", hash: "sha384" },
  issuer: encodeName({ organization: "toy", commonName: "root" }),
  subject: encodeName({}),
  notBefore: 1_780_000_000,
  notAfter: 2_600_000_000,
  spki: encodeEd25519Spki(new Uint8Array(32).fill(3)),
  extensions: [
    encodeKeyUsage(["digitalSignature"]),
    encodeExtendedKeyUsage("not-critical", ["1.3.6.1.5.5.7.3.3"]),
    encodeSubjectKeyId(Uint8Array.of(1)),
    encodeAuthorityKeyId(Uint8Array.of(2)),
    encodeSubjectAltName([{ kind: "email", value: "dev@toy.test" }]),
    encodeBasicConstraints(false, null),
    encodeExtension("1.2.3.4", "not-critical", derNull()),
  ],
};

/** The DER of a certificate with these fields. */
export function encodeSample(fields: Partial<CertificateFields> = {}): Uint8Array {
  const all = { ...sampleFields, ...fields };
  return encodeCertificate(encodeTbsCertificate(all), all.signatureAlgorithm, SIGNATURE);
}

/** The DER of a timestamp by the sample certificate. */
export function encodeSampleTimestamp(time = 1_780_000_005): Uint8Array {
  const info = {
    policy: "1.2.3",
    imprint: { algorithm: "sha256", digest: digest(utf8("x")) },
    serial: Uint8Array.of(7),
    time,
    nonce: Uint8Array.of(5),
  } as const;
  const signer = parseCertificate(encodeSample());
  const unsigned = encodeUnsignedTimestamp(info, digest(signer.der), digest);
  return encodeTimestamp(unsigned, signer, { kind: "ed25519" }, SIGNATURE, [signer]);
}
