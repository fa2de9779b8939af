// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { encodeBase64 } from "../text/base64.ts";
import { quote } from "../text/hex.ts";
import { parseDecimal } from "./decimal.ts";
import { parseHash } from "./hash-line.ts";

/** What a log says of its tree. @spec c2sp.org/tlog-checkpoint */
export interface Checkpoint {
  readonly origin: string;
  /** Leaves, 0..2^53-1. */
  readonly size: number;
  /** RFC 6962 tree hash, 32 bytes. */
  readonly root: Uint8Array;
  readonly extensions: readonly string[];
}

/**
 * Reads the text of a checkpoint's note: origin, size, root, any extension lines; no line is empty.
 *
 * @throws ParseError `malformed`, `not-canonical`, `out-of-range`, `not-base64`
 * @spec c2sp.org/tlog-checkpoint#note-text
 */
export function parseCheckpoint(noteText: string): Checkpoint {
  const lines = noteText.split("\n");
  if (lines.pop() !== "") throw malformed("the text does not end in a newline");
  if (lines.includes("")) throw malformed("a line is empty");
  const [origin, size, root, ...extensions] = lines;
  if (origin === undefined || size === undefined || root === undefined) {
    throw malformed(`wanted at least 3 lines, found ${lines.length}`);
  }
  return {
    origin,
    size: parseDecimal(size, "checkpoint size"),
    root: parseHash(root, "checkpoint root"),
    extensions,
  };
}

/** The note text of `checkpoint`. @throws ParseError when a line of it is empty or has a newline */
export function encodeCheckpoint(checkpoint: Checkpoint): string {
  const { origin, size, root, extensions } = checkpoint;
  for (const line of [origin, ...extensions]) {
    if (line === "" || line.includes("\n")) throw malformed(`${quote(line)} is not a line`);
  }
  if (root.length !== 32) throw new TypeError(`Cannot encode a root of ${root.length} bytes`);
  if (!Number.isSafeInteger(size) || size < 0) throw new TypeError(`Cannot encode a size of ${size}`);
  return `${[origin, size, encodeBase64(root), ...extensions].join("\n")}\n`;
}

function malformed(why: string): ParseError {
  return new ParseError("malformed", `Cannot read checkpoint: ${why}`);
}
