// SPDX-License-Identifier: Apache-2.0
import { type FileHandle, open } from "node:fs/promises";
import { promisify } from "node:util";
import { inflateRaw } from "node:zlib";

/** Path, as a wheel's RECORD has it -> SHA-256 in lower-case hexadecimal; null where it states none that is read here. */
export type WheelRecord = ReadonlyMap<string, string | null>;

const RECORD_BYTES_MAX = 67_108_864;
const DIRECTORY_BYTES_MAX = 134_217_728;
const TAIL_BYTES = 22 + 65_535;

/**
 * The RECORD of the wheel at `path`; null where it has not exactly one that can be read. ZIP64 is not read.
 *
 * @spec packaging.python.org/specifications/recording-installed-packages
 */
export async function readWheelRecord(path: string): Promise<WheelRecord | null> {
  const file = await open(path);
  try {
    const bytes = await readRecordMember(file);
    return bytes === null ? null : parseRecord(bytes.toString("utf8"));
  } catch (error) {
    // Whatever a damaged archive makes of its own lengths and offsets: it has no RECORD that can be read.
    if (error instanceof RangeError || (error as NodeJS.ErrnoException).code?.startsWith("Z_")) return null; // zlib's codes
    throw error;
  } finally {
    await file.close();
  }
}

/** Reads RECORD's rows: path, algorithm=digest in base64url, size. A row that is none is left out. */
export function parseRecord(text: string): WheelRecord {
  const rows = new Map<string, string | null>();
  for (const line of text.split(/\r?\n/)) {
    const [path = "", hash = ""] = splitRow(line);
    if (path === "") continue;
    const digest = /^sha256=([\w-]+)=*$/.exec(hash)?.[1];
    rows.set(path, digest === undefined ? null : Buffer.from(digest, "base64url").toString("hex"));
  }
  return rows;
}

/** One row of CSV: a field may be in quotes, in which two quotes are one. */
function splitRow(line: string): readonly string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "",
  );
}

/** @spec APPNOTE.TXT 4.3.6-4.3.16 */
async function readRecordMember(file: FileHandle): Promise<Buffer | null> {
  const { size } = await file.stat();
  const tail = await readAt(file, Math.max(0, size - TAIL_BYTES), Math.min(size, TAIL_BYTES));
  const end = tail.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"));
  if (end < 0) return null;
  const length = tail.readUInt32LE(end + 12);
  if (length > DIRECTORY_BYTES_MAX) return null;
  const directory = await readAt(file, tail.readUInt32LE(end + 16), length);
  let found: number | null = null;
  for (let at = 0; at < directory.length; ) {
    if (directory.readUInt32LE(at) !== 0x02014b50) return null;
    const nameLength = directory.readUInt16LE(at + 28);
    const name = directory.toString("utf8", at + 46, at + 46 + nameLength);
    if (/^[^/]+\.dist-info\/RECORD$/.test(name)) {
      if (found !== null) return null;
      found = at;
    }
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return found === null ? null : await readMember(file, directory, found);
}

/** @param entry offset of the member in the central directory. */
async function readMember(file: FileHandle, directory: Buffer, entry: number): Promise<Buffer | null> {
  const method = directory.readUInt16LE(entry + 10);
  const length = directory.readUInt32LE(entry + 20);
  const local = directory.readUInt32LE(entry + 42);
  if (length > RECORD_BYTES_MAX) return null;
  const header = await readAt(file, local, 30);
  const bytes = await readAt(file, local + 30 + header.readUInt16LE(26) + header.readUInt16LE(28), length);
  if (method === 0) return bytes;
  return method === 8 ? await promisify(inflateRaw)(bytes, { maxOutputLength: RECORD_BYTES_MAX }) : null;
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, position);
  if (bytesRead !== length) throw new RangeError("the archive ends too early");
  return bytes;
}
