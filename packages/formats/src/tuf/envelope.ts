// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import {
  JSON_DEPTH_MAX,
  TUF_NAME_CHARS_MAX,
  TUF_SIGNATURE_BYTES_MAX,
  TUF_SIGNATURES_MAX,
} from "../limits.ts";
import type { Bytes } from "../text/bytes.ts";
import { parseHex, quote } from "../text/hex.ts";
import { type JsonObject, type JsonValue, jsonObject, parseJsonObject } from "../text/json.ts";
import { parseRfc3339 } from "../x509/time.ts";
import { encodeTufJson } from "./canonical-json.ts";

/** A TUF file: what it says, and who says so. Nothing is checked yet. */
export type TufFile<T> = {
  readonly signed: T;
  /** What the signatures cover, encoded from what was read: what is verified is what is used. */
  readonly signedBytes: Bytes;
  readonly signatures: readonly TufSignature[];
};

/** `signature` is empty where a key's owner has not signed yet. */
export type TufSignature = { readonly keyId: string; readonly signature: Bytes };

/** What every role's file says of itself. `expires` in Unix seconds. */
export type TufHeader = { readonly version: number; readonly expires: number };

export type TufType = "root" | "timestamp" | "snapshot" | "targets";

type Parser<T> = {
  readonly type: TufType;
  readonly bytesMax: number;
  /** Reads the rest of `signed`. */
  readonly read: (signed: JsonObject) => T;
};

const SPEC_VERSION = /^\d{1,9}\.\d{1,9}(?:\.\d{1,9})?$/;

/** Reads one TUF file of the type. Members that the specification does not name are signed, and else ignored. */
export function parseTufFile<T>(bytes: Uint8Array, parser: Parser<T>): TufFile<T & TufHeader> {
  const limits = { bytesMax: parser.bytesMax, depthMax: JSON_DEPTH_MAX };
  const body = parseJsonObject(bytes, limits, parser.type);
  const signatures = body.objects("signatures", { itemsMax: TUF_SIGNATURES_MAX }).map(parseSignature);
  const signed = body.object("signed");
  const header = parseHeader(signed, parser.type);
  const rest = parser.read(signed);
  signed.ignoreRest();
  body.ignoreRest();
  return { signed: { ...rest, ...header }, signedBytes: encodeTufJson(body.value("signed")), signatures };
}

/** @spec theupdateframework/specification#4.2 */
function parseSignature(body: JsonObject): TufSignature {
  const keyId = body.text("keyid", { charsMax: TUF_NAME_CHARS_MAX });
  const hex = body.text("sig", { charsMax: TUF_SIGNATURE_BYTES_MAX * 2 });
  body.ignoreRest();
  return { keyId, signature: parseHex(hex, Math.ceil(hex.length / 2), `${body.path}.sig`) };
}

/** @spec theupdateframework/specification#4.3 */
function parseHeader(signed: JsonObject, type: TufType): TufHeader {
  signed.choice("_type", [type]);
  const specVersion = signed.text("spec_version", { charsMax: 32, pattern: SPEC_VERSION });
  if (!specVersion.startsWith("1.")) {
    throw new ParseError(
      "unsupported",
      `Cannot read ${type}: it follows version ${quote(specVersion)} of the TUF specification, wanted 1`,
    );
  }
  const version = parseTufVersion(signed);
  // "YYYY-MM-DDTHH:MM:SSZ": the length leaves no room for a fraction.
  const text = signed.text("expires", { charsMax: 20 });
  return { version, expires: parseRfc3339(text, `${signed.path}.expires`).seconds };
}

/** The member `version`, greater than 0. */
export function parseTufVersion(body: JsonObject): number {
  return body.integer("version", { min: 1, max: Number.MAX_SAFE_INTEGER });
}

/** The members of the object `name`, each of which is an object. Linear, and without a word kept of each. */
export function* tufMembers(body: JsonObject, name: string): Generator<readonly [string, JsonObject]> {
  const { path } = body.object(name);
  const members = body.value(name) as ReadonlyMap<string, JsonValue>; // as the line above says
  for (const [key, value] of members) yield [key, jsonObject(value, `${path}.${key}`)];
}
