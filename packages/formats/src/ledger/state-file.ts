// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { STATE_BYTES_MAX } from "../limits.ts";
import { ByteReader, type Bytes, concatAll, u16, u32, u64, utf8 } from "../text/bytes.ts";
import { encodeHex } from "../text/hex.ts";
import { parseUtf8 } from "../text/utf8.ts";
import { isAscending } from "./config-record.ts";
import { type Digest, digestBytes } from "./ids.ts";
import type { ProjectCommitments } from "./project-value.ts";

/**
 * All that a project's value in the map commits to: header, configurations and every record of its file map, still as
 * bytes. Found by the value's digest, and checked against it.
 *
 * @spec specs/state-file.md
 */
export interface ProjectStateFile extends ProjectCommitments {
  /** Encoded config records; all null for the index itself, `pending` also where nothing is pending. */
  readonly current: Uint8Array | null;
  readonly base: Uint8Array | null;
  readonly pending: Uint8Array | null;
  /** The file map: key and encoded record, ascending by key. */
  readonly records: readonly (readonly [Digest, Uint8Array])[];
}

const MAGIC = "CMS1";

/**
 * `"CMS1" || u32 len || header || files[32] || u64 n || history root[32] || 3 * (u16 len || config record, len 0: none)
 * || u32 count || count * (key[32] || u16 len || record)`.
 *
 * @throws ParseError
 */
export function parseProjectStateFile(bytes: Uint8Array): ProjectStateFile {
  if (bytes.length > STATE_BYTES_MAX) {
    throw new ParseError("too-large", `Cannot read state file: ${bytes.length} bytes`);
  }
  const reader = new ByteReader(bytes, "state file");
  if (parseUtf8(reader.take(4), "state file") !== MAGIC) {
    throw new ParseError("unsupported", `Cannot read state file: it does not begin with ${MAGIC}`);
  }
  const header = reader.take(reader.u32());
  const files = encodeHex(reader.take(32));
  const historyCount = reader.u64();
  const historyRoot = encodeHex(reader.take(32));
  const current = readConfig(reader);
  const base = readConfig(reader);
  const pending = readConfig(reader);
  const count = reader.u32();
  const records: (readonly [Digest, Uint8Array])[] = [];
  for (let i = 0; i < count; i++) {
    const key = encodeHex(reader.take(32));
    records.push([key, reader.take(reader.u16())]);
  }
  reader.end();
  if (!isAscending(records.map(([key]) => key))) {
    throw new ParseError("not-canonical", "Cannot read state file: keys are not ascending and unique");
  }
  return { header, files, historyCount, historyRoot, current, base, pending, records };
}

export function encodeProjectStateFile(file: ProjectStateFile): Bytes {
  const { header, files, historyCount, historyRoot, current, base, pending, records } = file;
  return concatAll([
    utf8(MAGIC),
    u32(header.length),
    header,
    digestBytes(files),
    u64(historyCount),
    digestBytes(historyRoot),
    ...[current, base, pending].flatMap((config) => [u16(config?.length ?? 0), config ?? new Uint8Array()]),
    u32(records.length),
    ...records.flatMap(([key, record]) => [digestBytes(key), u16(record.length), record]),
  ]);
}

function readConfig(reader: ByteReader): Uint8Array | null {
  const length = reader.u16();
  return length === 0 ? null : reader.take(length);
}
