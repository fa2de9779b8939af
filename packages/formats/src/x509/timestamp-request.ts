// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { TIMESTAMP_BYTES_MAX } from "../limits.ts";
import type { Bytes } from "../text/bytes.ts";
import { contextConstructed, DER_TAGS, readDer } from "./der.ts";
import { derBoolean, derInteger, derSequence } from "./der-writer.ts";
import { encodeMessageImprint, type MessageImprint, readMessageImprint } from "./tst-info.ts";

/** A TimeStampReq. */
export type TimestampRequest = {
  readonly imprint: MessageImprint;
  /** The policy asked for, null when any will do. */
  readonly policy: string | null;
  /** INTEGER content. */
  readonly nonce: Uint8Array | null;
  /** Whether the answer should hold the authority's certificates. */
  readonly certificates: boolean;
};

/** Reads a TimeStampReq. @throws ParseError `too-large`, `not-der`, `unsupported` also for any extension @spec rfc3161#2.4.1 */
export function parseTimestampRequest(der: Uint8Array): TimestampRequest {
  const what = "timestamp request";
  if (der.length > TIMESTAMP_BYTES_MAX)
    throw new ParseError("too-large", `Cannot read ${what}: ${der.length} bytes`);
  const outer = readDer(der, what);
  const fields = outer.sequence();
  outer.end();
  if (fields.smallInteger(255) !== 1)
    throw new ParseError("unsupported", `Cannot read ${what}: wanted version 1`);
  const imprint = readMessageImprint(fields, what);
  const policy = fields.has(DER_TAGS.oid) ? fields.oid() : null;
  const nonce = fields.has(DER_TAGS.integer) ? fields.integer() : null;
  // Go's encoder writes the default FALSE too, and real clients are made with it.
  const certificates = fields.has(DER_TAGS.boolean) ? fields.boolean() : false;
  if (fields.has(contextConstructed(0)))
    throw new ParseError("unsupported", `Cannot read ${what}: extensions`);
  fields.end();
  return { imprint, policy, nonce, certificates };
}

/**
 * A TimeStampReq for any policy, without a nonce.
 *
 * @spec rfc3161#2.4.1
 *
 * A nonce would only say that the answer is fresh; the imprint is of a signature that nobody had before.
 */
export function encodeTimestampRequest(imprint: MessageImprint, certificates: boolean): Bytes {
  const wanted = certificates ? [derBoolean(true)] : [];
  return derSequence(derInteger(1), encodeMessageImprint(imprint), ...wanted);
}
