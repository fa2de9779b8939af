// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { PROOF_HASHES_MAX, TLOG_PROOF_BYTES_MAX } from "../limits.ts";
import { encodeBase64, parseBase64 } from "../text/base64.ts";
import { type Bytes, concat, utf8 } from "../text/bytes.ts";
import { parseUtf8 } from "../text/utf8.ts";
import { parseDecimal } from "./decimal.ts";
import { parseHash } from "./hash-line.ts";

/** A proof that an entry is logged, checkable offline. @spec c2sp.org/tlog-proof */
export interface TlogProof {
  /** Not authenticated by anything in the proof. */
  readonly extra: Uint8Array | null;
  readonly index: number;
  /** From the leaf's sibling up. */
  readonly hashes: readonly Uint8Array[];
  /** The checkpoint's whole note, verbatim. */
  readonly checkpoint: Uint8Array;
}

const HEADER = "c2sp.org/tlog-proof@v1";

/**
 * Reads a tlog-proof. Its checkpoint is not parsed here.
 *
 * @throws ParseError `too-large`, `too-many`, `not-utf8`, `malformed`, `not-base64`, `not-canonical`, `out-of-range`
 * @spec c2sp.org/tlog-proof#format
 */
export function parseTlogProof(bytes: Uint8Array): TlogProof {
  if (bytes.length > TLOG_PROOF_BYTES_MAX) {
    throw new ParseError("too-large", `Cannot read tlog-proof: ${bytes.length} bytes`);
  }
  const text = parseUtf8(bytes, "tlog-proof");
  // No line before the checkpoint is empty, so that the first empty line parts the two.
  const split = text.indexOf("\n\n");
  if (split < 0) throw malformed("no empty line before the checkpoint");
  const lines = text.slice(0, split).split("\n");
  if (lines.shift() !== HEADER) throw malformed(`the first line is not ${HEADER}`);
  const extra = lines[0]?.startsWith("extra ") ? parseBase64(lines[0].slice(6), "tlog-proof extra") : null;
  if (extra !== null) lines.shift();
  const indexLine = lines.shift();
  if (indexLine === undefined || !indexLine.startsWith("index ")) throw malformed("it has no index line");
  if (lines.length > PROOF_HASHES_MAX) {
    throw new ParseError("too-many", `Cannot read tlog-proof: ${lines.length} hashes`);
  }
  return {
    extra,
    index: parseDecimal(indexLine.slice(6), "tlog-proof index"),
    hashes: lines.map((line) => parseHash(line, "tlog-proof hash")),
    checkpoint: utf8(text.slice(split + 2)),
  };
}

/** The bytes of `proof`. */
export function encodeTlogProof(proof: TlogProof): Bytes {
  const lines = [
    HEADER,
    ...(proof.extra === null ? [] : [`extra ${encodeBase64(proof.extra)}`]),
    `index ${proof.index}`,
    ...proof.hashes.map(encodeBase64),
  ];
  return concat(utf8(`${lines.join("\n")}\n\n`), proof.checkpoint);
}

function malformed(why: string): ParseError {
  return new ParseError("malformed", `Cannot read tlog-proof: ${why}`);
}
