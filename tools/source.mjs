// SPDX-License-Identifier: Apache-2.0
// What the checks share: where the sources are, and how to read one without its comments.

import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Paths relative to the root, sorted, with forward slashes. */
export function filesLike(...patterns) {
  const found = patterns.flatMap((pattern) => globSync(pattern, { cwd: ROOT }));
  return [...new Set(found.map((path) => path.replaceAll("\\", "/")))]
    .filter((path) => !path.includes("node_modules"))
    .sort();
}

export function read(path) {
  return readFileSync(join(ROOT, path), "utf8");
}

/**
 * The source without comments, and without what is inside strings unless `keepStrings`; line breaks stay, so line numbers hold.
 * A regular expression literal is recognised by what stands before its slash.
 */
export function withoutComments(source, keepStrings) {
  const TOKENS =
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`|(?<=[(,=:[!&|?{};\n]\s*|return\s)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/g;
  return source.replace(TOKENS, (token) => {
    if (token.startsWith("//") || token.startsWith("/*")) return token.replace(/[^\n]/g, " ");
    if (keepStrings) return token;
    // What stands in ${...} is code: it stays.
    if (token.startsWith("`")) return token.replace(/(\$\{[^}]*\})|[^\n`]/g, (_, code) => code ?? " ");
    if (token.startsWith("/")) return `/${token.slice(1).replace(/[^\n]/g, " ")}`;
    return token.charAt(0) + " ".repeat(token.length - 2) + token.charAt(0);
  });
}

export function lineOf(source, offset) {
  return source.slice(0, offset).split("\n").length;
}

/** Prints the problems and ends with status 1, or prints the sentence. */
export function conclude(problems, sentence) {
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exit(1);
  console.log(sentence);
}
