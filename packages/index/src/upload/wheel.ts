// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import {
  canonicalVersion,
  concatAll,
  METADATA_BYTES_MAX,
  normalizeProjectName,
  ParseError,
  parseUtf8,
  parseVersion,
  quote,
} from "@countermark/formats";
import { type Entry, type FileEntry, Reader, ZipReader } from "@zip.js/zip.js";
import { IndexRefusal } from "../failure.ts";
import { RECORD_BYTES_MAX } from "../limits.ts";
import { type Expansion, splitArchivePath, startExpansion } from "./expansion.ts";

const STORED = 0;
const DEFLATED = 8;

/** What the archive must be for: both normalised. */
export interface ArchiveOwner {
  readonly normalizedName: string;
  readonly canonicalVersion: string;
}

/**
 * Reads a wheel once, whole: only one reading of the ZIP is possible, every member stays inside, sizes and checksums
 * hold, RECORD lists exactly the members with their digests. Returns the bytes of METADATA.
 *
 * @throws IndexRefusal `archive-unreadable`, `archive-entry-unsafe`, `archive-expands-too-far`, `archive-layout`, `metadata-missing`
 * @spec binary-distribution-format
 */
export async function readWheel(path: string, size: number, owner: ArchiveOwner): Promise<Uint8Array> {
  const handle = await open(path, "r");
  const reader = new ZipReader(new HandleReader(handle, size), {
    strictness: "strict",
    useWebWorkers: false,
  });
  try {
    const entries = await unreadableIfThrows(() => reader.getEntries());
    await throwIfGaps(handle, size, entries);
    const members = await readMembers(entries, startExpansion(size), infoFolder(entries, owner));
    matchRecord(members);
    return members.metadata;
  } finally {
    await reader.close().catch(() => {});
    await handle.close();
  }
}

const END_BYTES = 22;
const LOCAL_HEADER_BYTES = 30;
/** What may stand between two members whose sizes come after their bytes. @spec APPNOTE.TXT 4.3.9 */
const DESCRIPTOR_BYTES = [12, 16, 20, 24];

/**
 * Refuses a comment and any byte that belongs to no member: Python looks for the archive's end from behind, readers of
 * streams take one member after the other, and each would find there what the directory does not list.
 */
async function throwIfGaps(handle: FileHandle, size: number, entries: readonly Entry[]): Promise<void> {
  const end = await readView(handle, size - END_BYTES, END_BYTES);
  if (end.getUint32(0, true) !== 0x06054b50)
    throw ambiguous("it has a comment, or its directory does not end it");
  const directorySize = end.getUint32(12, true);
  if (directorySize === 0xff_ff_ff_ff || end.getUint16(10, true) === 0xff_ff)
    throw ambiguous("its directory is ZIP64");
  const sorted = [...entries].sort((a, b) => a.offset - b.offset);
  let expected = [0];
  for (const entry of sorted) {
    if (!expected.includes(entry.offset)) throw ambiguous(`there are bytes before ${quote(entry.filename)}`);
    const header = await readView(handle, entry.offset, LOCAL_HEADER_BYTES);
    const named = header.getUint16(26, true) + header.getUint16(28, true);
    const next = entry.offset + LOCAL_HEADER_BYTES + named + entry.compressedSize;
    const hasDescriptor = (header.getUint16(6, true) & 8) !== 0;
    expected = hasDescriptor ? DESCRIPTOR_BYTES.map((bytes) => next + bytes) : [next];
  }
  if (!expected.includes(size - END_BYTES - directorySize))
    throw ambiguous("there are bytes before its directory");
}

async function readView(handle: FileHandle, at: number, length: number): Promise<DataView> {
  const bytes = new Uint8Array(length);
  const { bytesRead } = await handle.read(bytes, 0, length, Math.max(0, at));
  if (at < 0 || bytesRead !== length) throw ambiguous("it ends too early");
  return new DataView(bytes.buffer);
}

function ambiguous(found: string): IndexRefusal {
  return new IndexRefusal(
    "archive-unreadable",
    `Invalid distribution file: not one unambiguous ZIP (${found}).`,
  );
}

interface WheelMembers {
  /** Path -> SHA-256 in unpadded base64url. Folders are not in it. */
  readonly digests: ReadonlyMap<string, string>;
  readonly recordPath: string;
  readonly record: Uint8Array;
  readonly metadata: Uint8Array;
}

/** The one `<name>-<version>.dist-info` of the archive. */
function infoFolder(entries: readonly Entry[], owner: ArchiveOwner): string {
  const folders = new Set<string>();
  for (const entry of entries) {
    const [first = "", second, third = ""] = splitArchivePath(entry.filename.replace(/\/$/, ""));
    // Installers move what is in there beside, and over, the folder that is read here.
    if (first.endsWith(".data") && third.endsWith(".dist-info")) {
      throw new IndexRefusal(
        "archive-layout",
        `The wheel installs another ${quote(third)} from ${quote(first)}.`,
      );
    }
    if (first.endsWith(".dist-info") && (second !== undefined || entry.directory)) folders.add(first);
  }
  const [folder, ...others] = folders;
  if (folder === undefined || others.length > 0) {
    throw new IndexRefusal("archive-layout", `The wheel has ${folders.size} .dist-info folders, wanted 1.`);
  }
  if (!isFolderOf(folder.slice(0, -".dist-info".length), owner)) {
    throw new IndexRefusal(
      "archive-layout",
      `The wheel's folder ${quote(folder)} is not that of ${owner.normalizedName} ${owner.canonicalVersion}.`,
    );
  }
  return folder;
}

/** Whether `<name>-<version>` names this project and version, however both are spelt. */
export function isFolderOf(folder: string, owner: ArchiveOwner): boolean {
  const dash = folder.lastIndexOf("-");
  if (dash < 1) return false;
  try {
    return (
      normalizeProjectName(folder.slice(0, dash)) === owner.normalizedName &&
      canonicalVersion(parseVersion(folder.slice(dash + 1))) === owner.canonicalVersion
    );
  } catch (error) {
    if (error instanceof ParseError) return false;
    throw error;
  }
}

async function readMembers(
  entries: readonly Entry[],
  expansion: Expansion,
  folder: string,
): Promise<WheelMembers> {
  const digests = new Map<string, string>();
  const kept = new Map<string, Uint8Array>([
    [`${folder}/METADATA`, new Uint8Array()],
    [`${folder}/WHEEL`, new Uint8Array()],
    [`${folder}/RECORD`, new Uint8Array()],
  ]);
  for (const entry of entries) {
    expansion.addEntry();
    // Bytes, not text: the ZIP library shows control characters of old encodings as smileys.
    if (entry.rawFilename.some((byte) => byte < 0x20 || byte === 0x7f)) {
      throw new IndexRefusal(
        "archive-entry-unsafe",
        `The member ${quote(entry.filename)} has an unsafe path.`,
      );
    }
    splitArchivePath(entry.filename.replace(/\/$/, ""));
    if (entry.directory) {
      if (entry.uncompressedSize !== 0) throw ambiguous(`the folder ${quote(entry.filename)} has bytes`);
      continue;
    }
    throwUnlessPlain(entry);
    if (!kept.has(entry.filename) && entry.filename.toLowerCase() === `${folder}/METADATA`.toLowerCase()) {
      throw ambiguous(`${quote(entry.filename)} is METADATA in another case`);
    }
    const keepMax = entry.filename === `${folder}/RECORD` ? RECORD_BYTES_MAX : METADATA_BYTES_MAX;
    const sink = new MemberSink(expansion, kept.has(entry.filename) ? keepMax : 0);
    await unreadableIfThrows(() =>
      entry.getData(sink.writable, { checkSignature: true, useWebWorkers: false }),
    );
    digests.set(entry.filename, sink.digest());
    if (kept.has(entry.filename)) kept.set(entry.filename, sink.bytes());
  }
  for (const path of kept.keys()) {
    if (digests.has(path)) continue;
    const code = path.endsWith("/METADATA") ? "metadata-missing" : "archive-layout";
    throw new IndexRefusal(code, `The wheel has no ${path}.`);
  }
  return {
    digests,
    recordPath: `${folder}/RECORD`,
    record: kept.get(`${folder}/RECORD`) ?? new Uint8Array(),
    metadata: kept.get(`${folder}/METADATA`) ?? new Uint8Array(),
  };
}

function throwUnlessPlain(entry: FileEntry): void {
  if (entry.encrypted || entry.symlink) {
    throw new IndexRefusal(
      "archive-entry-unsafe",
      `The member ${quote(entry.filename)} is not a plain file.`,
    );
  }
  if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED) {
    throw new IndexRefusal(
      "archive-unreadable",
      `The member ${quote(entry.filename)} is neither stored nor deflated.`,
    );
  }
}

/** RECORD and the members are the same set, and every digest in RECORD is that of its member. */
function matchRecord(members: WheelMembers): void {
  const listed = new Set<string>();
  for (const line of recordLines(members.record)) {
    const [path = "", digest = ""] = splitCsv(line);
    const found = members.digests.get(path);
    if (found === undefined || listed.has(path))
      throw recordError(path, "is listed, but not there exactly once");
    listed.add(path);
    if (isOutsideRecord(path, members.recordPath)) continue;
    if (digest !== `sha256=${found}`) throw recordError(path, "has another SHA-256 than listed");
  }
  for (const path of members.digests.keys()) {
    if (!listed.has(path) && !isOutsideRecord(path, members.recordPath))
      throw recordError(path, "is not listed");
  }
}

/** RECORD cannot hold its own digest, nor that of a signature over it. */
function isOutsideRecord(path: string, recordPath: string): boolean {
  return path === recordPath || path === `${recordPath}.jws` || path === `${recordPath}.p7s`;
}

function recordLines(record: Uint8Array): readonly string[] {
  try {
    return parseUtf8(record, "RECORD")
      .split(/\r\n|\n/)
      .filter((line) => line !== "");
  } catch (cause) {
    throw new IndexRefusal("archive-layout", "RECORD is not UTF-8.", { cause });
  }
}

/** Splits one CSV line: values, or quoted values with doubled quotes. */
function splitCsv(line: string): readonly string[] {
  const values: string[] = [];
  for (const match of line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,"]*))/g)) {
    values.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
  }
  return values;
}

function recordError(path: string, found: string): IndexRefusal {
  return new IndexRefusal("archive-layout", `RECORD and the wheel disagree: ${quote(path)} ${found}.`);
}

async function unreadableIfThrows<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof IndexRefusal) throw cause;
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new IndexRefusal(
      "archive-unreadable",
      `Invalid distribution file: not one unambiguous ZIP (${found}).`,
      {
        cause,
      },
    );
  }
}

/** Takes one member: counts and hashes it, and keeps its bytes when they are wanted. */
class MemberSink {
  readonly writable: WritableStream<Uint8Array>;
  readonly #hash = createHash("sha256");
  readonly #chunks: Uint8Array[] = [];

  constructor(expansion: Expansion, keepMax: number) {
    let kept = 0;
    this.writable = new WritableStream({
      write: (chunk) => {
        expansion.addBytes(chunk.length);
        this.#hash.update(chunk);
        kept += chunk.length;
        if (keepMax === 0) return;
        if (kept > keepMax)
          throw new IndexRefusal("archive-expands-too-far", `METADATA or RECORD is too large.`);
        this.#chunks.push(chunk.slice());
      },
    });
  }

  digest(): string {
    return this.#hash.digest("base64url");
  }

  bytes(): Uint8Array {
    return concatAll(this.#chunks);
  }
}

/** Random access to a file on disk: a large wheel never sits in memory. */
class HandleReader extends Reader<FileHandle> {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle, size: number) {
    super(handle);
    this.#handle = handle;
    this.size = size;
  }

  override async readUint8Array(index: number, length: number): Promise<Uint8Array> {
    const wanted = Math.max(0, Math.min(length, this.size - index));
    const bytes = new Uint8Array(wanted);
    const { bytesRead } = await this.#handle.read(bytes, 0, wanted, index);
    return bytes.subarray(0, bytesRead);
  }
}
