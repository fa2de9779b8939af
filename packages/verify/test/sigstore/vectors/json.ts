// SPDX-License-Identifier: Apache-2.0
import { type JsonInput, utf8 } from "@countermark/formats";

/** A JSON object as the files of vectors/ have it. */
export type Json = { readonly [name: string]: JsonInput };

/** Takes a member away. */
export const ABSENT = Symbol("absent");

/** JSON Pointer -> what is there instead. */
export type Changes = Readonly<Record<string, JsonInput | typeof ABSENT>>;

/** The object with those changes. @spec rfc6901 */
export function changed(json: Json, changes: Changes): Json {
  return Object.entries(changes).reduce<Json>((object, [pointer, value]) => {
    const path = pointer.slice(1).split("/");
    return changedAt(object, path, value) as Json; // an object stays one: no path is empty
  }, json);
}

function changedAt(
  value: JsonInput | undefined,
  path: readonly string[],
  to: JsonInput | typeof ABSENT,
): JsonInput {
  const [name, ...rest] = path;
  if (name === undefined) return to === ABSENT ? null : to;
  const isLast = rest.length === 0;
  if (Array.isArray(value)) {
    const items: readonly JsonInput[] = value;
    const at = name === "-" ? items.length : Number(name);
    if (isLast && to === ABSENT) return items.toSpliced(at, 1);
    return items.toSpliced(at, 1, changedAt(items[at], rest, to));
  }
  const members = { ...(value as Json) }; // what is not a list is an object, or not there yet
  if (isLast && to === ABSENT) delete members[name];
  else members[name] = changedAt(members[name], rest, to);
  return members;
}

/** Base64 of bytes, or of text. */
export function base64(value: Uint8Array | string): string {
  return Buffer.from(typeof value === "string" ? utf8(value) : value).toString("base64");
}
