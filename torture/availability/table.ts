// SPDX-License-Identifier: Apache-2.0
import { steady } from "@countermark/testkit";
import type { Reply } from "./operations.ts";

/** What was seen while one thing was down. */
export interface Row {
  readonly down: string;
  /** Operation -> how it ended. */
  readonly replies: ReadonlyMap<string, Reply & { readonly who: string }>;
  /** The last thing that the index's log says; empty when it says nothing. */
  readonly operator: string;
}

const BEGIN = "<!-- availability: written by npm run torture -- --table, not by hand -->";
const END = "<!-- availability: end -->";

/** The document with `rows` as its table, and the words under it. @throws when it has no markers */
export function withTable(text: string, rows: readonly Row[], operations: readonly string[]): string {
  const part = partOf(text);
  const lines = [
    `| down | ${operations.join(" | ")} |`,
    `|---|${operations.map(() => "---").join("|")}|`,
    ...rows.map((row) => rowOf(row, operations)),
    "",
    "The words that were seen:",
    "",
    ...rows.flatMap(wordsOf),
  ];
  return text.replace(`${BEGIN}${part}${END}`, () => `${BEGIN}\n\n${lines.join("\n")}\n\n${END}`);
}

/** The table that a document has: its first cells, and its headings after the first. */
export function readTable(text: string): {
  readonly rows: readonly string[];
  readonly operations: readonly string[];
} {
  const [head = [], , ...rows] = partOf(text)
    .split("\n")
    .filter((line) => line.startsWith("| ") || line.startsWith("|-"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  return { rows: rows.map(([down = ""]) => down), operations: head.slice(1) };
}

function rowOf({ down, replies }: Row, operations: readonly string[]): string {
  const cells = operations.map((name) => {
    const kind = replies.get(name)?.kind ?? "not tried";
    return kind === "works" ? kind : `**${kind}**`;
  });
  return `| ${[down, ...cells].join(" | ")} |`;
}

/** Each thing that was said, once, with whom it was said to. What works says nothing here. */
function wordsOf({ down, replies, operator }: Row): readonly string[] {
  const said = new Map<string, Set<string>>();
  for (const { kind, words, who } of replies.values()) {
    if (kind === "works" || words === "") continue;
    const key = steady(words);
    said.set(key, (said.get(key) ?? new Set()).add(who));
  }
  const lines = [...said].map(([words, who]) => `  - ${[...who].join(", ")}: ${code(words)}`);
  if (operator !== "") lines.push(`  - the index's log: ${code(steady(operator))}`);
  return lines.length === 0 ? [] : [`- **${down}**`, ...lines];
}

function code(words: string): string {
  return `\`${words.replaceAll("`", "'")}\``;
}

function partOf(text: string): string {
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from)
    throw new Error(`There is no place for the table: it needs the lines\n${BEGIN}\n${END}`);
  return text.slice(from + BEGIN.length, to);
}
