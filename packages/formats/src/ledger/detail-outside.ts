// SPDX-License-Identifier: Apache-2.0
// The strings of files that another index has: of `imported` and `observed`.
import { FILENAME_CHARS_MAX, PROJECT_NAME_CHARS_MAX, VERSION_CHARS_MAX } from "../limits.ts";
import type { Bytes } from "../text/bytes.ts";
import { type JsonObject, jsonObject } from "../text/json.ts";
import { CONFIG_KEYS_MAX } from "./config-record.ts";
import {
  encodeDetail,
  type PrincipalOpening,
  type PublisherOpening,
  parseDetail,
  readPrincipalOpening,
  readPublisherOpening,
  writeOpening,
  writePrincipalOpening,
} from "./detail.ts";
import { STATEMENT_ITEMS_MAX } from "./statement-files.ts";
import { SAFE_INTEGER } from "./statement-values.ts";

export interface ImportedFile {
  readonly filename: string;
  /** Who published it, in the words of the other index: a claim, never checked. */
  readonly publisher: string | null;
  /** When, likewise: Unix seconds. */
  readonly uploaded: number | null;
  readonly version: string;
}

/** Of `imported`: one file for each item, in any order, and what opens the configuration. @spec specs/ledger-detail.md#values-by-kind */
export interface ImportDetail {
  readonly files: readonly ImportedFile[];
  readonly name: string;
  readonly principals: readonly PrincipalOpening[];
  readonly publishers: readonly PublisherOpening[];
}

export interface ObservedFile {
  readonly filename: string;
  /** Where its provenance was fetched. */
  readonly provenance: string | null;
  readonly version: string;
}

/** Of `observed`: one file for each item, in any order. */
export interface ObservedDetail {
  readonly files: readonly ObservedFile[];
  readonly name: string;
}

/** Of what another index says of one file. */
const CLAIM_CHARS_MAX = 1_024;

/** @throws ParseError */
export function parseImportDetail(detail: Uint8Array): ImportDetail {
  const body = jsonObject(parseDetail(detail).value, "import detail");
  const value: ImportDetail = {
    files: body.objects("files", { itemsMax: STATEMENT_ITEMS_MAX }).map(readImported),
    name: body.text("name", { charsMax: PROJECT_NAME_CHARS_MAX }),
    principals: body.objects("principals", { itemsMax: CONFIG_KEYS_MAX }).map(readPrincipalOpening),
    publishers: body.objects("publishers", { itemsMax: CONFIG_KEYS_MAX }).map(readPublisherOpening),
  };
  body.end();
  return value;
}

export function encodeImportDetail(salt: Uint8Array, detail: ImportDetail): Bytes {
  const { files, name } = detail;
  const principals = detail.principals.map(writePrincipalOpening);
  const publishers = detail.publishers.map(writeOpening);
  return encodeDetail(salt, { files: files.map((file) => ({ ...file })), name, principals, publishers });
}

/** @throws ParseError */
export function parseObservedDetail(detail: Uint8Array): ObservedDetail {
  const body = jsonObject(parseDetail(detail).value, "observed detail");
  const value: ObservedDetail = {
    files: body.objects("files", { itemsMax: STATEMENT_ITEMS_MAX }).map(readObserved),
    name: body.text("name", { charsMax: PROJECT_NAME_CHARS_MAX }),
  };
  body.end();
  return value;
}

export function encodeObservedDetail(salt: Uint8Array, detail: ObservedDetail): Bytes {
  const { files, name } = detail;
  return encodeDetail(salt, { files: files.map((file) => ({ ...file })), name });
}

function readImported(body: JsonObject): ImportedFile {
  const file = {
    filename: body.text("filename", { charsMax: FILENAME_CHARS_MAX }),
    publisher: body.textOrNull("publisher", { charsMax: CLAIM_CHARS_MAX }),
    uploaded: body.value("uploaded") === null ? null : body.integer("uploaded", SAFE_INTEGER),
    version: body.text("version", { charsMax: VERSION_CHARS_MAX }),
  };
  body.end();
  return file;
}

function readObserved(body: JsonObject): ObservedFile {
  const file = {
    filename: body.text("filename", { charsMax: FILENAME_CHARS_MAX }),
    provenance: body.textOrNull("provenance", { charsMax: CLAIM_CHARS_MAX }),
    version: body.text("version", { charsMax: VERSION_CHARS_MAX }),
  };
  body.end();
  return file;
}
