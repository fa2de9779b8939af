// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { parseBase64 } from "../text/base64.ts";
import type { Bytes } from "../text/bytes.ts";

/** Reads one SHA-256 hash in base64, as proofs and checkpoints write it. @throws ParseError `not-base64`, `out-of-range` */
export function parseHash(text: string, what: string): Bytes {
  const hash = parseBase64(text, what);
  if (hash.length !== 32) {
    throw new ParseError("out-of-range", `Cannot read ${what}: ${hash.length} bytes, a hash has 32`);
  }
  return hash;
}
