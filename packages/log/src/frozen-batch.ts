// SPDX-License-Identifier: Apache-2.0
import {
  ByteReader,
  type Bytes,
  concat,
  concatAll,
  ENTRY_BYTES_MAX,
  encodeHex,
  equalBytes,
  parseUtf8,
  type Sha256,
  u32,
  u64,
  utf8,
} from "@countermark/formats";
import { LogError } from "./failure.ts";

/** A batch as it was made durable before anything was decided: what recovery replays, and nothing else. */
export interface FrozenBatch {
  /** The unsigned checkpoint (a note text) that this batch extends. */
  readonly from: string;
  /** The unsigned checkpoint that it leads to. */
  readonly to: string;
  /** When it was composed, Unix seconds. */
  readonly time: number;
  /** The index of the first of `leaves`. */
  readonly firstIndex: number;
  readonly leaves: readonly Uint8Array[];
  /** The composer's own record of the batch. */
  readonly sidecar: Uint8Array;
}

const MAGIC = utf8("countermark.dev/batch/v1\n");

/** Where the batch that leads to this tree is kept until it is delivered. */
export function batchPath(size: number, root: Uint8Array): string {
  return `pending/${size}-${encodeHex(root)}`;
}

/** `magic || from || to || time (8) || first index (8) || n (4) || leaf* || sidecar || SHA-256`; each part behind its length (4). */
export function encodeFrozenBatch(batch: FrozenBatch, sha256: Sha256): Bytes {
  const parts: Uint8Array[] = [MAGIC];
  for (const text of [batch.from, batch.to]) parts.push(u32(utf8(text).length), utf8(text));
  parts.push(u64(batch.time), u64(batch.firstIndex), u32(batch.leaves.length));
  for (const leaf of batch.leaves) parts.push(u32(leaf.length), leaf);
  parts.push(u32(batch.sidecar.length), batch.sidecar);
  const body = concatAll(parts);
  return concat(body, sha256(body));
}

/** @throws LogError `storage-damaged` when the file is not exactly what was frozen */
export function parseFrozenBatch(bytes: Uint8Array, path: string, sha256: Sha256): FrozenBatch {
  const body = bytes.subarray(0, Math.max(0, bytes.length - 32));
  const begins = equalBytes(body.subarray(0, MAGIC.length), MAGIC);
  if (!begins || !equalBytes(sha256(body), bytes.subarray(body.length))) {
    throw new LogError("storage-damaged", `Cannot read frozen batch ${path}: its checksum is wrong`);
  }
  const reader = new ByteReader(body.subarray(MAGIC.length), "frozen batch");
  const from = parseUtf8(reader.take(reader.u32()), "frozen batch");
  const to = parseUtf8(reader.take(reader.u32()), "frozen batch");
  const time = reader.u64();
  const firstIndex = reader.u64();
  const leaves: Uint8Array[] = [];
  for (let left = reader.u32(); left > 0; left--) leaves.push(reader.take(reader.u32()));
  const sidecar = reader.take(reader.u32());
  reader.end();
  return { from, to, time, firstIndex, leaves, sidecar };
}

/** @throws TypeError when a composer made a leaf that no bundle can hold */
export function requireLeaves(leaves: readonly Uint8Array[]): void {
  for (const leaf of leaves) {
    if (leaf.length > ENTRY_BYTES_MAX) throw new TypeError(`Cannot log a leaf of ${leaf.length} bytes`);
  }
}
