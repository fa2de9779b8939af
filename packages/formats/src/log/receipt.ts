// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { DETAIL_BYTES_MAX, ENTRY_BYTES_MAX } from "../limits.ts";
import { ByteReader, type Bytes, concat, u32 } from "../text/bytes.ts";
import { encodeTlogProof, parseTlogProof, type TlogProof } from "./tlog-proof.ts";

/** A tlog-proof that brings its entry along. @spec specs/receipt.md */
export interface Receipt {
  readonly proof: TlogProof;
  /** The leaf's bytes; believed only when their hash is in the tree. */
  readonly entry: Uint8Array;
  /** May be empty. */
  readonly detail: Uint8Array;
}

/**
 * Reads a tlog-proof whose `extra` is `length (4 bytes) || entry || length (4 bytes) || detail`.
 *
 * @throws ParseError `missing-field`, `out-of-range`, `truncated`, `trailing-data`, and those of parseTlogProof
 */
export function parseReceipt(bytes: Uint8Array): Receipt {
  const proof = parseTlogProof(bytes);
  if (proof.extra === null) {
    throw new ParseError("missing-field", "Cannot read receipt: the tlog-proof has no extra line");
  }
  const reader = new ByteReader(proof.extra, "receipt");
  const entry = reader.take(lengthUpTo(reader.u32(), ENTRY_BYTES_MAX, "entry"));
  const detail = reader.take(lengthUpTo(reader.u32(), DETAIL_BYTES_MAX, "detail"));
  reader.end();
  return { proof, entry, detail };
}

/** The bytes of `receipt`; its `extra` is made from entry and detail, whatever `proof.extra` says. */
export function encodeReceipt({ proof, entry, detail }: Receipt): Bytes {
  const extra = concat(u32(entry.length), entry, u32(detail.length), detail);
  return encodeTlogProof({ ...proof, extra });
}

function lengthUpTo(length: number, max: number, what: string): number {
  if (length > max) {
    throw new ParseError("out-of-range", `Cannot read receipt: ${what} of ${length} bytes, at most ${max}`);
  }
  return length;
}
