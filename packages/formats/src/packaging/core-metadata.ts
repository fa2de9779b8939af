// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { METADATA_BYTES_MAX } from "../limits.ts";
import { quote } from "../text/hex.ts";
import { parseUtf8 } from "../text/utf8.ts";

/** Field name in lower case -> its values, in order. Continued lines are joined by a newline. */
export type MetadataHeaders = ReadonlyMap<string, readonly string[]>;

/** As Python's email parser has it: it takes any other line for the end of the headers. */
const FIELD_NAME = /^[\x21-\x39\x3b-\x7e]+$/;

/**
 * Reads the header lines of METADATA or PKG-INFO, up to the first empty line. What two readers could split differently is
 * refused: a line that is no field, and a carriage return alone, which ends a line for Python and for few others.
 *
 * @throws ParseError `too-large`, `not-utf8`, `malformed`
 * @spec packaging.python.org core-metadata
 */
export function parseMetadataHeaders(bytes: Uint8Array): MetadataHeaders {
  if (bytes.length > METADATA_BYTES_MAX) {
    throw new ParseError("too-large", `Cannot read core metadata: ${bytes.length} bytes`);
  }
  const headers = new Map<string, string[]>();
  let last: string[] | null = null;
  for (const line of parseUtf8(bytes, "core metadata").split(/\r?\n/)) {
    if (line === "") break;
    if (line.includes("\r")) throw malformed(`the line ${quote(line)} has a carriage return in it`);
    if (line.startsWith(" ") || line.startsWith("\t")) {
      if (last === null) throw malformed("it begins with a continuation line");
      last.push(`${last.pop() ?? ""}\n${line.trim()}`);
      continue;
    }
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(0, colon)).toLowerCase();
    if (!FIELD_NAME.test(name)) throw malformed(`the line ${quote(line)} is not a header`);
    const values: string[] = headers.get(name) ?? [];
    values.push(line.slice(colon + 1).trim());
    headers.set(name, values);
    last = values;
  }
  return headers;
}

function malformed(found: string): ParseError {
  return new ParseError("malformed", `Cannot read core metadata: ${found}`);
}
