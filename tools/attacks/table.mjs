// SPDX-License-Identifier: Apache-2.0
// The table of attacks in a document: between two markers, a heading for each hostile party, a row for each file.

import { basename, dirname, relative } from "node:path/posix";
import { filesLike } from "../source.mjs";

const BEGIN = "<!-- attacks: written by the runner, not by hand -->";
const END = "<!-- attacks: end -->";
const HEAD = ["| what is tried | what stops it | who notices, *when* | what they see |", "|---|---|---|---|"];
const LINK = /^\| \[[^\]]*\]\(([^)]+)\)/;

/**
 * What a document shows: file (relative to the root) -> its party's heading and its row as one line.
 * Throws when the document has no markers.
 */
export function readTable(text, document) {
  const rows = new Map();
  let heading = null;
  for (const line of partOf(text, document).split("\n")) {
    if (line.startsWith("### ")) heading = line.slice(4);
    const target = LINK.exec(line)?.[1];
    if (target === undefined) continue;
    const file = relative(".", `${dirname(document)}/${target}`);
    if (rows.has(file)) throw new Error(`${document}: two rows of ${file}`);
    rows.set(file, { heading, row: line });
  }
  return rows;
}

/** The document with `rows` as its table. `headings` gives their order; what has no row has no heading. */
export function withTable(text, document, rows, headings) {
  const files = [...rows.keys()].sort();
  const groups = headings.flatMap((heading) => {
    const found = files.map((file) => rows.get(file)).filter((entry) => entry.heading === heading);
    if (found.length === 0) return [];
    return [["", `### ${heading}`, "", ...HEAD, ...found.map(({ row }) => row)].join("\n")];
  });
  const part = partOf(text, document);
  return text.replace(`${BEGIN}${part}${END}`, () => `${BEGIN}\n${groups.join("\n")}\n\n${END}`);
}

/** The row of an attack that was run. */
export function rowOf(file, document, record) {
  const link = relative(dirname(document), file);
  const byWho = Map.groupBy(record.seen, ({ who }) => who);
  const seen = [...byWho].map(
    ([who, said]) => `${plain(who)}: ${said.map(({ words }) => code(words)).join("<br>or ")}`,
  );
  const cells = [
    `[${plain(record.tries)}](${link})`,
    plain(record.stoppedBy),
    `${plain(record.noticedBy)}<br>*${plain(record.when)}*`,
    seen.join("<br>"),
  ];
  return `| ${cells.join(" | ")} |`;
}

/** The attacks of a folder: every test file in it is one. */
export function attacksIn(folder) {
  return filesLike(`${folder}/*.test.ts`);
}

/** The name of an attack: its file's. */
export function nameOf(file) {
  return basename(file, ".test.ts");
}

function partOf(text, document) {
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from)
    throw new Error(`${document} has no place for the table: it needs the lines\n${BEGIN}\n${END}`);
  return text.slice(from + BEGIN.length, to);
}

function plain(text) {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll(/[[\]]/g, "\\$&");
}

/** A code span; with more backticks around it than it holds. */
function code(words) {
  const ticks = "`".repeat(1 + Math.max(0, ...[...words.matchAll(/`+/g)].map(([run]) => run.length)));
  const space = words.startsWith("`") || words.endsWith("`") ? " " : "";
  return `${ticks}${space}${words.replaceAll("|", "\\|")}${space}${ticks}`;
}
