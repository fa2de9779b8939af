// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { encodePublisher, type PublisherRecord, parsePublisher } from "../identity/publisher.ts";
import {
  DETAIL_BYTES_MAX,
  FILENAME_CHARS_MAX,
  PROJECT_NAME_CHARS_MAX,
  TRUST_BYTES_MAX,
  VERSION_CHARS_MAX,
} from "../limits.ts";
import { type Bytes, concat, equalBytes, type Sha256, u32 } from "../text/bytes.ts";
import { encodeCanonicalJson, type JsonInput } from "../text/canonical-json.ts";
import { encodeHex } from "../text/hex.ts";
import { type JsonObject, type JsonValue, jsonInput, jsonObject, parseJson } from "../text/json.ts";
import { CONFIG_KEYS_MAX } from "./config-record.ts";
import { type Digest, publisherId, tagged } from "./ids.ts";

/** The strings of one entry: `salt (32 bytes) || canonical JSON`. @spec specs/ledger-detail.md */
export interface Detail {
  readonly salt: Uint8Array;
  readonly value: JsonValue;
}

/** What opens a publisher id. */
export interface PublisherOpening {
  readonly record: PublisherRecord;
  readonly salt: Uint8Array;
}

/** What opens a principal id, but for the key: that is shown only in an entry its owner signs. */
export interface PrincipalOpening {
  readonly id: Digest;
  readonly salt: Uint8Array;
}

/** Of `project-reserved`, `project-created` and `project-configured`. */
export interface ProjectDetail {
  readonly name: string;
  readonly publishers: readonly PublisherOpening[];
  readonly principals: readonly PrincipalOpening[];
  readonly reason: string | null;
}

/** Of `file-accepted` and `file-attested`. */
export interface FileDetail {
  readonly filename: string;
  readonly kind: "sdist" | "wheel";
  /** The project's name as the file's metadata spells it. */
  readonly name: string;
  /** Opens every publisher id of the entry, ascending by record. */
  readonly publishers: readonly PublisherOpening[];
  readonly requiresPython: string | null;
  /** How the uploader is shown, e.g. an account's name. */
  readonly uploader: string | null;
  readonly version: string;
}

const TEXT_CHARS_MAX = 4_096;

/** `salt || JCS(value)`. @param salt 32 random bytes, new for each detail */
export function encodeDetail(salt: Uint8Array, value: JsonInput): Bytes {
  if (salt.length !== 32) throw new TypeError(`Cannot encode a detail with a salt of ${salt.length} bytes`);
  const detail = concat(salt, encodeCanonicalJson(value));
  if (detail.length > DETAIL_BYTES_MAX)
    throw new TypeError(`Cannot encode a detail of ${detail.length} bytes`);
  return detail;
}

/** @throws ParseError as `parseJson`; `truncated`; `not-canonical` */
export function parseDetail(detail: Uint8Array): Detail {
  if (detail.length < 32) throw new ParseError("truncated", "Cannot read detail: shorter than its salt");
  const bytes = detail.subarray(32);
  const value = parseJson(bytes, { bytesMax: DETAIL_BYTES_MAX - 32, depthMax: 8 }, "detail");
  if (!equalBytes(encodeCanonicalJson(jsonInput(value)), bytes)) {
    throw new ParseError("not-canonical", "Cannot read detail: not in its canonical form");
  }
  return { salt: detail.subarray(0, 32), value };
}

/** What a statement's `detail` holds: `SHA-256("countermark.dev/detail/v1\0" || u32 len || detail)`. */
export function detailCommitment(sha256: Sha256, detail: Uint8Array): Digest {
  return tagged(sha256, "detail", u32(detail.length), detail);
}

/** @throws ParseError */
export function parseProjectDetail(detail: Uint8Array): ProjectDetail {
  const body = jsonObject(parseDetail(detail).value, "project detail");
  const value: ProjectDetail = {
    name: body.text("name", { charsMax: PROJECT_NAME_CHARS_MAX }),
    publishers: body.objects("publishers", { itemsMax: CONFIG_KEYS_MAX }).map(readPublisherOpening),
    principals: body.objects("principals", { itemsMax: CONFIG_KEYS_MAX }).map(readPrincipalOpening),
    reason: body.textOrNull("reason", { charsMax: TEXT_CHARS_MAX }),
  };
  body.end();
  return value;
}

export function encodeProjectDetail(salt: Uint8Array, detail: ProjectDetail): Bytes {
  const { name, reason } = detail;
  const principals = detail.principals.map(writePrincipalOpening);
  return encodeDetail(salt, { name, principals, publishers: detail.publishers.map(writeOpening), reason });
}

/** @throws ParseError */
export function parseFileDetail(detail: Uint8Array): FileDetail {
  const body = jsonObject(parseDetail(detail).value, "file detail");
  const value: FileDetail = {
    filename: body.text("filename", { charsMax: FILENAME_CHARS_MAX }),
    kind: body.choice("kind", ["sdist", "wheel"]),
    name: body.text("name", { charsMax: PROJECT_NAME_CHARS_MAX }),
    publishers: body.objects("publishers", { itemsMax: CONFIG_KEYS_MAX }).map(readPublisherOpening),
    requiresPython: body.textOrNull("requiresPython", { charsMax: TEXT_CHARS_MAX }),
    uploader: body.textOrNull("uploader", { charsMax: TEXT_CHARS_MAX }),
    version: body.text("version", { charsMax: VERSION_CHARS_MAX }),
  };
  body.end();
  return value;
}

export function encodeFileDetail(salt: Uint8Array, detail: FileDetail): Bytes {
  const { filename, kind, name, requiresPython, uploader, version } = detail;
  const publishers = detail.publishers.map(writeOpening);
  return encodeDetail(salt, { filename, kind, name, publishers, requiresPython, uploader, version });
}

/** The detail of every kind that has no other: a sentence for people. @throws ParseError */
export function parseTextDetail(detail: Uint8Array): string {
  const body = jsonObject(parseDetail(detail).value, "text detail");
  const text = body.text("text", { charsMax: TEXT_CHARS_MAX });
  body.end();
  return text;
}

export function encodeTextDetail(salt: Uint8Array, text: string): Bytes {
  return encodeDetail(salt, { text });
}

/** The detail of `trust-changed`: the trust description as clients get it, byte for byte, and a sentence for people. */
export interface TrustDetail {
  readonly description: string;
  readonly text: string;
}

/** @throws ParseError */
export function parseTrustDetail(detail: Uint8Array): TrustDetail {
  const body = jsonObject(parseDetail(detail).value, "trust detail");
  const value = {
    description: body.text("description", { charsMax: TRUST_BYTES_MAX }),
    text: body.text("text", { charsMax: TEXT_CHARS_MAX }),
  };
  body.end();
  return value;
}

export function encodeTrustDetail(salt: Uint8Array, { description, text }: TrustDetail): Bytes {
  return encodeDetail(salt, { description, text });
}

/** The id that `opening` opens. */
export function openedPublisherId(sha256: Sha256, opening: PublisherOpening): Digest {
  return publisherId(sha256, opening.salt, encodePublisher(opening.record));
}

export function readPublisherOpening(body: JsonObject): PublisherOpening {
  const opening = { record: parsePublisher(body.object("record")), salt: body.hex("salt", 32) };
  body.end();
  return opening;
}

export function readPrincipalOpening(body: JsonObject): PrincipalOpening {
  const opening = { id: encodeHex(body.hex("id", 32)), salt: body.hex("salt", 32) };
  body.end();
  return opening;
}

export function writePrincipalOpening({ id, salt }: PrincipalOpening): JsonInput {
  return { id, salt: encodeHex(salt) };
}

export function writeOpening(opening: PublisherOpening): JsonInput {
  const bytes = encodePublisher(opening.record);
  const record = jsonInput(parseJson(bytes, { bytesMax: bytes.length, depthMax: 1 }, "publisher record"));
  return { record, salt: encodeHex(opening.salt) };
}
