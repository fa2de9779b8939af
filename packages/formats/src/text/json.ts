// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { JSON_VALUES_MAX } from "../limits.ts";
import { parseBase64 } from "./base64.ts";
import type { Bytes } from "./bytes.ts";
import type { JsonInput } from "./canonical-json.ts";
import { parseHex, quote } from "./hex.ts";
import { parseUtf8 } from "./utf8.ts";

/** A parsed JSON value. Objects are maps: a stranger's key never becomes a property. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | ReadonlyMap<string, JsonValue>;

export type JsonLimits = { readonly bytesMax: number; readonly depthMax: number };

/**
 * Reads one JSON text, strictly: UTF-8, no duplicate member, no lone surrogate, nothing after the value.
 *
 * @throws ParseError `too-large`, `too-deep`, `too-many`, `not-utf8`, `not-json`, `duplicate-key`
 * @spec rfc8259
 */
export function parseJson(bytes: Uint8Array, limits: JsonLimits, what: string): JsonValue {
  if (bytes.length > limits.bytesMax) {
    throw new ParseError(
      "too-large",
      `Cannot read ${what}: ${bytes.length} bytes, at most ${limits.bytesMax} are allowed`,
    );
  }
  return new Reader(parseUtf8(bytes, what), limits.depthMax, what).whole();
}

/** Reads one JSON object; see {@link parseJson}. @throws ParseError also `wrong-type` */
export function parseJsonObject(bytes: Uint8Array, limits: JsonLimits, what: string): JsonObject {
  return jsonObject(parseJson(bytes, limits, what), what);
}

/** Views an already parsed value as an object. @throws ParseError `wrong-type` */
export function jsonObject(value: JsonValue, path: string): JsonObject {
  if (!isMap(value)) throw wrongType(path, "an object", value);
  return new JsonObject(value, path);
}

/** The value as our own encoders take it, for re-encoding in canonical form. */
export function jsonInput(value: JsonValue): JsonInput {
  if (isMap(value)) {
    // A prototype-less object: a member called "__proto__" stays a member.
    const object: Record<string, JsonInput> = Object.create(null);
    for (const [name, member] of value) object[name] = jsonInput(member);
    return object;
  }
  if (isList(value)) return value.map(jsonInput);
  return value;
}

/**
 * An object being read field by field. Every reader names its field once, and ends with `end()` (fields not named are
 * refused) or, where the specification says so, `ignoreRest()`.
 */
export class JsonObject {
  readonly path: string;
  readonly #members: ReadonlyMap<string, JsonValue>;
  readonly #read = new Set<string>();

  constructor(members: ReadonlyMap<string, JsonValue>, path: string) {
    this.#members = members;
    this.path = path;
  }

  has(name: string): boolean {
    return this.#members.has(name);
  }

  names(): readonly string[] {
    return [...this.#members.keys()];
  }

  value(name: string): JsonValue {
    const value = this.#members.get(name);
    if (value === undefined) {
      throw new ParseError("missing-field", `Cannot read ${this.path}: the field ${quote(name)} is absent`);
    }
    this.#read.add(name);
    return value;
  }

  text(name: string, limits: { readonly charsMax: number; readonly pattern?: RegExp }): string {
    const value = this.value(name);
    const path = this.#at(name);
    if (typeof value !== "string") throw wrongType(path, "a string", value);
    if (value.length > limits.charsMax) {
      throw new ParseError(
        "too-large",
        `Cannot read ${path}: ${value.length} characters, at most ${limits.charsMax}`,
      );
    }
    if (limits.pattern !== undefined && !limits.pattern.test(value)) {
      throw new ParseError(
        "malformed",
        `Cannot read ${path}: ${quote(value)} does not match ${limits.pattern.source}`,
      );
    }
    return value;
  }

  textOrNull(name: string, limits: { readonly charsMax: number; readonly pattern?: RegExp }): string | null {
    return this.value(name) === null ? null : this.text(name, limits);
  }

  /** One of a closed set of strings. */
  choice<T extends string>(name: string, choices: readonly T[]): T {
    const value = this.value(name);
    const found = choices.find((choice) => choice === value);
    if (found === undefined) {
      throw new ParseError(
        "unsupported",
        `Cannot read ${this.#at(name)}: wanted one of ${choices.join(", ")}, found ${describe(value)}`,
      );
    }
    return found;
  }

  integer(name: string, range: { readonly min: number; readonly max: number }): number {
    const value = this.value(name);
    const path = this.#at(name);
    if (typeof value !== "number" || !Number.isSafeInteger(value)) throw wrongType(path, "an integer", value);
    if (value < range.min || value > range.max) {
      throw new ParseError(
        "out-of-range",
        `Cannot read ${path}: ${value} is not in ${range.min}..${range.max}`,
      );
    }
    return value;
  }

  boolean(name: string): boolean {
    const value = this.value(name);
    if (typeof value !== "boolean") throw wrongType(this.#at(name), "true or false", value);
    return value;
  }

  /** Canonical padded base64. */
  base64(name: string, limits: { readonly bytesMax: number }): Bytes {
    const text = this.text(name, { charsMax: Math.ceil(limits.bytesMax / 3) * 4 });
    return parseBase64(text, this.#at(name));
  }

  hex(name: string, lengthBytes: number): Bytes {
    return parseHex(this.text(name, { charsMax: lengthBytes * 2 }), lengthBytes, this.#at(name));
  }

  object(name: string): JsonObject {
    return jsonObject(this.value(name), this.#at(name));
  }

  list(name: string, limits: { readonly itemsMax: number }): readonly JsonValue[] {
    const value = this.value(name);
    const path = this.#at(name);
    if (!isList(value)) throw wrongType(path, "an array", value);
    if (value.length > limits.itemsMax) {
      throw new ParseError(
        "too-many",
        `Cannot read ${path}: ${value.length} items, at most ${limits.itemsMax}`,
      );
    }
    return value;
  }

  objects(name: string, limits: { readonly itemsMax: number }): readonly JsonObject[] {
    return this.list(name, limits).map((item, i) => jsonObject(item, `${this.#at(name)}[${i}]`));
  }

  texts(name: string, limits: { readonly itemsMax: number; readonly charsMax: number }): readonly string[] {
    return this.list(name, limits).map((item, i) => {
      const path = `${this.#at(name)}[${i}]`;
      if (typeof item !== "string") throw wrongType(path, "a string", item);
      if (item.length > limits.charsMax) throw new ParseError("too-large", `Cannot read ${path}: too long`);
      return item;
    });
  }

  /** @throws ParseError `unknown-field` for a member that was not read by name */
  end(): void {
    if (this.#read.size === this.#members.size) return;
    for (const name of this.#members.keys()) {
      if (!this.#read.has(name)) {
        throw new ParseError("unknown-field", `Cannot read ${this.path}: unknown field ${quote(name)}`);
      }
    }
  }

  /** Says that this format's specification lets a reader ignore members it does not know. */
  ignoreRest(): void {}

  #at(name: string): string {
    return `${this.path}.${name}`;
  }
}

function isMap(value: JsonValue): value is ReadonlyMap<string, JsonValue> {
  return value instanceof Map;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function describe(value: JsonValue): string {
  if (value === null) return "null";
  if (isList(value)) return "an array";
  if (isMap(value)) return "an object";
  return typeof value === "string" ? quote(value) : String(value);
}

function wrongType(path: string, wanted: string, found: JsonValue): ParseError {
  return new ParseError("wrong-type", `Cannot read ${path}: wanted ${wanted}, found ${describe(found)}`);
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const CONTROL = /[\u0000-\u001f]/;
const PLAIN_TEXT = /[^"\\\u0000-\u001f]*/y;
const ESCAPES = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

class Reader {
  readonly #text: string;
  readonly #depthMax: number;
  readonly #what: string;
  // Asked once of the whole text, so that most texts' strings need no look at their characters.
  readonly #hasEscapes: boolean;
  readonly #hasControls: boolean;
  #at = 0;
  #values = 0;

  constructor(text: string, depthMax: number, what: string) {
    this.#text = text;
    this.#depthMax = depthMax;
    this.#what = what;
    this.#hasEscapes = text.includes("\\");
    this.#hasControls = CONTROL.test(text);
  }

  whole(): JsonValue {
    const value = this.#value(0);
    this.#space();
    if (this.#at !== this.#text.length) throw this.#notJson("the end");
    return value;
  }

  #value(depth: number): JsonValue {
    if (depth > this.#depthMax) {
      throw new ParseError("too-deep", `Cannot read ${this.#what}: nested deeper than ${this.#depthMax}`);
    }
    if (++this.#values > JSON_VALUES_MAX) {
      throw new ParseError("too-many", `Cannot read ${this.#what}: more than ${JSON_VALUES_MAX} values`);
    }
    this.#space();
    switch (this.#text.charAt(this.#at)) {
      case "{":
        return this.#object(depth);
      case "[":
        return this.#list(depth);
      case '"':
        return this.#string();
      case "t":
        return this.#word("true", true);
      case "f":
        return this.#word("false", false);
      case "n":
        return this.#word("null", null);
      default:
        return this.#number();
    }
  }

  #object(depth: number): JsonValue {
    const members = new Map<string, JsonValue>();
    this.#at++;
    this.#space();
    if (this.#skip("}")) return members;
    do {
      this.#space();
      if (this.#text.charAt(this.#at) !== '"') throw this.#notJson("a member name");
      const name = this.#string();
      if (members.has(name)) {
        throw new ParseError(
          "duplicate-key",
          `Cannot read ${this.#what}: the member ${quote(name)} is there twice`,
        );
      }
      this.#space();
      if (!this.#skip(":")) throw this.#notJson('":"');
      members.set(name, this.#value(depth + 1));
      this.#space();
    } while (this.#skip(","));
    if (!this.#skip("}")) throw this.#notJson('"," or "}"');
    return members;
  }

  #list(depth: number): JsonValue {
    const items: JsonValue[] = [];
    this.#at++;
    this.#space();
    if (this.#skip("]")) return items;
    do {
      items.push(this.#value(depth + 1));
      this.#space();
    } while (this.#skip(","));
    if (!this.#skip("]")) throw this.#notJson('"," or "]"');
    return items;
  }

  #string(): string {
    const start = this.#at + 1;
    const end = this.#text.indexOf('"', start);
    const text = this.#text.slice(start, end);
    const isPlain =
      end >= 0 && !(this.#hasEscapes && text.includes("\\")) && !(this.#hasControls && CONTROL.test(text));
    if (!isPlain) return this.#escapedString();
    this.#at = end + 1;
    return text;
  }

  #escapedString(): string {
    this.#at++;
    let text = "";
    for (;;) {
      PLAIN_TEXT.lastIndex = this.#at;
      text += PLAIN_TEXT.exec(this.#text)?.[0] ?? "";
      this.#at = PLAIN_TEXT.lastIndex;
      const next = this.#text.charAt(this.#at);
      if (next === '"') break;
      if (next !== "\\") throw this.#notJson("a closing quote");
      text += this.#escape();
    }
    this.#at++;
    if (!text.isWellFormed()) throw this.#notJson("text without lone surrogates");
    return text;
  }

  #escape(): string {
    const letter = this.#text.charAt(this.#at + 1);
    if (letter === "u") {
      const digits = this.#text.slice(this.#at + 2, this.#at + 6);
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw this.#notJson("four hexadecimal digits");
      this.#at += 6;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const character = ESCAPES.get(letter);
    if (character === undefined) throw this.#notJson("an escape");
    this.#at += 2;
    return character;
  }

  #number(): number {
    NUMBER.lastIndex = this.#at;
    const digits = NUMBER.exec(this.#text)?.[0];
    if (digits === undefined) throw this.#notJson("a value");
    this.#at += digits.length;
    const value = Number(digits);
    if (!Number.isFinite(value)) throw this.#notJson("a number that a double can hold");
    return value + 0; // -0 is 0
  }

  #word<T extends JsonValue>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) throw this.#notJson(`"${word}"`);
    this.#at += word.length;
    return value;
  }

  #space(): void {
    for (;;) {
      const next = this.#text.charCodeAt(this.#at);
      if (next !== 0x20 && next !== 0x0a && next !== 0x0d && next !== 0x09) return;
      this.#at++;
    }
  }

  #skip(character: string): boolean {
    if (this.#text.charAt(this.#at) !== character) return false;
    this.#at++;
    return true;
  }

  #notJson(wanted: string): ParseError {
    return new ParseError("not-json", `Cannot read ${this.#what}: wanted ${wanted} at character ${this.#at}`);
  }
}
