// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { type Bytes, concat, equalBytes } from "../text/bytes.ts";
import { parseHex } from "../text/hex.ts";

/** `SEQUENCE { SEQUENCE { OID 1.3.101.112 }, BIT STRING (32 bytes) }` up to the key. @spec rfc8410#4 */
const PREFIX = parseHex("302a300506032b6570032100", 12, "SPKI prefix");

/** The DER SubjectPublicKeyInfo (44 bytes) of a raw Ed25519 public key (32 bytes). @throws ParseError `out-of-range` */
export function encodeEd25519Spki(raw: Uint8Array): Bytes {
  if (raw.length !== 32) {
    throw new ParseError("out-of-range", `Cannot read Ed25519 key: ${raw.length} bytes, wanted 32`);
  }
  return concat(PREFIX, raw);
}

/** The raw Ed25519 public key (32 bytes) in a DER SubjectPublicKeyInfo. @throws ParseError `unsupported` for anything else */
export function parseEd25519Spki(spki: Uint8Array): Bytes {
  if (spki.length !== 44 || !equalBytes(spki.subarray(0, 12), PREFIX)) {
    throw new ParseError("unsupported", "Cannot read SPKI: it is not an Ed25519 key");
  }
  return concat(spki.subarray(12));
}
