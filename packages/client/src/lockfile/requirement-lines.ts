// SPDX-License-Identifier: Apache-2.0
import { ParseError, parseUtf8 } from "@countermark/formats";
import type { Env } from "../settings.ts";
import { badLock, LOCK_FILE_LIMITS } from "./lock-file.ts";

/** One logical line of a requirements file: continued lines joined, comments gone, variables filled in. */
export type RequirementLine = {
  /** For messages: the file and the number of the line it begins on. */
  readonly place: string;
  readonly text: string;
};

const COMMENT = /(^|\s)#.*$/;
/** Ends a line for pip, and not for uv: what follows one would be a requirement for pip alone. */
const LINE_END_OF_PIP = /[\v\f\x1c-\x1e\x85\u2028\u2029]/;
/** White space for one of pip and this reader, and not for the other; or nothing that a file's name should hold. */
const ODD_SPACE = /[\0\x1f\ufeff]/;
const VARIABLE = /\$\{([A-Z0-9_]+)\}/g;

/**
 * Splits a requirements file into its lines, as pip does. What pip and uv would split differently is refused: a comment that
 * ends with a backslash swallows the next line for one and not for the other.
 *
 * @throws ClientError `bad-lock-file`
 * @spec pip.pypa.io/en/stable/reference/requirements-file-format
 */
export function requirementLines(bytes: Uint8Array, file: string, env: Env): readonly RequirementLine[] {
  if (bytes.length > LOCK_FILE_LIMITS.bytesMax) throw badLock(file, `it has ${bytes.length} bytes`);
  const lines: RequirementLine[] = [];
  let begun = 0;
  let joined = "";
  const finish = (text: string, number: number): void => {
    const place = `${file}, line ${begun === 0 ? number : begun}`;
    const filled = text.trim().replaceAll(VARIABLE, (whole, name: string) => env[name] || whole);
    if (filled !== "") lines.push({ place, text: filled });
    begun = 0;
    joined = "";
  };
  decode(bytes, file)
    .split(/\r\n|\n|\r/)
    .forEach((line, i) => {
      const place = `${file}, line ${i + 1}`;
      if (LINE_END_OF_PIP.test(line))
        throw badLock(place, "a character in it ends a line for pip, and not for uv");
      if (ODD_SPACE.test(line)) throw badLock(place, "a character in it is a space for some readers only");
      if (joined.length + line.length > LOCK_FILE_LIMITS.textCharsMax * 64)
        throw badLock(place, "it is too long");
      const bare = line.replace(COMMENT, "");
      if (bare !== line && line.endsWith("\\")) throw badLock(place, "a comment ends with a backslash");
      if (bare === line && line.endsWith("\\")) {
        if (begun === 0) begun = i + 1;
        joined += line.replace(/^\\+|\\+$/g, "");
        return;
      }
      finish(joined + bare, i + 1);
    });
  if (begun !== 0) throw badLock(file, "its last line ends with a backslash");
  return lines;
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    return parseUtf8(bytes, file);
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    throw badLock(file, cause.message, cause);
  }
}
