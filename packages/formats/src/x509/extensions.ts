// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { parseUtf8 } from "../text/utf8.ts";
import { contextConstructed, contextPrimitive, DER_TAGS, type DerReader, readDer } from "./der.ts";

export const EXTENSION_OIDS = {
  subjectKeyId: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyId: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
  /** The list of SCTs in a certificate. @spec rfc6962#3.3 */
  sctList: "1.3.6.1.4.1.11129.2.4.2",
  /** The critical poison of a precertificate. @spec rfc6962#3.1 */
  precertificatePoison: "1.3.6.1.4.1.11129.2.4.3",
} as const;

export const EXTENDED_KEY_USAGE_OIDS = {
  codeSigning: "1.3.6.1.5.5.7.3.3",
  timeStamping: "1.3.6.1.5.5.7.3.8",
} as const;

export type Extension = {
  readonly oid: string;
  readonly critical: boolean;
  /** The content of the OCTET STRING. */
  readonly value: Uint8Array;
  /** The whole element. */
  readonly bytes: Uint8Array;
};

export type BasicConstraints = { readonly ca: boolean; readonly pathLength: number | null };

/** Bits of a KeyUsage, by number. @spec rfc5280#4.2.1.3 */
export const KEY_USAGE_BITS = {
  digitalSignature: 0,
  contentCommitment: 1,
  keyEncipherment: 2,
  dataEncipherment: 3,
  keyAgreement: 4,
  keyCertSign: 5,
  cRLSign: 6,
  encipherOnly: 7,
  decipherOnly: 8,
} as const;

export type KeyUsageName = keyof typeof KEY_USAGE_BITS;
export type KeyUsage = ReadonlySet<KeyUsageName>;

/** Object.entries forgets the names' type. */
const KEY_USAGE_ENTRIES = Object.entries(KEY_USAGE_BITS) as readonly (readonly [KeyUsageName, number])[];

export type GeneralName =
  | { readonly kind: "email"; readonly value: string }
  | { readonly kind: "uri"; readonly value: string }
  /** A UTF8String in an otherName, as Fulcio writes user names. */
  | { readonly kind: "other-name"; readonly oid: string; readonly value: string }
  | { readonly kind: "not-read"; readonly tag: number };

const EXTENSIONS_MAX = 64;
const GENERAL_NAMES_MAX = 64;
const KEY_PURPOSES_MAX = 16;

/** Reads the content of an Extensions SEQUENCE. @throws ParseError `malformed` for one that is there twice, `too-many` @spec rfc5280#4.2 */
export function readExtensions(reader: DerReader, what: string): readonly Extension[] {
  const extensions: Extension[] = [];
  const seen = new Set<string>();
  do {
    const fields = reader.sequence();
    const oid = fields.oid();
    const critical = fields.booleanOrFalse();
    const value = fields.octetString();
    fields.end();
    if (seen.has(oid))
      throw new ParseError("malformed", `Cannot read ${what}: the extension ${oid} is there twice`);
    seen.add(oid);
    extensions.push({ oid, critical, value, bytes: reader.taken() });
    if (extensions.length > EXTENSIONS_MAX) {
      throw new ParseError("too-many", `Cannot read ${what}: more than ${EXTENSIONS_MAX} extensions`);
    }
  } while (!reader.atEnd);
  return extensions;
}

export function parseBasicConstraints(value: Uint8Array, what: string): BasicConstraints {
  const fields = enterOnly(value, `basic constraints of ${what}`);
  const ca = fields.booleanOrFalse();
  const pathLength = fields.has(DER_TAGS.integer) ? fields.smallInteger(255) : null;
  fields.end();
  if (pathLength !== null && !ca) {
    throw new ParseError("malformed", `Cannot read ${what}: a path length without being an authority`);
  }
  return { ca, pathLength };
}

export function parseKeyUsage(value: Uint8Array, what: string): KeyUsage {
  const reader = readDer(value, `key usage of ${what}`);
  const { bytes } = reader.bitString();
  reader.end();
  const names = new Set<KeyUsageName>();
  for (const [name, bit] of KEY_USAGE_ENTRIES) {
    const octet = bytes[bit >> 3] ?? 0;
    if ((octet & (0x80 >> (bit & 7))) !== 0) names.add(name);
  }
  return names;
}

export function parseExtendedKeyUsage(value: Uint8Array, what: string): readonly string[] {
  const purposes = enterOnly(value, `extended key usage of ${what}`);
  const oids: string[] = [];
  do oids.push(purposes.oid());
  while (!purposes.atEnd && oids.length < KEY_PURPOSES_MAX);
  purposes.end();
  return oids;
}

export function parseSubjectAltName(value: Uint8Array, what: string): readonly GeneralName[] {
  const names = enterOnly(value, `subject alternative name of ${what}`);
  const found: GeneralName[] = [];
  do found.push(readGeneralName(names, what));
  while (!names.atEnd && found.length < GENERAL_NAMES_MAX);
  names.end();
  return found;
}

export function parseSubjectKeyId(value: Uint8Array, what: string): Uint8Array {
  const reader = readDer(value, `subject key identifier of ${what}`);
  const id = reader.octetString();
  reader.end();
  return id;
}

/** @returns the key identifier; null when the extension names the issuer otherwise. */
export function parseAuthorityKeyId(value: Uint8Array, what: string): Uint8Array | null {
  const fields = enterOnly(value, `authority key identifier of ${what}`);
  const id = fields.has(contextPrimitive(0)) ? fields.content(contextPrimitive(0)) : null;
  if (fields.has(contextConstructed(1))) fields.skip();
  if (fields.has(contextPrimitive(2))) fields.skip();
  fields.end();
  return id;
}

function readGeneralName(names: DerReader, what: string): GeneralName {
  if (names.has(contextPrimitive(1)))
    return { kind: "email", value: ia5(names.content(contextPrimitive(1)), what) };
  if (names.has(contextPrimitive(6)))
    return { kind: "uri", value: ia5(names.content(contextPrimitive(6)), what) };
  if (!names.has(contextConstructed(0))) return { kind: "not-read", tag: names.any().tag };
  const fields = names.enter(contextConstructed(0));
  const oid = fields.oid();
  const wrapped = fields.explicit(0);
  fields.end();
  if (!wrapped.has(DER_TAGS.utf8String)) return { kind: "not-read", tag: contextConstructed(0) };
  const value = wrapped.utf8String();
  wrapped.end();
  return { kind: "other-name", oid, value };
}

/** Enters the one SEQUENCE that fills `value`. */
function enterOnly(value: Uint8Array, what: string): DerReader {
  const outer = readDer(value, what);
  const sequence = outer.sequence();
  outer.end();
  return sequence;
}

function ia5(bytes: Uint8Array, what: string): string {
  for (const byte of bytes) {
    if (byte >= 0x7f || byte < 0x20) {
      throw new ParseError("malformed", `Cannot read ${what}: a name holds more than printable ASCII`);
    }
  }
  return parseUtf8(bytes, what);
}
