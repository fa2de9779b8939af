// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import type { Bytes } from "./bytes.ts";
import { quote } from "./hex.ts";

/** `bytes` in padded standard base64. @spec rfc4648#4 */
export function encodeBase64(bytes: Uint8Array): string {
  let binary = "";
  // Chunks keep the argument list of fromCharCode below the engines' limits.
  for (let i = 0; i < bytes.length; i += 8192) {
    binary += String.fromCharCode(...bytes.subarray(i, i + 8192));
  }
  return btoa(binary);
}

/**
 * Reads padded standard base64 in its one canonical form: no white space, no second alphabet, unused bits zero.
 *
 * @throws ParseError `not-base64`
 * @spec rfc4648#3.5
 */
export function parseBase64(text: string, what: string): Bytes {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw notBase64(text, what);
  const bytes = decode(text);
  if (!isCanonicalTail(text)) throw notBase64(text, what);
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
  if (!isCanonicalTail(padded)) throw notBase64(text, what);
  return decode(padded);
}

function decode(text: string): Bytes {
  const binary = atob(text);
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
