// SPDX-License-Identifier: Apache-2.0
import {
  appendHash,
  type Bytes,
  type CompactRange,
  concat,
  EMPTY_RANGE,
  encodeEntryBundle,
  entriesPath,
  leafHash,
  nodeHash,
  rangeRoot,
  type Sha256,
  TILE_WIDTH,
  tilePath,
  treeRoot,
} from "@countermark/formats";

/** The right edge of a tree: all that appending needs. Never changed in place. */
export interface TreeEdge {
  readonly size: number;
  /** By level, the hashes of the partial tile there (0..255 of them). */
  readonly levels: readonly (readonly Uint8Array[])[];
  /** The entries of the partial bundle. */
  readonly entries: readonly Uint8Array[];
}

/** A file of the log that never changes. */
export interface TileFile {
  readonly path: string;
  readonly bytes: Bytes;
}

export const EMPTY_EDGE: TreeEdge = { size: 0, levels: [], entries: [] };

/** The edge after `leaves`, and every tile and bundle that is new: full ones as they fill, partial ones for the final size. */
export function appendLeaves(
  sha256: Sha256,
  edge: TreeEdge,
  leaves: readonly Uint8Array[],
): { readonly edge: TreeEdge; readonly files: readonly TileFile[] } {
  const files: TileFile[] = [];
  const levels = edge.levels.map((hashes) => [...hashes]);
  const touched = new Set<number>();
  let entries = [...edge.entries];
  let size = edge.size;
  for (const leaf of leaves) {
    size += 1;
    entries.push(leaf);
    if (entries.length === TILE_WIDTH) {
      files.push(bundleFile(size, entries));
      entries = [];
    }
    let carried: Uint8Array | null = leafHash(sha256, leaf);
    for (let level = 0; carried !== null; level++) {
      touched.add(level);
      carried = push(sha256, { levels, files, level, size }, carried);
    }
  }
  if (leaves.length > 0 && entries.length > 0) files.push(bundleFile(size, entries));
  for (const level of touched) {
    const hashes = levels[level] ?? [];
    if (hashes.length > 0) files.push(tileFile(level, size, hashes));
  }
  return { edge: { size, levels, entries }, files };
}

/** The root of the tree whose edge this is. */
export function edgeRoot(sha256: Sha256, edge: TreeEdge): Bytes {
  const parts: Uint8Array[] = [];
  for (const hashes of edge.levels.toReversed()) {
    let range: CompactRange = EMPTY_RANGE;
    for (const hash of hashes) range = appendHash(sha256, range, hash);
    parts.push(...range.hashes);
  }
  let root = parts.pop();
  if (root === undefined) return concat(rangeRoot(sha256, EMPTY_RANGE));
  for (let left = parts.pop(); left !== undefined; left = parts.pop()) root = nodeHash(sha256, left, root);
  return concat(root);
}

/** How wide the partial tile of `level` is in a tree of `size`; 0 for none. @spec c2sp.org/tlog-tiles#partial-tiles */
export function partialWidth(level: number, size: number): number {
  return Math.floor(size / TILE_WIDTH ** level) % TILE_WIDTH;
}

/** Adds a hash to a level; when that fills its tile, returns what goes one level up. */
function push(
  sha256: Sha256,
  at: { levels: Uint8Array[][]; files: TileFile[]; level: number; size: number },
  hash: Uint8Array,
): Uint8Array | null {
  at.levels[at.level] ??= [];
  const hashes = at.levels[at.level] ?? [];
  hashes.push(hash);
  if (hashes.length < TILE_WIDTH) return null;
  at.files.push(tileFile(at.level, at.size, hashes));
  at.levels[at.level] = [];
  return treeRoot(sha256, hashes);
}

/** The last tile of `level` in a tree of `size`, full or not. */
function tileFile(level: number, size: number, hashes: readonly Uint8Array[]): TileFile {
  const index = Math.ceil(Math.floor(size / TILE_WIDTH ** level) / TILE_WIDTH) - 1;
  return { path: tilePath(level, index, hashes.length), bytes: concat(...hashes) };
}

function bundleFile(size: number, entries: readonly Uint8Array[]): TileFile {
  const index = Math.ceil(size / TILE_WIDTH) - 1;
  return { path: entriesPath(index, entries.length), bytes: encodeEntryBundle(entries) };
}
