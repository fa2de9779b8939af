// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { ENTRY_BUNDLE_BYTES_MAX, ENTRY_BYTES_MAX } from "../limits.ts";
import { ByteReader, type Bytes, concat, u16 } from "../text/bytes.ts";
import { quote } from "../text/hex.ts";
import { parseDecimal } from "./decimal.ts";

/** Hashes or entries in a full tile. */
export const TILE_WIDTH = 256;

/** A tile of hashes or a bundle of entries; `width` is 1..256, and 256 is full. */
export type TileName =
  | { readonly kind: "hashes"; readonly level: number; readonly index: number; readonly width: number }
  | { readonly kind: "entries"; readonly index: number; readonly width: number };

const LEVEL_MAX = 63;

/** `tile/<level>/<index>[.p/<width>]`, without a leading slash. @spec c2sp.org/tlog-tiles#merkle-tree */
export function tilePath(level: number, index: number, width: number): string {
  if (!Number.isInteger(level) || level < 0 || level > LEVEL_MAX) {
    throw new TypeError(`Cannot name a tile at level ${level}`);
  }
  return `tile/${level}/${indexPath(index)}${widthPath(width)}`;
}

/** `tile/entries/<index>[.p/<width>]`, without a leading slash. @spec c2sp.org/tlog-tiles#log-entries */
export function entriesPath(index: number, width: number): string {
  return `tile/entries/${indexPath(index)}${widthPath(width)}`;
}

/** Reads a path as `tilePath` and `entriesPath` write it. @throws ParseError `malformed`, `not-canonical` */
export function parseTilePath(path: string): TileName {
  const match = /^tile\/([0-9]{1,2}|entries)\/((?:x[0-9]{3}\/){0,5}[0-9]{3})(?:\.p\/([0-9]{1,3}))?$/.exec(
    path,
  );
  const [, level, groups, partial] = match ?? [];
  if (level === undefined || groups === undefined) {
    throw new ParseError("malformed", `Cannot read tile path: ${quote(path)} is none`);
  }
  const index = Number(groups.replaceAll(/[x/]/g, ""));
  const width = partial === undefined ? TILE_WIDTH : parseDecimal(partial, "tile width");
  const name: TileName =
    level === "entries"
      ? { kind: "entries", index, width }
      : { kind: "hashes", level: parseDecimal(level, "tile level"), index, width };
  if (!isCanonical(name, path)) {
    throw new ParseError("not-canonical", `Cannot read tile path: ${quote(path)} has another spelling`);
  }
  return name;
}

/**
 * Reads the entries of a bundle: `(length (2 bytes) || entry)*`, 1..256 of them.
 *
 * @throws ParseError `too-large`, `too-many`, `truncated`
 * @spec c2sp.org/tlog-tiles#log-entries
 */
export function parseEntryBundle(bytes: Uint8Array): Uint8Array[] {
  if (bytes.length > ENTRY_BUNDLE_BYTES_MAX) {
    throw new ParseError("too-large", `Cannot read entry bundle: ${bytes.length} bytes`);
  }
  const reader = new ByteReader(bytes, "entry bundle");
  const entries: Uint8Array[] = [];
  do {
    if (entries.length === TILE_WIDTH) {
      throw new ParseError("too-many", `Cannot read entry bundle: more than ${TILE_WIDTH} entries`);
    }
    entries.push(reader.take(reader.u16()));
  } while (reader.remaining > 0);
  return entries;
}

/** @throws TypeError for more than 256 entries, none, or one above 65,535 bytes */
export function encodeEntryBundle(entries: readonly Uint8Array[]): Bytes {
  if (entries.length === 0 || entries.length > TILE_WIDTH) {
    throw new TypeError(`Cannot encode a bundle of ${entries.length} entries`);
  }
  const parts: Uint8Array[] = [];
  for (const entry of entries) {
    if (entry.length > ENTRY_BYTES_MAX)
      throw new TypeError(`Cannot encode an entry of ${entry.length} bytes`);
    parts.push(u16(entry.length), entry);
  }
  return concat(...parts);
}

function isCanonical(name: TileName, path: string): boolean {
  if (!Number.isSafeInteger(name.index) || name.width < 1 || name.width > TILE_WIDTH) return false;
  if (name.kind === "entries") return entriesPath(name.index, name.width) === path;
  return name.level <= LEVEL_MAX && tilePath(name.level, name.index, name.width) === path;
}

/** Groups of three digits, all but the last behind an `x`: 1234067 is `x001/x234/067`. */
function indexPath(index: number): string {
  if (!Number.isSafeInteger(index) || index < 0) throw new TypeError(`Cannot name tile ${index}`);
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, "0");
  const groups = padded.match(/[0-9]{3}/g) ?? [];
  return groups.map((group, i) => (i === groups.length - 1 ? group : `x${group}`)).join("/");
}

function widthPath(width: number): string {
  if (!Number.isInteger(width) || width < 1 || width > TILE_WIDTH) {
    throw new TypeError(`Cannot name a tile of width ${width}`);
  }
  return width === TILE_WIDTH ? "" : `.p/${width}`;
}
