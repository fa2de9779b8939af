// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { CERTIFICATE_BYTES_MAX } from "../limits.ts";
import { equalBytes } from "../text/bytes.ts";
import { encodeHex, quote } from "../text/hex.ts";
import { readSignatureAlgorithm, type SignatureAlgorithm } from "./algorithm.ts";
import { contextConstructed, contextPrimitive, DER_TAGS, type DerReader, readDer } from "./der.ts";
import {
  type BasicConstraints,
  EXTENSION_OIDS,
  type Extension,
  type GeneralName,
  type KeyUsage,
  parseAuthorityKeyId,
  parseBasicConstraints,
  parseExtendedKeyUsage,
  parseKeyUsage,
  parseSubjectAltName,
  parseSubjectKeyId,
  readExtensions,
} from "./extensions.ts";
import { type PublicKey, parsePublicKey } from "./public-key.ts";

/** A version 3 certificate. Byte fields share the memory of `der`. Nothing in it is believed yet. */
export type Certificate = {
  readonly der: Uint8Array;
  /** The signed part, as it was signed. */
  readonly tbs: Uint8Array;
  readonly signatureAlgorithm: SignatureAlgorithm;
  readonly signature: Uint8Array;
  /** The serial number's INTEGER content, positive. */
  readonly serial: Uint8Array;
  /** DER Names; equal when their bytes are. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  /** Unix seconds; the certificate is alive from the first to the last, both included. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly publicKey: PublicKey;
  readonly extensions: readonly Extension[];
  readonly basicConstraints: BasicConstraints | null;
  readonly keyUsage: KeyUsage | null;
  /** Object identifiers. */
  readonly extendedKeyUsage: readonly string[] | null;
  readonly subjectAltName: readonly GeneralName[] | null;
  readonly subjectKeyId: Uint8Array | null;
  readonly authorityKeyId: Uint8Array | null;
  /** The content of `tbs` that precedes its extensions, for {@link precertificateTbs}. */
  readonly tbsBeforeExtensions: Uint8Array;
};

const SERIAL_BYTES_MAX = 20;

/**
 * Reads one DER certificate, version 3, of the algorithms that `parsePublicKey` and `readSignatureAlgorithm` know.
 *
 * @throws ParseError `too-large`, `not-der`, `truncated`, `trailing-data`, `unsupported`, `out-of-range`, `malformed`
 * @spec rfc5280#4.1
 */
export function parseCertificate(der: Uint8Array, what = "certificate"): Certificate {
  if (der.length > CERTIFICATE_BYTES_MAX) {
    throw new ParseError(
      "too-large",
      `Cannot read ${what}: ${der.length} bytes, at most ${CERTIFICATE_BYTES_MAX}`,
    );
  }
  const outer = readDer(der, what);
  const certificate = outer.sequence();
  outer.end();
  const tbs = certificate.element(DER_TAGS.sequence);
  const algorithm = certificate.whole(DER_TAGS.sequence);
  const signature = certificate.bitStringOctets();
  certificate.end();
  const signatureAlgorithm = readSignatureAlgorithm(readDer(algorithm, what), what);
  const body = parseTbs(tbs.bytes, tbs.content, algorithm, what);
  return { der, tbs: tbs.bytes, signatureAlgorithm, signature, ...body };
}

function parseTbs(tbs: Uint8Array, content: Uint8Array, outerAlgorithm: Uint8Array, what: string) {
  const reader = readDer(tbs, what).sequence();
  parseVersion3(reader, what);
  const serial = parseSerial(reader, what);
  // The algorithm stands twice, and only the inner one is signed.
  if (!equalBytes(reader.whole(DER_TAGS.sequence), outerAlgorithm)) {
    throw new ParseError("malformed", `Cannot read ${what}: its two signature algorithms differ`);
  }
  const issuer = parseName(reader);
  const validity = reader.sequence();
  const notBefore = validity.certificateTime();
  const notAfter = validity.certificateTime();
  validity.end();
  const subject = parseName(reader);
  const publicKey = parsePublicKey(reader.whole(DER_TAGS.sequence), `public key of ${what}`);
  if (reader.has(contextPrimitive(1)) || reader.has(contextPrimitive(2))) {
    throw new ParseError("unsupported", `Cannot read ${what}: unique identifiers are not accepted`);
  }
  const extensionsAt = reader.element(contextConstructed(3));
  reader.end();
  const wrapped = readDer(extensionsAt.content, what);
  const extensions = readExtensions(wrapped.sequence(), what);
  wrapped.end();
  return {
    serial,
    issuer,
    notBefore,
    notAfter,
    subject,
    publicKey,
    extensions,
    ...parseKnownExtensions(extensions, what),
    tbsBeforeExtensions: content.subarray(0, content.length - extensionsAt.bytes.length),
  };
}

function parseKnownExtensions(extensions: readonly Extension[], what: string) {
  const known = <T>(oid: string, parse: (value: Uint8Array, what: string) => T): T | null => {
    const found = extensions.find((extension) => extension.oid === oid);
    return found === undefined ? null : parse(found.value, what);
  };
  return {
    basicConstraints: known(EXTENSION_OIDS.basicConstraints, parseBasicConstraints),
    keyUsage: known(EXTENSION_OIDS.keyUsage, parseKeyUsage),
    extendedKeyUsage: known(EXTENSION_OIDS.extendedKeyUsage, parseExtendedKeyUsage),
    subjectAltName: known(EXTENSION_OIDS.subjectAltName, parseSubjectAltName),
    subjectKeyId: known(EXTENSION_OIDS.subjectKeyId, parseSubjectKeyId),
    authorityKeyId: known(EXTENSION_OIDS.authorityKeyId, parseAuthorityKeyId),
  };
}

function parseVersion3(reader: DerReader, what: string): void {
  if (!reader.has(contextConstructed(0))) throw notVersion3(what);
  const version = reader.explicit(0);
  if (version.smallInteger(255) !== 2) throw notVersion3(what);
  version.end();
}

function notVersion3(what: string): ParseError {
  return new ParseError("unsupported", `Cannot read ${what}: only version 3 certificates are accepted`);
}

function parseSerial(reader: DerReader, what: string): Uint8Array {
  const serial = reader.integer();
  const [first = 0] = serial;
  if (first >= 0x80 || serial.length > SERIAL_BYTES_MAX || (serial.length === 1 && first === 0)) {
    throw new ParseError(
      "out-of-range",
      `Cannot read ${what}: the serial number ${quote(encodeHex(serial))} is not positive in 20 bytes`,
    );
  }
  return serial;
}

/** A Name, checked for its grammar. @returns its DER @spec rfc5280#4.1.2.4 */
function parseName(reader: DerReader): Uint8Array {
  const bytes = reader.whole(DER_TAGS.sequence);
  const names = readDer(bytes, "name").sequence();
  while (!names.atEnd) {
    const relative = names.set();
    do {
      const attribute = relative.sequence();
      attribute.oid();
      attribute.skip();
      attribute.end();
    } while (!relative.atEnd);
  }
  return bytes;
}
