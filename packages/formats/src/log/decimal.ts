// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { quote } from "../text/hex.ts";

/**
 * Reads an integer 0..2^53-1 in decimal without leading zeroes, as every C2SP log format writes sizes and indexes.
 *
 * @throws ParseError `not-canonical`, `out-of-range`
 */
export function parseDecimal(text: string, what: string): number {
  if (!/^(?:0|[1-9][0-9]*)$/.test(text)) {
    throw new ParseError("not-canonical", `Cannot read ${what}: ${quote(text)} is not a canonical decimal`);
  }
  const value = Number(text);
  if (!Number.isSafeInteger(value)) {
    throw new ParseError("out-of-range", `Cannot read ${what}: ${quote(text)} is above 2^53-1`);
  }
  return value;
}
