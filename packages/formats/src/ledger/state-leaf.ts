// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { encodeBase64, parseBase64 } from "../text/base64.ts";
import { type Bytes, equalBytes, utf8 } from "../text/bytes.ts";
import { encodeHex, quote } from "../text/hex.ts";
import { parseUtf8 } from "../text/utf8.ts";
import { type Digest, digestBytes } from "./ids.ts";

/** An earlier head of the same log, with the times that its cosigners vouch for. @spec specs/log-time.md */
export interface Anchor {
  readonly size: number;
  /** SHA-256 of the cosigned note as kept. */
  readonly note: Digest;
  readonly tLo: number;
  readonly tHi: number;
}

/** The last leaf of every seal: what the whole log says at that size. Not signed: the checkpoint is. @spec specs/state-leaf.md */
export interface StateLeaf {
  readonly origin: string;
  readonly index: number;
  /** Index of the state leaf before; null for the first. */
  readonly prev: number | null;
  readonly map: Digest;
  /** Number of keys in the map, the index itself among them. */
  readonly projects: number;
  readonly time: number;
  readonly rules: number;
  readonly rootVersion: number;
  readonly targetsVersion: number;
  /** Null in the first state leaf only. */
  readonly anchor: Anchor | null;
}

const FIRST_LINE = "countermark.dev/state/v1";
const STATE_LEAF_BYTES_MAX = 1_024;

/** @throws ParseError `too-large`, `malformed`, `not-canonical`, `not-base64` */
export function parseStateLeaf(bytes: Uint8Array): StateLeaf {
  if (bytes.length > STATE_LEAF_BYTES_MAX) {
    throw new ParseError("too-large", `Cannot read state leaf: ${bytes.length} bytes`);
  }
  const lines = parseUtf8(bytes, "state leaf").split("\n");
  const [first, origin = "", index, prev, map = "", projects, time, rules, tuf, anchor, end, ...more] = lines;
  if (first !== FIRST_LINE || end !== "" || more.length > 0) {
    throw new ParseError("malformed", "Cannot read state leaf: not its ten lines");
  }
  if (!/^[\x21-\x7e]{1,128}$/.test(origin)) {
    throw new ParseError("malformed", `Cannot read state leaf: origin ${quote(origin)}`);
  }
  const [rootVersion, targetsVersion] = words(tuf, "tuf", 2);
  const leaf: StateLeaf = {
    origin,
    index: integer(index),
    prev: prev === "-" ? null : integer(prev),
    map: encodeHex(parseBase64(map, "map commitment")),
    projects: integer(projects),
    time: integer(words(time, "time", 1)[0]),
    rules: integer(words(rules, "rules", 1)[0]),
    rootVersion: integer(rootVersion),
    targetsVersion: integer(targetsVersion),
    anchor: anchor === "anchor none" ? null : readAnchor(words(anchor, "anchor", 4)),
  };
  if (leaf.map.length !== 64 || !equalBytes(encodeStateLeaf(leaf), bytes)) {
    throw new ParseError("not-canonical", "Cannot read state leaf: not in its canonical form");
  }
  return leaf;
}

/** Ten lines of ASCII, each ended by LF. */
export function encodeStateLeaf(leaf: StateLeaf): Bytes {
  const { anchor } = leaf;
  const lines = [
    FIRST_LINE,
    leaf.origin,
    leaf.index,
    leaf.prev ?? "-",
    encodeBase64(digestBytes(leaf.map)),
    leaf.projects,
    `time ${leaf.time}`,
    `rules ${leaf.rules}`,
    `tuf ${leaf.rootVersion} ${leaf.targetsVersion}`,
    anchor === null
      ? "anchor none"
      : `anchor ${anchor.size} ${encodeBase64(digestBytes(anchor.note))} ${anchor.tLo} ${anchor.tHi}`,
  ];
  return utf8(lines.map((line) => `${line}\n`).join(""));
}

/** Whether a leaf is meant as a state leaf: every other leaf begins with `{`. */
export function looksLikeStateLeaf(leaf: Uint8Array): boolean {
  return leaf[0] !== 0x7b;
}

function readAnchor(parts: readonly string[]): Anchor {
  const [size, note = "", tLo, tHi] = parts;
  const digest = parseBase64(note, "anchor");
  if (digest.length !== 32) throw new ParseError("malformed", "Cannot read state leaf: anchor digest");
  return { size: integer(size), note: encodeHex(digest), tLo: integer(tLo), tHi: integer(tHi) };
}

function words(line: string | undefined, name: string, count: number): readonly string[] {
  const [first, ...rest] = (line ?? "").split(" ");
  if (first !== name || rest.length !== count) {
    throw new ParseError("malformed", `Cannot read state leaf: line ${quote(line ?? "")}, wanted ${name}`);
  }
  return rest;
}

function integer(text: string | undefined): number {
  const value = Number(text);
  if (text === undefined || !/^(?:0|[1-9][0-9]{0,15})$/.test(text) || !Number.isSafeInteger(value)) {
    throw new ParseError("not-canonical", `Cannot read state leaf: ${quote(text ?? "")} is not an integer`);
  }
  return value;
}
