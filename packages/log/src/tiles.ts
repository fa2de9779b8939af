// SPDX-License-Identifier: Apache-2.0
import {
  ENTRY_BUNDLE_BYTES_MAX,
  entriesPath,
  equalBytes,
  leafHash,
  ParseError,
  parseEntryBundle,
  type Sha256,
  TILE_WIDTH,
  tilePath,
} from "@countermark/formats";
import type { TreeHead } from "@countermark/verify";
import { LogError } from "./failure.ts";
import { fetchBytes } from "./fetch-bytes.ts";
import type { Fetch } from "./port.ts";
import { edgeRoot, partialWidth, type TreeEdge } from "./tree-edge.ts";

/** Where tiles come from: a storage, or a log over HTTP. Nothing it returns is believed. */
export interface Tiles {
  /** The file at `path` (`tile/...`), or null. */
  read(path: string): Promise<Uint8Array | null>;
}

const TIMEOUT_MS = 30_000;

/** A log may not send us on, for it could name a host that only we can reach. */
const FETCH_INIT = { redirect: "error" } as const;

/** The tiles of the log at `url`. @throws LogError `unavailable`, `answer-too-large` */
export function httpTiles(url: string, fetch: Fetch, options: { readonly timeoutMs?: number } = {}): Tiles {
  const limits = { bytesMax: ENTRY_BUNDLE_BYTES_MAX, timeoutMs: options.timeoutMs ?? TIMEOUT_MS };
  const prefix = url.replace(/\/$/, "");
  return {
    async read(path) {
      const answer = await fetchBytes(fetch, `${prefix}/${path}`, FETCH_INIT, limits);
      if (answer.status === 200) return answer.bytes;
      if (answer.status === 404 || answer.status === 410) return null;
      throw new LogError("unavailable", `Cannot read ${prefix}/${path}: status ${answer.status}`);
    },
  };
}

/** The hashes of a tile, not authenticated. The full tile serves where the partial one is gone. @throws LogError `not-found`, `not-authentic` */
export async function readTile(
  tiles: Tiles,
  level: number,
  index: number,
  width: number,
): Promise<Uint8Array[]> {
  const path = tilePath(level, index, width);
  const bytes = await readEither(tiles, path, tilePath(level, index, TILE_WIDTH));
  if (bytes.length !== width * 32 && bytes.length !== TILE_WIDTH * 32) {
    throw new LogError("not-authentic", `Cannot use ${path}: ${bytes.length} bytes, wanted ${width * 32}`);
  }
  return Array.from({ length: width }, (_, i) => bytes.subarray(i * 32, i * 32 + 32));
}

/** The entries of a bundle, not authenticated. @throws LogError `not-found`, `not-authentic` */
export async function readBundle(tiles: Tiles, index: number, width: number): Promise<Uint8Array[]> {
  const path = entriesPath(index, width);
  const bytes = await readEither(tiles, path, entriesPath(index, TILE_WIDTH));
  const entries = parseBundle(bytes, path);
  if (entries.length !== width && entries.length !== TILE_WIDTH) {
    throw new LogError("not-authentic", `Cannot use ${path}: ${entries.length} entries, wanted ${width}`);
  }
  return entries.slice(0, width);
}

/**
 * The hashes of the partial tiles of the tree `head`, checked against its root.
 *
 * @throws LogError `not-found`, `not-authentic`
 */
export async function readEdgeLevels(tiles: Tiles, head: TreeHead, sha256: Sha256): Promise<Uint8Array[][]> {
  const levels: Uint8Array[][] = [];
  for (let level = 0; TILE_WIDTH ** level <= head.size; level++) {
    const width = partialWidth(level, head.size);
    const index = Math.floor(head.size / TILE_WIDTH ** (level + 1));
    levels.push(width === 0 ? [] : await readTile(tiles, level, index, width));
  }
  if (!equalBytes(edgeRoot(sha256, { size: head.size, levels, entries: [] }), head.root)) {
    throw new LogError(
      "not-authentic",
      `Cannot use the partial tiles of the tree of ${head.size}: they are of another tree`,
    );
  }
  return levels;
}

/** All that appending to the tree `head` needs, checked against its root. @throws LogError `not-found`, `not-authentic` */
export async function readEdge(tiles: Tiles, head: TreeHead, sha256: Sha256): Promise<TreeEdge> {
  const levels = await readEdgeLevels(tiles, head, sha256);
  const hashes = levels[0] ?? [];
  if (hashes.length === 0) return { size: head.size, levels, entries: [] };
  const entries = await readBundle(tiles, Math.floor(head.size / TILE_WIDTH), hashes.length);
  requireHashes(entries, hashes, sha256);
  return { size: head.size, levels, entries };
}

/** Checks entries against the leaf hashes of their tile. @throws LogError `not-authentic` */
export function requireHashes(
  entries: readonly Uint8Array[],
  hashes: readonly Uint8Array[],
  sha256: Sha256,
): void {
  for (const [i, entry] of entries.entries()) {
    const hash = hashes[i];
    if (hash === undefined || !equalBytes(leafHash(sha256, entry), hash)) {
      throw new LogError("not-authentic", `Cannot use entry ${i} of a bundle: its tile has another hash`);
    }
  }
}

async function readEither(tiles: Tiles, path: string, fallback: string): Promise<Uint8Array> {
  const bytes = (await tiles.read(path)) ?? (path === fallback ? null : await tiles.read(fallback));
  if (bytes === null) throw new LogError("not-found", `Cannot read ${path}: it is not there`);
  return bytes;
}

function parseBundle(bytes: Uint8Array, path: string): Uint8Array[] {
  try {
    return parseEntryBundle(bytes);
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    throw new LogError("not-authentic", `Cannot use ${path}: ${cause.message}`, { cause });
  }
}
