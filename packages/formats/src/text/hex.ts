// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import type { Bytes } from "./bytes.ts";
import { printable } from "./printable.ts";

/** Every byte in hexadecimal. */
const PAIRS: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** `bytes` in lower-case hexadecimal. */
export function encodeHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += PAIRS[byte];
  return text;
}

/**
 * Reads exactly `lengthBytes` bytes of lower-case hexadecimal.
 *
 * @param what names the value in the error message.
 * @throws ParseError `not-hex`
 */
export function parseHex(text: string, lengthBytes: number, what: string): Bytes {
  const bytes = text.length === lengthBytes * 2 ? decode(text) : null;
  if (bytes === null) {
    throw new ParseError(
      "not-hex",
      `Cannot read ${what}: wanted ${lengthBytes * 2} lower-case hexadecimal digits, found ${quote(text)}`,
    );
  }
  return bytes;
}

/** Null where a character is no digit. */
function decode(text: string): Bytes | null {
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    const value = digitAt(text, 2 * i) * 16 + digitAt(text, 2 * i + 1);
    if (Number.isNaN(value)) return null;
    bytes[i] = value;
  }
  return bytes;
}

/** 0..15, or NaN. */
function digitAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  return code >= 0x61 && code <= 0x66 ? code - 0x61 + 10 : Number.NaN;
}

/** `text` in quotes for an error message, shortened and without control characters. */
export function quote(text: string): string {
  const shown = text.length > 80 ? `${text.slice(0, 80)}...` : text;
  return printable(JSON.stringify(shown));
}
