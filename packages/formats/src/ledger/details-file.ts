// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { DETAIL_BYTES_MAX, DETAILS_BYTES_MAX } from "../limits.ts";
import { ByteReader, type Bytes, concatAll, type Sha256, u32 } from "../text/bytes.ts";
import { detailCommitment } from "./detail.ts";
import type { Digest } from "./ids.ts";

/** Details served together: `u32 n || n * (u32 len || detail)`. @throws ParseError @spec specs/ledger-detail.md#details-file */
export function parseDetailsFile(bytes: Uint8Array): readonly Uint8Array[] {
  if (bytes.length > DETAILS_BYTES_MAX) {
    throw new ParseError("too-large", `Cannot read details file: ${bytes.length} bytes`);
  }
  const reader = new ByteReader(bytes, "details file");
  const count = reader.u32();
  const details: Uint8Array[] = [];
  for (let i = 0; i < count; i++) {
    const length = reader.u32();
    if (length > DETAIL_BYTES_MAX) throw new ParseError("too-large", `Cannot read detail: ${length} bytes`);
    details.push(reader.take(length));
  }
  reader.end();
  return details;
}

export function encodeDetailsFile(details: readonly Uint8Array[]): Bytes {
  return concatAll([u32(details.length), ...details.flatMap((detail) => [u32(detail.length), detail])]);
}

/** The details by what a record or statement holds of them: a detail that nothing asks for is never looked at. */
export function detailsByCommitment(
  sha256: Sha256,
  details: readonly Uint8Array[],
): ReadonlyMap<Digest, Uint8Array> {
  return new Map(details.map((detail) => [detailCommitment(sha256, detail), detail]));
}
