// SPDX-License-Identifier: Apache-2.0
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { concatAll, METADATA_BYTES_MAX, quote } from "@countermark/formats";
import { createTarDecoder, type ParsedTarEntry, type TarHeader } from "modern-tar";
import { IndexRefusal } from "../failure.ts";
import { type Expansion, splitArchivePath, startExpansion } from "./expansion.ts";
import { type ArchiveOwner, isFolderOf } from "./wheel.ts";

/** Type flags that every tar reader understands alike; sparse files, devices and the rest are refused. */
const PLAIN_TYPES = new Set([..."\x000125xgLK"]);
/** Links and folders: what has no body of its own. */
const BODYLESS_TYPES = new Set([..."125"]);
/** Headers that say something of the member after them, and which of them may stand together before one. */
const PREFACES = new Set(["x", "g", "L", "K", "LK", "KL"]);
const BLOCK_BYTES = 512;
const PAX_BYTES_MAX = 1_048_576;

/**
 * Reads a `.tar.gz` source distribution once, whole: one folder, plain members, every path and link inside it.
 * Returns the bytes of PKG-INFO.
 *
 * @throws IndexRefusal `archive-unreadable`, `archive-entry-unsafe`, `archive-expands-too-far`, `archive-layout`, `metadata-missing`
 * @spec PEP 625, PEP 721
 */
export async function readSdist(path: string, size: number, owner: ArchiveOwner): Promise<Uint8Array> {
  const expansion = startExpansion(size);
  const archive = createReadStream(path);
  const expanded = createGunzip();
  archive.on("error", (error) => expanded.destroy(error));
  archive.pipe(expanded);
  try {
    const entries = Readable.from(guardBlocks(expanded, expansion));
    // Node's web streams carry the same chunks under a type of their own.
    const source = Readable.toWeb(entries) as ReadableStream<Uint8Array<ArrayBuffer>>;
    return await readMembers(source.pipeThrough(createTarDecoder({ strict: true })), expansion, owner);
  } catch (cause) {
    if (cause instanceof IndexRefusal) throw cause;
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new IndexRefusal(
      "archive-unreadable",
      `Invalid distribution file: not one plain tar.gz (${found}).`,
      {
        cause,
      },
    );
  } finally {
    archive.destroy();
    expanded.destroy();
  }
}

async function readMembers(
  entries: ReadableStream<ParsedTarEntry>,
  expansion: Expansion,
  owner: ArchiveOwner,
): Promise<Uint8Array> {
  let folder: string | null = null;
  let metadata: Uint8Array | null = null;
  const seen = new Set<string>();
  const links = new Set<string>();
  const folders = new Set<string>();
  for await (const { header, body } of entries) {
    expansion.addEntry();
    const path = header.name.replace(/\/$/, "");
    const parts = splitArchivePath(path);
    folder ??= ownFolder(parts[0] ?? "", owner);
    if (parts[0] !== folder) {
      throw new IndexRefusal("archive-layout", `The member ${quote(path)} is outside ${quote(folder)}.`);
    }
    throwUnlessPlain(header, path, folder);
    // Twice the same file means that two extractors may keep two different ones.
    if (seen.has(path) && header.type !== "directory") throw unreadable(`${quote(path)} is there twice`);
    seen.add(path);
    for (let i = 1; i < parts.length; i++) folders.add(parts.slice(0, i).join("/"));
    if (header.type === "symlink" || header.type === "link") links.add(path);
    // On a disk that does not tell case apart it would replace the one that was read.
    if (path !== `${folder}/PKG-INFO` && path.toLowerCase() === `${folder}/PKG-INFO`.toLowerCase()) {
      throw unreadable(`${quote(path)} is PKG-INFO in another case`);
    }
    const isMetadata = path === `${folder}/PKG-INFO`;
    if (isMetadata && header.type !== "file") throw unreadable("PKG-INFO is not a plain file");
    const bytes = await readBody(body, isMetadata ? METADATA_BYTES_MAX : 0);
    if (isMetadata) metadata = bytes;
  }
  for (const link of links) {
    // What is written below it lands elsewhere, over a member that was read before.
    if (folders.has(link)) throw unreadable(`${quote(link)} is a link, and a folder of other members`);
  }
  if (metadata === null)
    throw new IndexRefusal("metadata-missing", "The source distribution has no PKG-INFO.");
  return metadata;
}

function ownFolder(folder: string, owner: ArchiveOwner): string {
  if (isFolderOf(folder, owner)) return folder;
  throw new IndexRefusal(
    "archive-layout",
    `The folder ${quote(folder)} is not that of ${owner.normalizedName} ${owner.canonicalVersion}.`,
  );
}

function throwUnlessPlain(header: TarHeader, path: string, folder: string): void {
  // A size that replaces the header's would let two readers disagree on where the next member begins.
  const isResized = Object.keys(header.pax ?? {}).some(
    (key) => key === "size" || key.startsWith("GNU.sparse"),
  );
  if (isResized) throw unreadable(`${quote(path)} is sparse, or has two sizes`);
  if (header.type !== "symlink" && header.type !== "link") return;
  const target = header.linkname ?? "";
  const base = header.type === "symlink" ? path.split("/").slice(0, -1) : [];
  const stack: string[] = target.startsWith("/") ? [] : [...base];
  let isNamed = false;
  for (const part of target.split("/")) {
    // Up again from a name: that name may be a link, and then nobody knows where this leads.
    const isLost = part === ".." && isNamed;
    if (part === "..") stack.pop();
    else if (part !== "." && part !== "") {
      stack.push(part);
      isNamed = true;
    }
    if (isLost || stack[0] !== folder) {
      throw new IndexRefusal(
        "archive-entry-unsafe",
        `The link ${quote(path)} leads outside: ${quote(target)}.`,
      );
    }
  }
}

async function readBody(body: ReadableStream<Uint8Array>, keepMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (keepMax === 0) continue;
    if (length > keepMax) throw new IndexRefusal("archive-expands-too-far", "PKG-INFO is too large.");
    chunks.push(chunk);
  }
  return concatAll(chunks);
}

/**
 * Passes the expanded bytes on while looking at each member's header block: where tar readers differ (the tar library,
 * Python's, those of uv), one of them would find members that another does not.
 */
async function* guardBlocks(
  chunks: AsyncIterable<Uint8Array>,
  expansion: Expansion,
): AsyncGenerator<Uint8Array> {
  const header = new Uint8Array(BLOCK_BYTES);
  let filled = 0;
  let skip = 0;
  let preface = "";
  let pax: PaxReader | null = null;
  for await (const chunk of chunks) {
    expansion.addBytes(chunk.length);
    let offset = 0;
    while (offset < chunk.length) {
      const passed = Math.min(skip, chunk.length - offset);
      pax?.add(chunk.subarray(offset, offset + passed));
      skip -= passed;
      offset += passed;
      if (skip === 0) {
        pax?.end();
        pax = null;
      }
      const taken = Math.min(BLOCK_BYTES - filled, chunk.length - offset);
      header.set(chunk.subarray(offset, offset + taken), filled);
      offset += taken;
      filled += taken;
      if (filled < BLOCK_BYTES) continue;
      filled = 0;
      const { type, size } = readBlock(header);
      preface = /[xgLK]/.test(type) ? preface + type : "";
      if (preface !== "" && !PREFACES.has(preface)) throw unreadable("a member that is named more than once");
      // What a global header says holds for what follows it, not for one member.
      if (preface === "g") preface = "";
      if (type === "x" || type === "g") pax = startPax(type, size);
      skip = Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
    }
    yield chunk;
  }
}

/** Type and size of what a header block begins; the end-of-archive block is of no type. */
function readBlock(header: Uint8Array): { readonly type: string; readonly size: number } {
  if (header.every((byte) => byte === 0)) return { type: "", size: 0 };
  const type = String.fromCharCode(header[156] ?? 0);
  if (!PLAIN_TYPES.has(type)) throw unreadable(`a member of type ${quote(type)}`);
  const field = latin1(header.subarray(124, 136));
  if (!/^[0-7 ]*[0-7][\0 ]*$/.test(field)) throw unreadable("a size that is not octal");
  const size = Number.parseInt(field.trim(), 8);
  // Some readers step over such a body, others read it as members.
  if (BODYLESS_TYPES.has(type) && size !== 0) throw unreadable("a folder or link with a body");
  // Before there were folders in tar, a file with such a name was one: Python still reads it so.
  const [name = ""] = latin1(header.subarray(0, 100)).split("\0");
  if (name.endsWith("/") && type !== "5") throw unreadable(`the file ${quote(name)} is named as a folder`);
  // Outside ustar these bytes are something else, and Python takes them for a part of the path all the same.
  const isUstar = latin1(header.subarray(257, 263)) === "ustar\0";
  if (!isUstar && header.subarray(345, 500).some((byte) => byte !== 0)) {
    throw unreadable(`${quote(name)} has a path in two parts, and is not of the format that has them`);
  }
  return { type, size };
}

interface PaxReader {
  add(bytes: Uint8Array): void;
  end(): void;
}

/** Reads the body of a pax header only to see that it can be read in one way. @spec POSIX.1-2001 pax */
function startPax(type: string, size: number): PaxReader {
  if (size > PAX_BYTES_MAX) throw unreadable(`a pax header of ${size} bytes`);
  const chunks: Uint8Array[] = [];
  return {
    add(bytes) {
      chunks.push(bytes.slice());
    },
    end() {
      matchPax(type, latin1(concatAll(chunks).subarray(0, size)));
    },
  };
}

function matchPax(type: string, text: string): void {
  const keys = new Set<string>();
  for (let at = 0; at < text.length; ) {
    const [start = "", length = ""] = /^([1-9][0-9]*) /.exec(text.slice(at, at + 16)) ?? [];
    const record = text.slice(at, at + Number(length));
    const key = record.slice(start.length).split("=", 1)[0] ?? "";
    const isWhole = record.length === Number(length) && record.length > start.length + key.length + 1;
    if (start === "" || !isWhole || !record.endsWith("\n")) throw unreadable("a malformed pax header");
    if (keys.has(key)) throw unreadable(`the pax record ${quote(key)} is there twice`);
    // git writes the commit into a global comment. Anything else some readers apply to every member, and some to none.
    if (type === "g" && key !== "comment") throw unreadable(`a global pax record ${quote(key)}`);
    keys.add(key);
    at += record.length;
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

function unreadable(found: string): IndexRefusal {
  return new IndexRefusal("archive-unreadable", `Invalid distribution file: not one plain tar.gz: ${found}.`);
}
