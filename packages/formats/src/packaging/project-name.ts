// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { PROJECT_NAME_CHARS_MAX } from "../limits.ts";
import { quote } from "../text/hex.ts";

/**
 * Reads a project name as its owner spells it: ASCII letters, digits, `.`, `_`, `-`; a letter or digit at both ends.
 *
 * @throws ParseError `too-large`, `malformed`
 * @spec packaging.python.org name-normalization
 */
export function parseProjectName(text: string): string {
  if (text.length > PROJECT_NAME_CHARS_MAX) {
    throw new ParseError("too-large", `Cannot read a project name: ${text.length} characters`);
  }
  if (!/^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(text)) {
    throw new ParseError("malformed", `Cannot read a project name: ${quote(text)} is not one`);
  }
  return text;
}

/**
 * The one spelling under which a project is found: lower case, runs of `-`, `_` and `.` become one `-`.
 *
 * @throws ParseError as {@link parseProjectName}
 * @spec packaging.python.org name-normalization (PEP 503)
 */
export function normalizeProjectName(text: string): string {
  return parseProjectName(text)
    .replaceAll(/[-_.]+/g, "-")
    .toLowerCase();
}
