// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { ByteReader, type Bytes, concat, u8, u16, u64 } from "../text/bytes.ts";
import type { DigestName } from "./algorithm.ts";
import type { Certificate } from "./certificate.ts";
import { encodeExtension } from "./certificate-writer.ts";
import { contextConstructed, DER_TAGS, readDer } from "./der.ts";
import { derHeader, derOctetString, derSequence } from "./der-writer.ts";
import { EXTENSION_OIDS } from "./extensions.ts";

/** A certificate transparency log's promise, version 1. */
export type Sct = {
  /** SHA-256 of the log's SubjectPublicKeyInfo. */
  readonly logId: Uint8Array;
  readonly timestampMilliseconds: number;
  readonly extensions: Uint8Array;
  readonly algorithm: SctAlgorithm;
  readonly signature: Uint8Array;
};

export type SctAlgorithm = { readonly kind: "ecdsa" | "rsa-pkcs1"; readonly hash: DigestName };

const SCTS_MAX = 16;
const VERSION_1 = 0;
const SIGNATURE_TYPE_CERTIFICATE_TIMESTAMP = 0;
const ENTRY_TYPE_PRECERTIFICATE = 1;

/** Numbers of TLS's HashAlgorithm and SignatureAlgorithm. @spec rfc5246#7.4.1.4.1 */
const HASH_NUMBERS = new Map<number, DigestName>([
  [4, "sha256"],
  [5, "sha384"],
  [6, "sha512"],
]);
const SIGNATURE_NUMBERS = new Map<number, SctAlgorithm["kind"]>([
  [1, "rsa-pkcs1"],
  [3, "ecdsa"],
]);

/**
 * The SCTs in a certificate; empty when it has none.
 *
 * @throws ParseError `unsupported`, `truncated`, `trailing-data`, `too-many`, `not-der`
 * @spec rfc6962#3.3
 */
export function parseSctList(certificate: Certificate): readonly Sct[] {
  const extension = certificate.extensions.find(({ oid }) => oid === EXTENSION_OIDS.sctList);
  if (extension === undefined) return [];
  const outer = readDer(extension.value, "SCT list");
  const list = new ByteReader(outer.octetString(), "SCT list");
  outer.end();
  const items = new ByteReader(list.take(list.u16()), "SCT list");
  list.end();
  const scts: Sct[] = [];
  while (items.remaining > 0) {
    if (scts.length === SCTS_MAX)
      throw new ParseError("too-many", `Cannot read SCT list: more than ${SCTS_MAX} SCTs`);
    scts.push(parseSct(items.take(items.u16())));
  }
  return scts;
}

/**
 * What a log signed when it saw the precertificate of `certificate`: its signed part without the SCT list.
 *
 * @spec rfc6962#3.2
 */
export function precertificateTbs(certificate: Certificate): Bytes {
  const kept = certificate.extensions.filter(({ oid }) => oid !== EXTENSION_OIDS.sctList);
  const extensions = kept.map(({ bytes }) => bytes);
  const length = extensions.reduce((sum, bytes) => sum + bytes.length, 0);
  const sequence = derHeader(DER_TAGS.sequence, length);
  const wrapped = derHeader(contextConstructed(3), sequence.length + length);
  return derSequence(certificate.tbsBeforeExtensions, wrapped, sequence, ...extensions);
}

/**
 * The bytes that an SCT's signature covers, for a precertificate:
 * `version (1) || signature type (1) || timestamp (8) || entry type (2) || issuer key hash (32) || TBS (3-byte length) || extensions (2-byte length)`.
 *
 * @param issuerKeyHash SHA-256 of the SubjectPublicKeyInfo of the certificate's issuer.
 * @spec rfc6962#3.2
 */
export function encodeSctSignedData(
  sct: { readonly timestampMilliseconds: number; readonly extensions: Uint8Array },
  issuerKeyHash: Uint8Array,
  tbs: Uint8Array,
): Bytes {
  return concat(
    u8(VERSION_1),
    u8(SIGNATURE_TYPE_CERTIFICATE_TIMESTAMP),
    u64(sct.timestampMilliseconds),
    u16(ENTRY_TYPE_PRECERTIFICATE),
    issuerKeyHash,
    Uint8Array.of(tbs.length >> 16, (tbs.length >> 8) & 0xff, tbs.length & 0xff),
    tbs,
    u16(sct.extensions.length),
    sct.extensions,
  );
}

/** The certificate extension that carries `scts`. @spec rfc6962#3.3 */
export function encodeSctListExtension(scts: readonly Sct[]): Bytes {
  const items = concat(...scts.map(encodeSct).map((sct) => concat(u16(sct.length), sct)));
  const list = derOctetString(u16(items.length), items);
  return encodeExtension(EXTENSION_OIDS.sctList, "not-critical", list);
}

function parseSct(bytes: Uint8Array): Sct {
  const reader = new ByteReader(bytes, "SCT");
  const version = reader.u8();
  if (version !== VERSION_1)
    throw new ParseError("unsupported", `Cannot read SCT: version ${version}, wanted 0`);
  const logId = reader.take(32);
  const timestampMilliseconds = reader.u64();
  const extensions = reader.take(reader.u16());
  const hash = HASH_NUMBERS.get(reader.u8());
  const kind = SIGNATURE_NUMBERS.get(reader.u8());
  if (hash === undefined || kind === undefined) {
    throw new ParseError("unsupported", "Cannot read SCT: its signature algorithm is not accepted");
  }
  const signature = reader.take(reader.u16());
  reader.end();
  return { logId, timestampMilliseconds, extensions, algorithm: { kind, hash }, signature };
}

function encodeSct(sct: Sct): Bytes {
  return concat(
    u8(VERSION_1),
    sct.logId,
    u64(sct.timestampMilliseconds),
    u16(sct.extensions.length),
    sct.extensions,
    u8(numberOf(HASH_NUMBERS, sct.algorithm.hash)),
    u8(numberOf(SIGNATURE_NUMBERS, sct.algorithm.kind)),
    u16(sct.signature.length),
    sct.signature,
  );
}

function numberOf<T>(numbers: ReadonlyMap<number, T>, wanted: T): number {
  for (const [number, value] of numbers) if (value === wanted) return number;
  throw new TypeError(`Cannot encode the SCT algorithm ${String(wanted)}`);
}
