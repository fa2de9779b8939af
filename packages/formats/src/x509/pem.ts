// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { encodeBase64, parseBase64 } from "../text/base64.ts";
import type { Bytes } from "../text/bytes.ts";
import { quote } from "../text/hex.ts";

export type PemLabel = "CERTIFICATE" | "CERTIFICATE REQUEST" | "PUBLIC KEY" | "PRIVATE KEY";

/** `strict`: lines of 64 characters. `lax`: of any length, where others wrote the text and all of it is compared. @spec rfc7468#2 */
export type PemWrapping = "strict" | "lax";

const LINE_CHARS = 64;
const PEM_BLOCKS_MAX = 16;

/** `der` as one PEM block, with a line feed at the end. @spec rfc7468#2 */
export function encodePem(label: PemLabel, der: Uint8Array): string {
  const lines = encodeBase64(der).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

/**
 * Reads one or more PEM blocks of one label and nothing else: no text around them, lines of 64 characters.
 *
 * @throws ParseError `malformed`, `too-many`, `not-base64`
 * @spec rfc7468#3 (strict)
 */
export function parsePem(
  text: string,
  label: PemLabel,
  what: string,
  wrapping: PemWrapping = "strict",
): readonly Bytes[] {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  // Not by a pattern anchored at the end only: that is quadratic in the line feeds before a last character.
  while (lines.length > 1 && lines.at(-1) === "") lines.pop();
  const blocks: Bytes[] = [];
  for (let at = 0; at < lines.length; at++) {
    if (blocks.length === PEM_BLOCKS_MAX) {
      throw new ParseError("too-many", `Cannot read ${what}: more than ${PEM_BLOCKS_MAX} PEM blocks`);
    }
    if (lines[at] !== `-----BEGIN ${label}-----`) throw malformed(lines[at] ?? "", `BEGIN ${label}`, what);
    const end = lines.indexOf(`-----END ${label}-----`, at);
    if (end < 0) throw malformed("the end of the text", `END ${label}`, what);
    blocks.push(parseBase64(joinLines(lines.slice(at + 1, end), what, wrapping), what));
    at = end;
  }
  return blocks;
}

/** Reads exactly one PEM block. @throws ParseError `malformed`, `too-many`, `not-base64` */
export function parsePemBlock(
  text: string,
  label: PemLabel,
  what: string,
  wrapping: PemWrapping = "strict",
): Bytes {
  const [block, ...more] = parsePem(text, label, what, wrapping);
  if (block === undefined || more.length > 0) {
    throw new ParseError("too-many", `Cannot read ${what}: wanted one PEM block, found ${more.length + 1}`);
  }
  return block;
}

function joinLines(lines: readonly string[], what: string, wrapping: PemWrapping): string {
  const wrapped =
    wrapping === "lax" ||
    lines.every((line, i) =>
      i === lines.length - 1 ? line.length <= LINE_CHARS : line.length === LINE_CHARS,
    );
  if (!wrapped) throw new ParseError("not-canonical", `Cannot read ${what}: PEM lines have 64 characters`);
  return lines.join("");
}

function malformed(found: string, wanted: string, what: string): ParseError {
  return new ParseError(
    "malformed",
    `Cannot read ${what}: wanted "-----${wanted}-----", found ${quote(found)}`,
  );
}
