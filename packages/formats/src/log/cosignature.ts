// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { ByteReader, type Bytes, concat, u64, utf8 } from "../text/bytes.ts";

/** What follows the key id in an Ed25519 cosignature line: `time (8 bytes, Unix seconds) || signature (64 bytes)`. */
export interface TimestampedSignature {
  readonly time: number;
  readonly signature: Uint8Array;
}

/** The message an Ed25519 cosigner signs. @spec c2sp.org/tlog-cosignature#ed25519-signed-message */
export function encodeCosignedMessage(time: number, noteText: string): Bytes {
  if (!Number.isSafeInteger(time) || time < 0) throw new TypeError(`Cannot encode the time ${time}`);
  return utf8(`cosignature/v1\ntime ${time}\n${noteText}`);
}

/** @throws ParseError `truncated`, `trailing-data`, `out-of-range` */
export function parseTimestampedSignature(bytes: Uint8Array): TimestampedSignature {
  const reader = new ByteReader(bytes, "cosignature");
  const time = reader.u64();
  const signature = reader.take(64);
  reader.end();
  return { time, signature };
}

export function encodeTimestampedSignature({ time, signature }: TimestampedSignature): Bytes {
  if (signature.length !== 64) {
    throw new ParseError("out-of-range", `Cannot encode a cosignature of ${signature.length} bytes`);
  }
  return concat(u64(time), signature);
}
