// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { parseUtf8 } from "../text/utf8.ts";
import { unixSeconds } from "./time.ts";

/** Reads the content of a UTCTime as certificates write it. @returns Unix seconds @throws ParseError `not-der`, `out-of-range` @spec rfc5280#4.1.2.5.1 */
export function parseUtcTime(content: Uint8Array, what: string): number {
  const found = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(parseUtf8(content, what));
  if (found === null) throw badTime(what, "YYMMDDHHMMSSZ");
  const year = Number(found[1]);
  return civilSeconds(found, year >= 50 ? 1900 + year : 2000 + year, what);
}

/** Reads the content of a GeneralizedTime; a fraction, where it may stand, is cut off. @returns Unix seconds @throws ParseError `not-der`, `out-of-range` @spec rfc3161#2.4.2 */
export function parseGeneralizedTime(
  content: Uint8Array,
  precision: "whole" | "fraction",
  what: string,
): number {
  const found = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d*[1-9])?Z$/.exec(parseUtf8(content, what));
  if (found === null || content.length > 32) throw badTime(what, "YYYYMMDDHHMMSS[.f]Z");
  if (precision === "whole" && found[7] !== undefined) throw badTime(what, "YYYYMMDDHHMMSSZ");
  return civilSeconds(found, Number(found[1]), what);
}

function civilSeconds(found: RegExpExecArray, year: number, what: string): number {
  const at = (group: number): number => Number(found[group]);
  return unixSeconds({ year, month: at(2), day: at(3), hour: at(4), minute: at(5), second: at(6) }, what);
}

function badTime(what: string, wanted: string): ParseError {
  return new ParseError("not-der", `Cannot read ${what}: a time is not of the form ${wanted}`);
}
