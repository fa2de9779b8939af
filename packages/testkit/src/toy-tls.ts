// SPDX-License-Identifier: Apache-2.0
import { createHash, randomBytes } from "node:crypto";
import {
  type Bytes,
  derBitString,
  derBoolean,
  derCertificateTime,
  derExplicit,
  derImplicit,
  derInteger,
  derNamedBits,
  derOctetString,
  derOid,
  derSequence,
  derSet,
  derUtf8String,
  utf8,
} from "@countermark/formats";
import { createP256, encodePrivateKey, type PrivateKey } from "@countermark/log";

/** A certificate authority for one demo, and a server certificate for this machine's loopback names. PEM texts. */
export interface ToyTls {
  readonly caCertificate: string;
  /** The server's certificate. */
  readonly cert: string;
  /** The server's key. A secret, if only of a demo. */
  readonly key: string;
}

const OID = {
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  commonName: "2.5.4.3",
  keyUsage: "2.5.29.15",
  basicConstraints: "2.5.29.19",
  subjectAltName: "2.5.29.17",
  extendedKeyUsage: "2.5.29.37",
  subjectKeyId: "2.5.29.14",
  authorityKeyId: "2.5.29.35",
  serverAuth: "1.3.6.1.5.5.7.3.1",
} as const;

const HOUR_SECONDS = 3_600;
const LIFETIME_SECONDS = 30 * 86_400;

/** Makes both for `localhost` and `127.0.0.1`, alive from an hour before `now` (Unix seconds) for thirty days. The CA's key is dropped. */
export function createToyTls(now: number): ToyTls {
  const ca = createP256();
  const server = createP256();
  const caName = "Countermark throw-away CA";
  const validity = { from: now - HOUR_SECONDS, to: now + LIFETIME_SECONDS };
  const caId = keyId(ca);
  const caCertificate = certificate({ subject: caName, issuer: caName, key: ca, signer: ca, validity }, [
    extension(OID.basicConstraints, true, derSequence(derBoolean(true))),
    extension(OID.keyUsage, true, derNamedBits([5, 6])),
    extension(OID.subjectKeyId, false, derOctetString(caId)),
  ]);
  const names = derSequence(derImplicit(2, utf8("localhost")), derImplicit(7, Uint8Array.of(127, 0, 0, 1)));
  const cert = certificate({ subject: "localhost", issuer: caName, key: server, signer: ca, validity }, [
    extension(OID.basicConstraints, true, derSequence()),
    extension(OID.keyUsage, true, derNamedBits([0])),
    extension(OID.extendedKeyUsage, false, derSequence(derOid(OID.serverAuth))),
    extension(OID.subjectAltName, false, names),
    extension(OID.subjectKeyId, false, derOctetString(keyId(server))),
    extension(OID.authorityKeyId, false, derSequence(derImplicit(0, caId))),
  ]);
  return { caCertificate: pem(caCertificate), cert: pem(cert), key: encodePrivateKey(server) };
}

interface CertificateParts {
  readonly subject: string;
  readonly issuer: string;
  readonly key: PrivateKey;
  readonly signer: PrivateKey;
  readonly validity: { readonly from: number; readonly to: number };
}

function certificate(parts: CertificateParts, extensions: readonly Bytes[]): Bytes {
  const algorithm = derSequence(derOid(OID.ecdsaWithSha256));
  const serial = randomBytes(16);
  serial[0] = (serial[0] ?? 0) & 0x7f;
  const toBeSigned = derSequence(
    derExplicit(0, derInteger(2)),
    derInteger(serial),
    algorithm,
    name(parts.issuer),
    derSequence(derCertificateTime(parts.validity.from), derCertificateTime(parts.validity.to)),
    name(parts.subject),
    parts.key.publicSpki,
    derExplicit(3, derSequence(...extensions)),
  );
  return derSequence(toBeSigned, algorithm, derBitString(parts.signer.sign(toBeSigned)));
}

function name(commonName: string): Bytes {
  return derSequence(derSet(derSequence(derOid(OID.commonName), derUtf8String(commonName))));
}

function extension(oid: string, critical: boolean, value: Uint8Array): Bytes {
  return derSequence(derOid(oid), ...(critical ? [derBoolean(true)] : []), derOctetString(value));
}

function keyId(key: PrivateKey): Uint8Array {
  return createHash("sha256").update(key.publicSpki).digest().subarray(0, 20);
}

function pem(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
