// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { type Bytes, utf8 } from "../text/bytes.ts";
import type { JsonValue } from "../text/json.ts";

const ESCAPED = /["\\]/;

/**
 * The canonical form that TUF signs: members sorted by code point, no white space, integers only, and in strings nothing
 * escaped but the quotation mark and the backslash. Linear in the size of `value` where its members are sorted already.
 *
 * @throws ParseError `unsupported` for a number that this form cannot say
 * @spec theupdateframework/specification#3 (OLPC canonical JSON)
 */
export function encodeTufJson(value: JsonValue): Bytes {
  return utf8(write(value));
}

function write(value: JsonValue): string {
  if (typeof value === "string") return writeText(value);
  if (typeof value === "number") return writeInteger(value);
  if (value instanceof Map) return writeObject(value);
  if (Array.isArray(value)) return `[${value.map(write).join(",")}]`;
  return String(value); // true, false, null
}

function writeObject(members: ReadonlyMap<string, JsonValue>): string {
  let text = "";
  for (const [name, member] of sorted(members)) {
    text += `${text === "" ? "" : ","}${writeText(name)}:${write(member)}`;
  }
  return `{${text}}`;
}

/** Repositories write their members sorted: then nothing is copied. */
function sorted(members: ReadonlyMap<string, JsonValue>): Iterable<readonly [string, JsonValue]> {
  let previous = "";
  for (const name of members.keys()) {
    if (compareCodePoints(previous, name) > 0) {
      return [...members].sort(([a], [b]) => compareCodePoints(a, b));
    }
    previous = name;
  }
  return members;
}

function writeText(text: string): string {
  return ESCAPED.test(text) ? `"${text.replaceAll(/["\\]/g, "\\$&")}"` : `"${text}"`;
}

function writeInteger(value: number): string {
  if (!Number.isSafeInteger(value)) {
    throw new ParseError("unsupported", `Cannot read TUF metadata: it holds ${value}, which is no integer`);
  }
  return String(value);
}

/** UTF-16 would put the characters beyond U+FFFF before those from U+E000 on. */
function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return Number(isSurrogate(x)) - Number(isSurrogate(y)) || x - y;
  }
  return a.length - b.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xe000;
}
