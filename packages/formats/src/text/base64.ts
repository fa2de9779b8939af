// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import type { Bytes } from "./bytes.ts";
import { quote } from "./hex.ts";

const CHUNK_BYTES = 8192;

/** `bytes` in padded standard base64. @spec rfc4648#4 */
export function encodeBase64(bytes: Uint8Array): string {
  let binary = "";
  // Chunks keep the argument list of fromCharCode below the engines' limits.
  for (let i = 0; i < bytes.length; i += CHUNK_BYTES) {
    // An array of bytes is as good an argument list as one of numbers, and is not spread into one first.
    const codes = bytes.subarray(i, i + CHUNK_BYTES) as Iterable<number> as number[];
    binary += String.fromCharCode.apply(null, codes);
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
