// SPDX-License-Identifier: Apache-2.0
import {
  consistencyRanges,
  emptyRoot,
  equalBytes,
  inclusionRanges,
  type LeafRange,
  nodeHash,
  type Sha256,
  TILE_WIDTH,
  treeRoot,
} from "@countermark/formats";
import type { TreeHead } from "@countermark/verify";
import { LogError } from "./failure.ts";
import { readBundle, readEdgeLevels, readTile, requireHashes, type Tiles } from "./tiles.ts";

/**
 * Reads one log at one head. Every hash and entry it returns was checked against the head's root; the tiles may come from
 * anyone. Sizes may be any up to the head's.
 */
export interface LogReader {
  readonly head: TreeHead;
  /** The leaves `[from, to)`. @throws LogError `not-found`, `not-authentic`, `unavailable` */
  readEntries(from: number, to: number): Promise<Uint8Array[]>;
  /** @throws LogError as readEntries */
  inclusionProof(index: number, size: number): Promise<Uint8Array[]>;
  /** @throws LogError as readEntries */
  consistencyProof(oldSize: number, newSize: number): Promise<Uint8Array[]>;
  /** The root of the tree of the first `size` leaves. @throws LogError as readEntries */
  rootAt(size: number): Promise<Uint8Array>;
  /**
   * A reader of a later head of the same log, which keeps what is known already.
   *
   * @throws LogError `not-authentic` when the later tree does not begin with this one
   */
  extend(head: TreeHead): Promise<LogReader>;
}

/** Full tiles kept in memory: 8 KiB each. */
const CACHED_TILES_MAX = 1_024;

/** Full tiles that were authenticated, by `level/index`. They are the same in every tree that extends this one. */
type TileCache = Map<string, readonly Uint8Array[]>;

/** A reader of the tree `head`, which the caller must have verified. */
export function createLogReader(tiles: Tiles, head: TreeHead, sha256: Sha256): LogReader {
  return readerWith(new Map(), tiles, head, sha256);
}

function readerWith(cache: TileCache, tiles: Tiles, head: TreeHead, sha256: Sha256): LogReader {
  let edge: Promise<Uint8Array[][]> | null = null;
  const context: Context = {
    cache,
    tiles,
    head,
    sha256,
    edge() {
      edge ??= readEdgeLevels(tiles, head, sha256).catch((error: unknown) => {
        // A peer that was out of reach may be back for the next call.
        edge = null;
        throw error;
      });
      return edge;
    },
  };
  return {
    head,
    readEntries: (from, to) => readEntries(context, from, to),
    inclusionProof: (index, size) => {
      requireWithin(head, size);
      return hashesOf(context, inclusionRanges(index, size));
    },
    consistencyProof: (oldSize, newSize) => {
      requireWithin(head, newSize);
      return hashesOf(context, consistencyRanges(oldSize, newSize));
    },
    rootAt: (size) => rootAt(context, size),
    async extend(next) {
      const fresh = createLogReader(tiles, next, sha256);
      if (next.size < head.size || !equalBytes(await fresh.rootAt(head.size), head.root)) {
        throw new LogError(
          "not-authentic",
          `Cannot follow the log from ${head.size} to ${next.size}: the later tree does not begin with the earlier`,
        );
      }
      return readerWith(cache, tiles, next, sha256);
    },
  };
}

interface Context {
  readonly cache: TileCache;
  readonly tiles: Tiles;
  readonly head: TreeHead;
  readonly sha256: Sha256;
  edge(): Promise<Uint8Array[][]>;
}

async function readEntries(context: Context, from: number, to: number): Promise<Uint8Array[]> {
  requireWithin(context.head, to);
  if (!Number.isSafeInteger(from) || from < 0 || from > to) {
    throw new TypeError(`Cannot read entries ${from} to ${to}`);
  }
  const entries: Uint8Array[] = [];
  for (let index = Math.floor(from / TILE_WIDTH); index * TILE_WIDTH < to; index++) {
    const start = index * TILE_WIDTH;
    const hashes = await authenticTile(context, 0, index);
    const bundle = await readBundle(context.tiles, index, hashes.length);
    requireHashes(bundle, hashes, context.sha256);
    entries.push(...bundle.slice(Math.max(0, from - start), to - start));
  }
  return entries;
}

async function rootAt(context: Context, size: number): Promise<Uint8Array> {
  requireWithin(context.head, size);
  if (size === 0) return emptyRoot(context.sha256);
  return await subtreeHash(context, { start: 0, end: size });
}

async function hashesOf(context: Context, ranges: readonly LeafRange[]): Promise<Uint8Array[]> {
  const hashes: Uint8Array[] = [];
  for (const range of ranges) hashes.push(await subtreeHash(context, range));
  return hashes;
}

/** The tree hash of the leaves of `range`, which begins where a subtree of its width may. */
async function subtreeHash(context: Context, { start, end }: LeafRange): Promise<Uint8Array> {
  const width = end - start;
  let half = 1;
  while (half * 2 < width) half *= 2;
  if (width === 1 || half * 2 === width) return await perfectHash(context, start, width);
  const middle = start + half;
  const left = await subtreeHash(context, { start, end: middle });
  const right = await subtreeHash(context, { start: middle, end });
  return nodeHash(context.sha256, left, right);
}

/** The hash over `width` leaves, a power of two, from a multiple of it: within one tile. */
async function perfectHash(context: Context, start: number, width: number): Promise<Uint8Array> {
  let level = 0;
  while (TILE_WIDTH ** (level + 1) <= width) level++;
  const unit = TILE_WIDTH ** level;
  const hashes = await authenticTile(context, level, Math.floor(start / (unit * TILE_WIDTH)));
  const first = (start / unit) % TILE_WIDTH;
  return treeRoot(context.sha256, hashes.slice(first, first + width / unit));
}

/** The tile's hashes as far as the head's tree has them: the edge by the root, full ones by the tile above. */
async function authenticTile(context: Context, level: number, index: number): Promise<readonly Uint8Array[]> {
  const full = Math.floor(context.head.size / TILE_WIDTH ** (level + 1));
  if (index >= full) return (await context.edge())[level] ?? [];
  const name = `${level}/${index}`;
  const known = context.cache.get(name);
  if (known !== undefined) return known;
  const hashes = await readTile(context.tiles, level, index, TILE_WIDTH);
  const above = await authenticTile(context, level + 1, Math.floor(index / TILE_WIDTH));
  const wanted = above[index % TILE_WIDTH];
  if (wanted === undefined || !equalBytes(treeRoot(context.sha256, hashes), wanted)) {
    throw new LogError(
      "not-authentic",
      `Cannot use tile ${name}: it is not in the tree of ${context.head.size}`,
    );
  }
  const oldest = context.cache.keys().next();
  if (context.cache.size >= CACHED_TILES_MAX && !oldest.done) context.cache.delete(oldest.value);
  context.cache.set(name, hashes);
  return hashes;
}

function requireWithin(head: TreeHead, size: number): void {
  if (!Number.isSafeInteger(size) || size < 0 || size > head.size) {
    throw new TypeError(`Cannot read a tree of ${size} at a head of ${head.size}`);
  }
}
