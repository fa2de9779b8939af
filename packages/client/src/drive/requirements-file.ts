// SPDX-License-Identifier: Apache-2.0
import type { Env } from "../settings.ts";

export type RequirementLine = {
  /** Of the first line that it was joined from, counted from 1. */
  readonly number: number;
  /** As the installer takes it: lines joined, comments gone, variables filled in. */
  readonly text: string;
  /** Its words without quotes, as an installer splits options. */
  readonly words: readonly string[];
};

/** Where Python's `str.splitlines` ends a line: more places than a text editor does. */
const LINE_END = /\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]/;
/** The encodings that are read like UTF-8 as far as options go. */
const PLAIN_ENCODING = /^(?:utf-?8(?:-sig)?|us-ascii|ascii|latin-?1|iso-?8859-?1(?:5)?)$/i;

/**
 * The lines of a requirements file as pip reads them. Whatever pip takes for an option is a word here; what only looks like one may be too.
 *
 * @returns null where the bytes would be read in another encoding, and say something else then
 * @spec pip.pypa.io/en/stable/reference/requirements-file-format
 */
export function readRequirementLines(bytes: Uint8Array, env: Env): readonly RequirementLine[] | null {
  const text = decode(bytes);
  if (text === null) return null;
  const lines: RequirementLine[] = [];
  const add = (line: string, number: number): void => {
    const stripped = expand(line.replace(/(^|\s+)#.*$/, "").trim(), env);
    if (stripped !== "") lines.push({ number, text: stripped, words: splitWords(stripped) });
  };
  const physical = text.split(LINE_END);
  for (const [i, line] of physical.entries()) {
    // A comment that ends in a backslash swallows the next line for pip, and not for uv.
    if (/^\s*[^#\s].*\s#.*\\$/.test(line)) add(physical[i + 1] ?? "", i + 2);
  }
  for (const { number, text: joined } of joinLines(physical)) add(joined, number);
  return lines;
}

/** UTF-8 text without its mark; null for what has another mark, a declared encoding that is not plain, or a NUL. */
function decode(bytes: Uint8Array): string | null {
  const raw = Buffer.from(bytes);
  if (raw.includes(0) || /^(?:\xff\xfe|\xfe\xff)/.test(raw.toString("latin1", 0, 2))) return null;
  for (const line of raw.toString("latin1").split("\n").slice(0, 2)) {
    const declared = line.startsWith("#") ? /coding[:=]\s*([-\w.]+)/.exec(line)?.[1] : undefined;
    if (declared !== undefined && !PLAIN_ENCODING.test(declared)) return null;
  }
  return raw.toString("utf8").replace(/^\ufeff/, "");
}

/** A line that ends in a backslash goes on in the next one, except where that is a comment. */
function* joinLines(lines: readonly string[]): Generator<{ number: number; text: string }> {
  let begun: { number: number; text: string } | null = null;
  for (const [i, line] of lines.entries()) {
    const isComment = /^\s*#/.test(line);
    const before: { number: number; text: string } = begun ?? { number: i + 1, text: "" };
    const own = isComment ? ` ${line}` : line;
    if (line.endsWith("\\") && !isComment) {
      begun = { number: before.number, text: before.text + line.replaceAll(/^\\+|\\+$/g, "") };
    } else {
      yield { number: before.number, text: before.text + own };
      begun = null;
    }
  }
  if (begun !== null) yield begun;
}

/** `${NAME}` is what the environment has, if it has something. */
function expand(line: string, env: Env): string {
  return line.replaceAll(/\$\{([A-Z0-9_]+)\}/g, (whole, name: string) => env[name] || whole).trim();
}

/** Splits as a POSIX shell does, without expansions; an open quote ends with the line. */
export function splitWords(text: string): readonly string[] {
  const words: string[] = [];
  for (const [word] of text.matchAll(/(?:"(?:\\.|[^"\\])*"?|'[^']*'?|\\.?|[^\s"'\\])+/g)) {
    words.push(
      word.replaceAll(
        /"((?:\\.|[^"\\])*)"?|'([^']*)'?|\\(.?)/g,
        (_, double?: string, single?: string, escaped?: string) =>
          double?.replaceAll(/\\(["\\])/g, "$1") ?? single ?? escaped ?? "",
      ),
    );
  }
  return words;
}
