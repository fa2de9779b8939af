// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import type { Bytes } from "../text/bytes.ts";
import { type DigestName, encodeDigestAlgorithm, readDigestAlgorithm } from "./algorithm.ts";
import { contextConstructed, contextPrimitive, DER_TAGS, type DerReader, readDer } from "./der.ts";
import {
  derElement,
  derGeneralizedTime,
  derInteger,
  derOctetString,
  derOid,
  derSequence,
} from "./der-writer.ts";
import { readExtensions } from "./extensions.ts";

/** A digest and how it was made. */
export type MessageImprint = { readonly algorithm: DigestName; readonly digest: Uint8Array };

/** What a timestamp token says. */
export type TstInfo = {
  /** The object identifier of the authority's policy. */
  readonly policy: string;
  readonly imprint: MessageImprint;
  readonly serial: Uint8Array;
  /** Unix seconds; a fraction is cut off. */
  readonly time: number;
  /** INTEGER content, null when the request had none. */
  readonly nonce: Uint8Array | null;
};

const DIGEST_BYTES: { readonly [name in DigestName]: number } = { sha256: 32, sha384: 48, sha512: 64 };

/** Reads a TSTInfo. @throws ParseError `not-der`, `unsupported`, `out-of-range` @spec rfc3161#2.4.2 */
export function parseTstInfo(der: Uint8Array, what: string): TstInfo {
  const outer = readDer(der, what);
  const fields = outer.sequence();
  outer.end();
  if (fields.smallInteger(255) !== 1) {
    throw new ParseError("unsupported", `Cannot read ${what}: only TSTInfo of version 1 is accepted`);
  }
  const policy = fields.oid();
  const imprint = readMessageImprint(fields, what);
  const serial = fields.integer();
  const time = fields.generalizedTime();
  if (fields.has(DER_TAGS.sequence)) readAccuracy(fields);
  fields.booleanOrFalse(); // ordering
  const nonce = fields.has(DER_TAGS.integer) ? fields.integer() : null;
  if (fields.has(contextConstructed(0))) fields.skip(); // the authority's name: its certificate says it better
  if (fields.has(contextConstructed(1))) refuseCritical(fields.enter(contextConstructed(1)), what);
  fields.end();
  return { policy, imprint, serial, time, nonce };
}

/** @spec rfc3161#2.4.2 */
export function encodeTstInfo(info: TstInfo): Bytes {
  return derSequence(
    derInteger(1),
    derOid(info.policy),
    encodeMessageImprint(info.imprint),
    derInteger(info.serial),
    derGeneralizedTime(info.time),
    ...(info.nonce === null ? [] : [derElement(DER_TAGS.integer, info.nonce)]),
  );
}

export function readMessageImprint(reader: DerReader, what: string): MessageImprint {
  const fields = reader.sequence();
  const algorithm = readDigestAlgorithm(fields, what);
  const digest = fields.octetString();
  fields.end();
  if (digest.length !== DIGEST_BYTES[algorithm]) {
    throw new ParseError(
      "out-of-range",
      `Cannot read ${what}: an imprint of ${digest.length} bytes is not ${algorithm}`,
    );
  }
  return { algorithm, digest };
}

export function encodeMessageImprint(imprint: MessageImprint): Bytes {
  return derSequence(encodeDigestAlgorithm(imprint.algorithm), derOctetString(imprint.digest));
}

function readAccuracy(fields: DerReader): void {
  const accuracy = fields.sequence();
  if (accuracy.has(DER_TAGS.integer)) accuracy.integer();
  if (accuracy.has(contextPrimitive(0))) accuracy.skip();
  if (accuracy.has(contextPrimitive(1))) accuracy.skip();
  accuracy.end();
}

function refuseCritical(reader: DerReader, what: string): void {
  const critical = readExtensions(reader, what).find((extension) => extension.critical);
  if (critical !== undefined) {
    throw new ParseError(
      "unsupported",
      `Cannot read ${what}: the critical extension ${critical.oid} is not known`,
    );
  }
}
