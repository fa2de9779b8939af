// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Decodes UTF-8, refusing what is not. A byte order mark stays in the text, where a grammar will refuse it. @throws ParseError `not-utf8` */
export function parseUtf8(bytes: Uint8Array, what: string): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new ParseError("not-utf8", `Cannot read ${what}: the bytes are not UTF-8`, { cause });
  }
}
