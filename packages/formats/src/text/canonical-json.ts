// SPDX-License-Identifier: Apache-2.0
import { type Bytes, utf8 } from "./bytes.ts";

/** What JSON can say, as written by us. Objects from outside are `JsonObject` (json.ts) instead. */
export type JsonInput =
  | string
  | number
  | boolean
  | null
  | readonly JsonInput[]
  | { readonly [name: string]: JsonInput };

/**
 * The canonical form of `value`: members sorted by UTF-16 code units, no white space, numbers as ECMAScript writes them.
 *
 * @throws TypeError for a number that is not finite, a lone surrogate, or a value that JSON cannot say
 * @spec rfc8785
 */
export function encodeCanonicalJson(value: JsonInput): Bytes {
  return utf8(write(value));
}

function write(value: JsonInput): string {
  if (value === null) return "null";
  if (typeof value === "boolean") return value ? "true" : "false";
  if (typeof value === "string") return writeText(value);
  if (typeof value === "number") return writeNumber(value);
  if (isArray(value)) return `[${value.map(write).join(",")}]`;
  if (typeof value !== "object") throw new TypeError(`Cannot encode a ${typeof value} as JSON`);
  return writeObject(value);
}

function writeObject(object: { readonly [name: string]: JsonInput }): string {
  const names = Object.keys(object);
  // Compared by UTF-16 code units, which is also how `sort` compares; what is sorted already is not sorted again.
  if (names.some((name, i) => i > 0 && name < (names[i - 1] ?? ""))) names.sort();
  const members = names.map((name) => `${writeText(name)}:${write(object[name] as JsonInput)}`); // a name of its own
  return `{${members.join(",")}}`;
}

function writeNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`Cannot encode ${value} as JSON`);
  return String(value === 0 ? 0 : value);
}

function writeText(text: string): string {
  if (!text.isWellFormed()) throw new TypeError("Cannot encode a lone surrogate as JSON");
  return JSON.stringify(text);
}

function isArray(value: JsonInput): value is readonly JsonInput[] {
  return Array.isArray(value);
}
