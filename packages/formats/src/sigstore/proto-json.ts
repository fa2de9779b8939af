// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { quote } from "../text/hex.ts";
import type { JsonObject } from "../text/json.ts";

/**
 * Whether a field of a protobuf message is set: in its JSON mapping, null means absent.
 *
 * @spec protobuf.dev/programming-guides/json
 */
export function isSet(object: JsonObject, name: string): boolean {
  return object.has(name) && object.value(name) !== null;
}

/** A protobuf int64 in 0..2^53-1: a decimal string, or a number; 0 when absent. @throws ParseError `not-canonical`, `out-of-range` */
export function int64(object: JsonObject, name: string): number {
  if (!isSet(object, name)) return 0;
  if (typeof object.value(name) === "number") {
    return object.integer(name, { min: 0, max: Number.MAX_SAFE_INTEGER });
  }
  const text = object.text(name, { charsMax: 20 });
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new ParseError(
      "out-of-range",
      `Cannot read ${object.path}.${name}: ${quote(text)} is not in 0..2^53-1`,
    );
  }
  if (String(value) !== text) {
    throw new ParseError(
      "not-canonical",
      `Cannot read ${object.path}.${name}: ${quote(text)} is not a decimal number`,
    );
  }
  return value;
}
