// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { OID_BYTES_MAX } from "../limits.ts";

type Known = { readonly content: Uint8Array; readonly dotted: string };

const SLOTS = 256;
const CONTENT_BYTES_MAX = 16;

/**
 * Identifiers read before, each in the slot of its hash: the same few dozen stand in every certificate, and one string for
 * each makes them quick to compare. A newcomer takes the slot.
 */
const slots: (Known | undefined)[] = Array.from({ length: SLOTS });

/**
 * Reads the content of an OBJECT IDENTIFIER that stands in `source` from `start` to `end`.
 *
 * @returns it in dotted form.
 * @throws ParseError `not-der`, `too-large`
 * @spec itu-x.690
 */
export function parseOid(source: Uint8Array, start: number, end: number, what: string): string {
  if (end - start > CONTENT_BYTES_MAX) return decode(source.subarray(start, end), what);
  let hash = 0;
  for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + (source[i] ?? 0)) & (SLOTS - 1);
  const known = slots[hash];
  if (known !== undefined && isAt(known.content, source, start, end)) return known.dotted;
  const content = source.slice(start, end);
  const dotted = decode(content, what);
  slots[hash] = { content, dotted };
  return dotted;
}

function isAt(content: Uint8Array, source: Uint8Array, start: number, end: number): boolean {
  if (content.length !== end - start) return false;
  for (let i = 0; i < content.length; i++) if (content[i] !== source[start + i]) return false;
  return true;
}

function decode(content: Uint8Array, what: string): string {
  if (content.length > OID_BYTES_MAX) {
    throw new ParseError(
      "too-large",
      `Cannot read ${what}: an OBJECT IDENTIFIER of ${content.length} bytes, at most ${OID_BYTES_MAX}`,
    );
  }
  const last = content[content.length - 1];
  if (last === undefined || last >= 0x80) throw badOid(what);
  let dotted = "";
  let value = 0;
  let fresh = true;
  for (const octet of content) {
    if (fresh && octet === 0x80) throw badOid(what);
    value = value * 128 + (octet & 0x7f);
    if (!Number.isSafeInteger(value)) throw badOid(what);
    fresh = octet < 0x80;
    if (!fresh) continue;
    if (dotted === "") {
      const root = value < 40 ? 0 : value < 80 ? 1 : 2;
      dotted = `${root}.${value - root * 40}`;
    } else {
      dotted += `.${value}`;
    }
    value = 0;
  }
  return dotted;
}

function badOid(what: string): ParseError {
  return new ParseError("not-der", `Cannot read ${what}: an OBJECT IDENTIFIER is not DER`);
}
