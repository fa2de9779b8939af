// SPDX-License-Identifier: Apache-2.0
import { printable } from "./text/printable.ts";

/** Why bytes are refused before anything in them is believed: code -> meaning. */
export const PARSE_CODES = {
  "too-large": "The input is longer than the limit for this format.",
  "too-deep": "The input is nested deeper than the limit for this format.",
  "too-many": "The input has more items than the limit for this format.",
  "not-utf8": "The bytes are not valid UTF-8.",
  "not-json": "The text is not JSON (RFC 8259).",
  "duplicate-key": "A JSON object names one member twice.",
  "missing-field": "A required field is absent.",
  "unknown-field": "A field is present that the format does not have.",
  "wrong-type": "A field has another type than the format says.",
  "out-of-range": "A number or length is outside the range that the format allows.",
  "not-canonical": "The value has one canonical spelling, and this is not it.",
  "not-base64": "The text is not padded standard base64 in its canonical form.",
  "not-hex": "The text is not lower-case hexadecimal of the expected length.",
  "not-der": "The bytes are not DER (X.690).",
  truncated: "The input ends before the value does.",
  "trailing-data": "Bytes follow the value where the format ends.",
  unsupported: "The input is well-formed but of a version or type that is not accepted here.",
  malformed: "The input does not follow its grammar.",
} as const;

export type ParseCode = keyof typeof PARSE_CODES;

/** The bytes are malformed. Thrown by every `parse` function; the message quotes the place, what was found and what was wanted. */
export class ParseError extends Error {
  override readonly name = "ParseError";
  readonly code: ParseCode;

  constructor(code: ParseCode, message: string, options?: { readonly cause: unknown }) {
    super(messageOf(message), options);
    this.code = code;
  }
}

const MESSAGE_CHARS_MAX = 1_000;

/** What an error says: a stranger's text in it (a path is made of member names) is neither obeyed by a terminal nor as long as he likes. */
export function messageOf(text: string): string {
  const shown = printable(text);
  // Cut between the two halves of a character, it is still text.
  return shown.length > MESSAGE_CHARS_MAX ? `${shown.slice(0, MESSAGE_CHARS_MAX).toWellFormed()}...` : shown;
}
