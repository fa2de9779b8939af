// SPDX-License-Identifier: Apache-2.0
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { concat, METADATA_BYTES_MAX, quote } from "@countermark/formats";
import { createTarDecoder, type ParsedTarEntry, type TarHeader } from "modern-tar";
import { IndexRefusal } from "../failure.ts";
import { type Expansion, splitArchivePath, startExpansion } from "./expansion.ts";
import { type ArchiveOwner, isFolderOf } from "./wheel.ts";

/** Type flags that every tar reader understands alike; sparse files, devices and the rest are refused. */
const PLAIN_TYPES = new Set([...("\0" + "0125xgLK")].map((flag) => flag.charCodeAt(0)));
const BLOCK_BYTES = 512;

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
    const isMetadata = path === `${folder}/PKG-INFO`;
    if (isMetadata && header.type !== "file") throw unreadable("PKG-INFO is not a plain file");
    const bytes = await readBody(body, isMetadata ? METADATA_BYTES_MAX : 0);
    if (isMetadata) metadata = bytes;
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
  for (const part of target.split("/")) {
    if (part === "..") stack.pop();
    else if (part !== "." && part !== "") stack.push(part);
    if (stack[0] !== folder) {
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
  return concat(...chunks);
}

/**
 * Passes the expanded bytes on while looking at each member's header block: the tar library reads an unknown kind of
 * member as a plain file, where Python reads something else.
 */
async function* guardBlocks(
  chunks: AsyncIterable<Uint8Array>,
  expansion: Expansion,
): AsyncGenerator<Uint8Array> {
  const header = new Uint8Array(BLOCK_BYTES);
  let filled = 0;
  let skip = 0;
  for await (const chunk of chunks) {
    expansion.addBytes(chunk.length);
    let offset = 0;
    while (offset < chunk.length) {
      const passed = Math.min(skip, chunk.length - offset);
      skip -= passed;
      offset += passed;
      const taken = Math.min(BLOCK_BYTES - filled, chunk.length - offset);
      header.set(chunk.subarray(offset, offset + taken), filled);
      offset += taken;
      filled += taken;
      if (filled < BLOCK_BYTES) continue;
      filled = 0;
      skip = bodyBytes(header);
    }
    yield chunk;
  }
}

/** How many bytes follow this header block before the next one. */
function bodyBytes(header: Uint8Array): number {
  if (header.every((byte) => byte === 0)) return 0;
  const type = header[156] ?? 0;
  if (!PLAIN_TYPES.has(type)) throw unreadable(`a member of type ${quote(String.fromCharCode(type))}`);
  const field = String.fromCharCode(...header.subarray(124, 136));
  if (!/^[0-7 ]*[0-7][\0 ]*$/.test(field)) throw unreadable("a size that is not octal");
  const size = Number.parseInt(field.trim(), 8);
  const isBodyless = type === 0x31 || type === 0x32 || type === 0x35;
  return isBodyless ? 0 : Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
}

function unreadable(found: string): IndexRefusal {
  return new IndexRefusal("archive-unreadable", `Invalid distribution file: not one plain tar.gz: ${found}.`);
}
