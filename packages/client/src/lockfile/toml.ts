// SPDX-License-Identifier: Apache-2.0
import { ParseError, parseUtf8, quote } from "@countermark/formats";
import { parse } from "smol-toml";
import { badLock, LOCK_FILE_LIMITS } from "./lock-file.ts";

/** A table of a TOML document. A member that is not named is ignored: the form belongs to another tool. */
export type Toml = {
  /** For messages: the file and the place in it. */
  readonly place: string;
  has(name: string): boolean;
  text(name: string): string;
  textOrNull(name: string): string | null;
  integer(name: string): number;
  /** An absent one is false. */
  flag(name: string): boolean;
  table(name: string): Toml;
  tableOrNull(name: string): Toml | null;
  /** An array of tables; an absent one is empty. */
  tables(name: string, itemsMax: number): readonly Toml[];
  /** Every member, each of which must be a text. */
  texts(): ReadonlyMap<string, string>;
  names(): readonly string[];
  /** The same table, whose place is told as `name`. */
  at(name: string): Toml;
};

/** Reads a TOML document. @throws ClientError `bad-lock-file` */
export function readToml(bytes: Uint8Array, file: string): Toml {
  if (bytes.length > LOCK_FILE_LIMITS.bytesMax) throw badLock(file, `it has ${bytes.length} bytes`);
  try {
    const maxDepth = LOCK_FILE_LIMITS.depthMax;
    return tableOf(parse(parseUtf8(bytes, file), { unsafeKeyBehaviour: "throw", maxDepth }), file);
  } catch (cause) {
    const why = cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : "";
    const reason = cause instanceof ParseError ? cause.message : `it is not TOML: ${why}`;
    throw badLock(file, reason, cause);
  }
}

function tableOf(value: object, place: string): Toml {
  // A map, so that a member called `constructor` is one, and no other is.
  const members = new Map<string, unknown>(Object.entries(value));
  const wrong = (name: string, wanted: string) => badLock(place, `${quote(name)} is not ${wanted}`);
  const required = <T>(found: T | null, name: string): T => {
    if (found === null) throw badLock(place, `it has no ${quote(name)}`);
    return found;
  };
  const textOrNull = (name: string): string | null => {
    const found = members.get(name);
    if (found === undefined) return null;
    if (typeof found !== "string" || found.length > LOCK_FILE_LIMITS.textCharsMax) {
      throw wrong(name, "a text of ordinary length");
    }
    return found;
  };
  const tableOrNull = (name: string): Toml | null => {
    const found = members.get(name);
    if (found === undefined) return null;
    if (!isTable(found)) throw wrong(name, "a table");
    return tableOf(found, `${place}, ${name}`);
  };
  return {
    place,
    has: (name) => members.has(name),
    textOrNull,
    text: (name) => required(textOrNull(name), name),
    integer: (name) => {
      const found = members.get(name);
      if (typeof found !== "number" || !Number.isSafeInteger(found)) throw wrong(name, "a whole number");
      return found;
    },
    flag: (name) => {
      const found = members.get(name);
      if (found !== undefined && typeof found !== "boolean") throw wrong(name, "true or false");
      return found === true;
    },
    tableOrNull,
    table: (name) => required(tableOrNull(name), name),
    tables: (name, itemsMax) => {
      const found = members.get(name) ?? [];
      if (!Array.isArray(found) || found.length > itemsMax) {
        throw wrong(name, `a list of at most ${itemsMax} tables`);
      }
      return found.map((item: unknown, i) => {
        if (!isTable(item)) throw wrong(name, "a list of tables");
        return tableOf(item, `${place}, ${name} ${i + 1}`);
      });
    },
    texts: () => new Map([...members.keys()].map((name) => [name, required(textOrNull(name), name)])),
    names: () => [...members.keys()],
    at: (name) => tableOf(value, name),
  };
}

/** Dates are objects too, with a class of their own. */
function isTable(value: unknown): value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
