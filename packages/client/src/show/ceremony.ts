// SPDX-License-Identifier: Apache-2.0
import type { KnownStatement } from "@countermark/formats";
import type { CeremonyDraft } from "../ceremony/draft.ts";

/** What a signature under this draft would do, in words, and every member that it covers. */
export function describeDraft({ statement, description }: CeremonyDraft): readonly string[] {
  const lines = [
    `${statement.kind}: ${MEANING[statement.kind] ?? "no meaning is known for it"}`,
    `  log: ${statement.origin}`,
    `  place: entry ${statement.seq} of ${"log" in statement ? "the index itself" : `the project ${statement.project}`}`,
    ...membersOf(statement).map(([name, value]) => `  ${name}: ${value}`),
  ];
  if (description === null) return lines;
  return [
    ...lines,
    "  the trust description that clients will get:",
    ...description
      .trim()
      .split("\n")
      .map((line) => `    ${line}`),
  ];
}

const MEANING: Partial<Record<KnownStatement["kind"], string>> = {
  "trust-changed": "these keys, and no other, countersign and rule the index from the next seal on",
  "rules-changed": "the ledger goes by these rules in two weeks",
  "index-role": "the index acts in this role, with this import phase, at once",
  sunset: "the index takes nothing new any more, for ever",
  "log-succeeded": "the log ends, and the one named goes on from it",
  "project-recovered": "the project goes to this configuration in three weeks, whoever can sign for it now",
  amended:
    "files that a withdrawal, yank or void of these entries took away are there again, with the same bytes",
  void: "takes back what is left of an earlier entry",
};

const COMMON: ReadonlySet<string> = new Set([
  "kind",
  "origin",
  "project",
  "seq",
  "time",
  "root",
  "log",
  "detail",
]);

function membersOf(statement: KnownStatement): readonly (readonly [string, string])[] {
  return Object.entries(statement)
    .filter(([name]) => !COMMON.has(name))
    .map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]);
}
