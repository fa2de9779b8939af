// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { NOTE_BYTES_MAX, NOTE_SIGNATURES_MAX } from "../limits.ts";
import { encodeBase64, parseBase64 } from "../text/base64.ts";
import { type Bytes, concat, utf8 } from "../text/bytes.ts";
import { quote } from "../text/hex.ts";
import { parseUtf8 } from "../text/utf8.ts";

/** A signed note, of which nothing is believed yet. `text` ends in a newline. @spec c2sp.org/signed-note */
export interface Note {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** One signature line: `— <name> base64(key id (4 bytes) || signature)`. */
export interface NoteSignature {
  readonly name: string;
  readonly keyId: Uint8Array;
  readonly signature: Uint8Array;
}

/**
 * Reads a signed note: text, an empty line (the last one), one or more signature lines.
 *
 * @throws ParseError `too-large`, `too-many`, `not-utf8`, `malformed`, `not-base64`, `truncated`
 * @spec c2sp.org/signed-note
 */
export function parseNote(bytes: Uint8Array): Note {
  if (bytes.length > NOTE_BYTES_MAX) {
    throw new ParseError(
      "too-large",
      `Cannot read note: ${bytes.length} bytes, at most ${NOTE_BYTES_MAX} are allowed`,
    );
  }
  const whole = parseUtf8(bytes, "note");
  requireNoControls(whole);
  const split = whole.lastIndexOf("\n\n");
  if (split <= 0) throw malformed("no empty line parts the text from its signatures");
  return { text: whole.slice(0, split + 1), signatures: parseSignatureLines(whole.slice(split + 2)) };
}

/** The bytes of `note`. @throws ParseError when a text, a name or the number of signatures is not a note's */
export function encodeNote(note: Note): Bytes {
  requireNoControls(note.text);
  if (!note.text.endsWith("\n")) throw malformed("the text does not end in a newline");
  if (note.signatures.length === 0) throw malformed("it has no signature line");
  return utf8(`${note.text}\n${note.signatures.map(encodeSignatureLine).join("")}`);
}

/**
 * Reads one or more signature lines, each ending in a newline: the tail of a note, or a witness's answer.
 *
 * @throws ParseError `malformed`, `too-many`, `not-base64`, `truncated`
 */
export function parseSignatureLines(text: string): NoteSignature[] {
  if (!text.endsWith("\n")) throw malformed("the signature lines do not end in a newline");
  const lines = text.slice(0, -1).split("\n");
  if (lines.length > NOTE_SIGNATURES_MAX) {
    throw new ParseError(
      "too-many",
      `Cannot read note: ${lines.length} signatures, at most ${NOTE_SIGNATURES_MAX} are allowed`,
    );
  }
  return lines.map(parseSignatureLine);
}

/** `signature` as a line, with its newline. */
export function encodeSignatureLine(signature: NoteSignature): string {
  requireKeyName(signature.name);
  return `— ${signature.name} ${encodeBase64(concat(signature.keyId, signature.signature))}\n`;
}

/** Refuses what is no key name: empty, or with a Unicode space, a plus sign or a control character. @throws ParseError `malformed` */
export function requireKeyName(name: string): void {
  // U+0085 is a Unicode space that \s leaves out.
  if (!/^[^\s+\u0000-\u001f\u0085]+$/u.test(name)) throw malformed(`${quote(name)} is not a key name`);
}

function parseSignatureLine(line: string): NoteSignature {
  const parts = line.split(" ");
  const [dash, name, encoded] = parts;
  if (parts.length !== 3 || dash !== "—" || name === undefined || encoded === undefined) {
    throw malformed(`${quote(line)} is not a signature line`);
  }
  requireKeyName(name);
  const bytes = parseBase64(encoded, "note signature");
  if (bytes.length < 5) {
    throw new ParseError("truncated", `Cannot read note: a signature of ${bytes.length} bytes`);
  }
  return { name, keyId: bytes.subarray(0, 4), signature: bytes.subarray(4) };
}

function requireNoControls(text: string): void {
  if (/[\u0000-\u0009\u000b-\u001f]/.test(text)) throw malformed("it has a control character");
}

function malformed(why: string): ParseError {
  return new ParseError("malformed", `Cannot read note: ${why}`);
}
