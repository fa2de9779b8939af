// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import type { Bytes } from "./bytes.ts";

const DIGITS = "0123456789abcdef";

/** `bytes` in lower-case hexadecimal. */
export function encodeHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += DIGITS.charAt(byte >> 4) + DIGITS.charAt(byte & 15);
  return text;
}

/**
 * Reads exactly `lengthBytes` bytes of lower-case hexadecimal.
 *
 * @param what names the value in the error message.
 * @throws ParseError `not-hex`
 */
export function parseHex(text: string, lengthBytes: number, what: string): Bytes {
  if (text.length !== lengthBytes * 2 || !/^[0-9a-f]*$/.test(text)) {
    throw new ParseError(
      "not-hex",
      `Cannot read ${what}: wanted ${lengthBytes * 2} lower-case hexadecimal digits, found ${quote(text)}`,
    );
  }
  const bytes = new Uint8Array(lengthBytes);
  for (let i = 0; i < lengthBytes; i++) bytes[i] = Number.parseInt(text.slice(i * 2, i * 2 + 2), 16);
  return bytes;
}

/** `text` in quotes for an error message, shortened and without control characters. */
export function quote(text: string): string {
  const shown = text.length > 80 ? `${text.slice(0, 80)}...` : text;
  return JSON.stringify(shown);
}
