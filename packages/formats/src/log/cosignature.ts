// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { ByteReader, type Bytes, concat, u8, u64, utf8 } from "../text/bytes.ts";
import { quote } from "../text/hex.ts";
import type { Checkpoint } from "./checkpoint.ts";

/** The types of verifier keys that cosign: 4 Ed25519, 6 ML-DSA-44. */
export type CosignerAlgorithm = 4 | 6;

/** What follows the key id in a cosignature line: `time (8 bytes, Unix seconds) || signature (64 or 2,420 bytes)`. */
export interface TimestampedSignature {
  readonly time: number;
  readonly signature: Uint8Array;
}

const SIGNATURE_BYTES: Readonly<Record<CosignerAlgorithm, number>> = { 4: 64, 6: 2_420 };
const NAME_BYTES_MAX = 255;

/** The message an Ed25519 cosigner signs. @spec c2sp.org/tlog-cosignature#ed25519-signed-message */
export function encodeCosignedMessage(time: number, noteText: string): Bytes {
  if (!Number.isSafeInteger(time) || time < 0) throw new TypeError(`Cannot encode the time ${time}`);
  return utf8(`cosignature/v1\ntime ${time}\n${noteText}`);
}

/**
 * The message an ML-DSA-44 cosigner signs: `"subtree/v1\n\0" || u8 length || name || time (8 bytes) || u8 length || origin ||
 * start (8 bytes, 0) || end (8 bytes, the size) || root (32 bytes)`. The extension lines are not in it.
 *
 * @param cosigner the name of its key.
 * @throws ParseError `out-of-range` for a name or an origin of more than 255 bytes
 * @spec c2sp.org/tlog-cosignature#ml-dsa-44-signed-message
 */
export function encodeCosignedSubtree(
  cosigner: string,
  time: number,
  { origin, size, root }: Omit<Checkpoint, "extensions">,
): Bytes {
  const label = utf8("subtree/v1\n\0");
  return concat(label, nameField(cosigner), u64(time), nameField(origin), u64(0), u64(size), root);
}

/** @throws ParseError `truncated`, `trailing-data`, `out-of-range` */
export function parseTimestampedSignature(
  bytes: Uint8Array,
  algorithm: CosignerAlgorithm,
): TimestampedSignature {
  const reader = new ByteReader(bytes, "cosignature");
  const time = reader.u64();
  const signature = reader.take(SIGNATURE_BYTES[algorithm]);
  reader.end();
  return { time, signature };
}

/** @throws ParseError `out-of-range` for a signature that is of neither length */
export function encodeTimestampedSignature({ time, signature }: TimestampedSignature): Bytes {
  if (signature.length !== SIGNATURE_BYTES[4] && signature.length !== SIGNATURE_BYTES[6]) {
    throw new ParseError("out-of-range", `Cannot encode a cosignature of ${signature.length} bytes`);
  }
  return concat(u64(time), signature);
}

/** `opaque <1..2^8-1>`. */
function nameField(name: string): Bytes {
  const bytes = utf8(name);
  if (bytes.length === 0 || bytes.length > NAME_BYTES_MAX) {
    throw new ParseError("out-of-range", `Cannot cosign: the name ${quote(name)} has ${bytes.length} bytes`);
  }
  return concat(u8(bytes.length), bytes);
}
