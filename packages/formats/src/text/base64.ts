// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { type Bytes, utf8 } from "./bytes.ts";
import { quote } from "./hex.ts";
import { parseUtf8 } from "./utf8.ts";

const ALPHABET = utf8("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
const PADDING = 0x3d;
const scratch = new Uint8Array(4096);

/** `bytes` in padded standard base64. @spec rfc4648#4 */
export function encodeBase64(bytes: Uint8Array): string {
  const text = textOf(Math.ceil(bytes.length / 3) * 4);
  const whole = bytes.length - (bytes.length % 3);
  let at = 0;
  for (let i = 0; i < whole; i += 3, at += 4) write(text, at, threeAt(bytes, i));
  if (whole < bytes.length) {
    const rest = new Uint8Array(3);
    rest.set(bytes.subarray(whole));
    write(text, at, threeAt(rest, 0));
    text.fill(PADDING, at + 1 + bytes.length - whole);
  }
  return parseUtf8(text, "base64");
}

/** Where a text is written; none is kept beyond its call. */
function textOf(length: number): Uint8Array {
  return length > scratch.length ? new Uint8Array(length) : scratch.subarray(0, length);
}

function threeAt(bytes: Uint8Array, at: number): number {
  // The caller stays inside.
  return ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
}

/** Writes 24 bits as four characters. */
function write(text: Uint8Array, at: number, bits: number): void {
  // Six bits are always in the alphabet.
  text[at] = ALPHABET[bits >> 18] as number;
  text[at + 1] = ALPHABET[(bits >> 12) & 63] as number;
  text[at + 2] = ALPHABET[(bits >> 6) & 63] as number;
  text[at + 3] = ALPHABET[bits & 63] as number;
}

/**
 * Reads padded standard base64 in its one canonical form: no white space, no second alphabet, unused bits zero.
 *
 * @throws ParseError `not-base64`
 * @spec rfc4648#3.5
 */
export function parseBase64(text: string, what: string): Bytes {
  const bytes = text.length % 4 === 0 && isCanonicalTail(text) ? decode(text) : null;
  if (bytes === null) throw notBase64(text, what);
  return bytes;
}

/** `bytes` in unpadded base64url. @spec rfc4648#5 */
export function encodeBase64Url(bytes: Uint8Array): string {
  return encodeBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Reads unpadded base64url in its canonical form. @throws ParseError `not-base64` @spec rfc4648#5 */
export function parseBase64Url(text: string, what: string): Bytes {
  if (text.length % 4 === 1 || !/^[A-Za-z0-9_-]*$/.test(text)) throw notBase64(text, what);
  const standard = text.replaceAll("-", "+").replaceAll("_", "/");
  const padded = standard + "=".repeat((4 - (standard.length % 4)) % 4);
  const bytes = isCanonicalTail(padded) ? decode(padded) : null;
  if (bytes === null) throw notBase64(text, what);
  return bytes;
}

/** Null for what is not base64. `atob` skips white space, so the length of what it gives is looked at. */
function decode(text: string): Bytes | null {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    return null;
  }
  if (binary.length !== (text.length / 4) * 3 - padding) return null;
  return copyOctets(binary);
}

/** The codes of the characters, which are all below 256. */
function copyOctets(binary: string): Bytes {
  // The platform copies ASCII faster. DER of some length is none from its second octet on, and not worth the try.
  if (binary.length > 128 && binary.charCodeAt(1) < 0x80) {
    const ascii = utf8(binary);
    if (ascii.length === binary.length) return ascii;
  }
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** Whether the bits that padding leaves unused are zero. */
function isCanonicalTail(text: string): boolean {
  if (text.endsWith("==")) return "AQgw".includes(text.charAt(text.length - 3));
  if (text.endsWith("=")) return "AEIMQUYcgkosw048".includes(text.charAt(text.length - 2));
  return true;
}

function notBase64(text: string, what: string): ParseError {
  return new ParseError("not-base64", `Cannot read ${what}: ${quote(text)} is not canonical base64`);
}
