// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { PROOF_HASHES_MAX, WITNESS_REQUEST_BYTES_MAX } from "../limits.ts";
import { encodeBase64 } from "../text/base64.ts";
import { type Bytes, concat, utf8 } from "../text/bytes.ts";
import { parseUtf8 } from "../text/utf8.ts";
import { parseDecimal } from "./decimal.ts";
import { parseHash } from "./hash-line.ts";
import { encodeSignatureLine, type NoteSignature, parseSignatureLines } from "./note.ts";

/** The body of `POST add-checkpoint`. @spec c2sp.org/tlog-witness#add-checkpoint */
export interface AddCheckpoint {
  readonly oldSize: number;
  /** Consistency proof from `oldSize` to the checkpoint's size. */
  readonly proof: readonly Uint8Array[];
  /** The checkpoint's note, not parsed. */
  readonly checkpoint: Uint8Array;
}

/** The media type of a 409's body. */
export const TREE_SIZE_TYPE = "text/x.tlog.size";

/**
 * Reads `old <size>`, proof lines, an empty line, a checkpoint.
 *
 * @throws ParseError `too-large`, `too-many`, `not-utf8`, `malformed`, `not-canonical`, `out-of-range`, `not-base64`
 */
export function parseAddCheckpoint(bytes: Uint8Array): AddCheckpoint {
  if (bytes.length > WITNESS_REQUEST_BYTES_MAX) {
    throw new ParseError("too-large", `Cannot read add-checkpoint: ${bytes.length} bytes`);
  }
  const text = parseUtf8(bytes, "add-checkpoint");
  const split = text.indexOf("\n\n");
  if (split < 0) throw malformed("no empty line before the checkpoint");
  const [oldLine, ...lines] = text.slice(0, split).split("\n");
  if (oldLine === undefined || !oldLine.startsWith("old ")) throw malformed("it has no old line");
  if (lines.length > PROOF_HASHES_MAX) {
    throw new ParseError("too-many", `Cannot read add-checkpoint: ${lines.length} proof lines`);
  }
  return {
    oldSize: parseDecimal(oldLine.slice(4), "old size"),
    proof: lines.map((line) => parseHash(line, "consistency proof")),
    checkpoint: utf8(text.slice(split + 2)),
  };
}

export function encodeAddCheckpoint({ oldSize, proof, checkpoint }: AddCheckpoint): Bytes {
  const lines = [`old ${oldSize}`, ...proof.map(encodeBase64)];
  return concat(utf8(`${lines.join("\n")}\n\n`), checkpoint);
}

/** Reads the body of a 200: one or more signature lines. @throws ParseError as parseNote */
export function parseCosignatureLines(bytes: Uint8Array): NoteSignature[] {
  if (bytes.length > WITNESS_REQUEST_BYTES_MAX) {
    throw new ParseError("too-large", `Cannot read cosignatures: ${bytes.length} bytes`);
  }
  return parseSignatureLines(parseUtf8(bytes, "cosignatures"));
}

export function encodeCosignatureLines(signatures: readonly NoteSignature[]): Bytes {
  return utf8(signatures.map(encodeSignatureLine).join(""));
}

/** Reads the body of a 409: the size of the witness's latest tree, and a newline. @throws ParseError `malformed`, `not-canonical` */
export function parseTreeSize(bytes: Uint8Array): number {
  const text = parseUtf8(bytes, "tree size");
  if (!text.endsWith("\n")) throw malformed("a tree size does not end in a newline");
  return parseDecimal(text.slice(0, -1), "tree size");
}

export function encodeTreeSize(size: number): Bytes {
  return utf8(`${size}\n`);
}

function malformed(why: string): ParseError {
  return new ParseError("malformed", `Cannot read add-checkpoint: ${why}`);
}
