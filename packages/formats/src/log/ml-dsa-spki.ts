// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { type Bytes, concat } from "../text/bytes.ts";
import { parseHex } from "../text/hex.ts";

/** `SEQUENCE { SEQUENCE { OID id-ml-dsa-44 }, BIT STRING (1,312 bytes) }` up to the key. @spec rfc9881#4 */
const PREFIX = parseHex("30820532300b06096086480165030403110382052100", 22, "SPKI prefix");

/** The DER SubjectPublicKeyInfo (1,334 bytes) of a raw ML-DSA-44 public key (1,312 bytes). @throws ParseError `out-of-range` */
export function encodeMlDsa44Spki(raw: Uint8Array): Bytes {
  if (raw.length !== 1_312) {
    throw new ParseError("out-of-range", `Cannot read ML-DSA-44 key: ${raw.length} bytes, wanted 1312`);
  }
  return concat(PREFIX, raw);
}
