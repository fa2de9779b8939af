// SPDX-License-Identifier: Apache-2.0
import type { JsonInput } from "@countermark/formats";
import { type LockDecision, publisherRecordFor, showIdentity } from "@countermark/verify";
import type { CheckedFile } from "../today/check-lock.ts";
import { nameOf, statusRemark } from "../today/check-package.ts";
import type { RememberedPackage } from "../today/remember.ts";
import { showTime } from "./attested.ts";
import { describeError } from "./describe-error.ts";
import type { Output } from "./output.ts";
import { encodePublisherJson } from "./publisher-json.ts";

type JsonMembers = { readonly [name: string]: JsonInput };

/** How many of each there are: files unless the name says otherwise. */
export type CheckCoverage = {
  readonly packages: number;
  readonly files: number;
  /** The index lists them as the lock has them, and nothing that is said of them is wrong. */
  readonly held: number;
  readonly attested: number;
  readonly refused: number;
  /** Packages that are on no index: kind -> how many. */
  readonly others: ReadonlyMap<string, number>;
};

const OTHER_WORDS: Readonly<Record<string, string>> = {
  git: "from Git",
  url: "from a URL",
  path: "from a path",
  editable: "editable",
  "this-project": "this project",
};
/** So many names of a kind are said; the rest is a number. */
const NAMES_MAX = 12;

export function coverageOf(packages: readonly RememberedPackage[]): CheckCoverage {
  const onIndex = packages.filter(({ item }) => item.source.kind === "index");
  const files = onIndex.flatMap((found) => (found.problem === null ? found.files : []));
  const others = new Map<string, number>();
  for (const { item } of packages) {
    if (item.source.kind !== "index") others.set(item.source.kind, (others.get(item.source.kind) ?? 0) + 1);
  }
  const held = files.filter(({ problem }) => problem === null);
  return {
    packages: onIndex.length,
    files: onIndex.reduce((sum, { item }) => sum + item.files.length, 0),
    held: held.length,
    attested: held.filter(({ attested }) => attested !== null).length,
    refused: problemsOf(packages).length,
    others,
  };
}

/** Everything that was refused, in the order of the lock. */
export function problemsOf(packages: readonly RememberedPackage[]): readonly unknown[] {
  return packages.flatMap(({ problem, files }) =>
    problem === null ? files.flatMap((file) => (file.problem === null ? [] : [file.problem])) : [problem],
  );
}

/** The last line: `4 packages, 8 files: 8 as the index lists them, 2 attested, 6 not attested; not on an index: 1 from Git`. */
export function coverageLine({ packages, files, held, attested, refused, others }: CheckCoverage): string {
  const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;
  const parts = [
    `${held} as the index lists them`,
    `${attested} attested`,
    `${held - attested} not attested`,
  ];
  if (refused > 0) parts.push(`${refused} refused`);
  const words = [...others].map(([kind, number]) => `${number} ${OTHER_WORDS[kind] ?? kind}`);
  const elsewhere = words.length === 0 ? "" : `; not on an index, not checked: ${words.join(", ")}`;
  return `${count(packages, "package")}, ${count(files, "file")}: ${parts.join(", ")}${elsewhere}`;
}

/** Says what a reader should know: what is new, what is weak, what was refused. What is as it was goes into the last line. */
export function sayCheckedLock(packages: readonly RememberedPackage[], out: Output): void {
  for (const found of packages) {
    sayRemembered(found, out);
    for (const remark of remarksOf(found)) {
      out.say(`${out.paint("warning", "note:")} ${nameOf(found.item)}: ${remark}`);
    }
  }
  sayUnattested(packages, out);
  sayElsewhere(packages, out);
  for (const problem of problemsOf(packages)) {
    const { code, message } = describeError(problem);
    out.say(`${out.paint("bad", "refused:")} ${message} [${code}]`);
  }
}

/** One line for each identity that a package has, and what memory says of it. */
function sayRemembered({ item, files, decisions }: RememberedPackage, out: Output): void {
  const lines = new Map<string, number>();
  for (const file of files) {
    if (file.attested === null || file.problem !== null) continue;
    const known = memoryWords(decisions.get(file));
    if (known === null) continue;
    const line = `attested by ${showIdentity(publisherRecordFor(file.attested.identity))}; ${known}`;
    lines.set(line, (lines.get(line) ?? 0) + 1);
  }
  for (const [line, number] of lines) {
    out.say(`${out.paint("strong", nameOf(item))}: ${number === 1 ? "1 file" : `${number} files`} ${line}`);
  }
}

/** Null: as it was, which needs no line. */
function memoryWords(decision: LockDecision | undefined): string | null {
  switch (decision?.kind) {
    case "first-use":
      return "remembered from now on: who should publish it is the index's word today";
    case "newly-attested":
      return "remembered from now on: it was not attested before";
    case "identity-changed":
    case "index-changed":
      return "remembered from now on: you accepted the change";
    case undefined:
    case "same-file":
    case "same-identity":
    case "still-unattested":
    case "older-than-attested":
    case "attestation-lost":
    case "file-changed":
      return null;
  }
}

function remarksOf({ item, page, files, history, decisions }: RememberedPackage): readonly string[] {
  const remarks: string[] = [];
  const status = page === null ? null : statusRemark(page.status);
  if (status !== null) remarks.push(status);
  const held = files.filter(({ problem }) => problem === null);
  const yanked = held.find((file) => file.yanked !== null);
  if (yanked !== undefined) {
    remarks.push(`yanked${yanked.yanked === "" ? "" : `, because ${JSON.stringify(yanked.yanked)}`}`);
  }
  const bare = held.filter(({ attested }) => attested === null);
  if (bare.length > 0 && history?.kind === "attested-before") {
    remarks.push(`not attested, and ${history.version} of the same line is, says the index`);
  }
  if (bare.length > 0 && history?.kind === "partly-attested") {
    remarks.push(
      `${bare.length} of ${held.length} files not attested, and others of this version are, says the index`,
    );
  }
  const hidden = held.find(({ hiddenSince }) => hiddenSince !== null);
  if (hidden !== undefined && hidden.hiddenSince !== null) {
    remarks.push(
      `the index no longer lists its attestations; a copy of ${showTime(hidden.hiddenSince)} holds`,
    );
  }
  const lost = held.find((file) => decisions.get(file)?.kind === "attestation-lost");
  if (lost !== undefined) remarks.push("not attested any more: you accepted it");
  if (item.files.length === 0 && item.source.kind === "index") remarks.push("the lock names no file of it");
  return remarks;
}

function sayUnattested(packages: readonly RememberedPackage[], out: Output): void {
  const names = packages
    .filter(({ problem, files }) => problem === null && files.some((file) => isBare(file)))
    .map(({ item, files }) => (files.every(isBare) ? nameOf(item) : `${nameOf(item)} in part`));
  if (names.length > 0) out.say(`not attested, so that nobody says who published it: ${listNames(names)}`);
}

function isBare({ problem, attested }: CheckedFile): boolean {
  return problem === null && attested === null;
}

function sayElsewhere(packages: readonly RememberedPackage[], out: Output): void {
  for (const { item } of packages) {
    const { source } = item;
    if (source.kind === "index" || source.kind === "this-project") continue;
    const digest = source.kind === "url" ? ", of the SHA-256 in the lock" : "";
    out.say(
      `${nameOf(item)}: ${OTHER_WORDS[source.kind]}, ${source.place}: on no index, not checked${digest}`,
    );
  }
}

function listNames(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_MAX).join(", ");
  return names.length <= NAMES_MAX
    ? shown
    : `${shown} and ${names.length - NAMES_MAX} more (--json names all)`;
}

/** The same for programs, all of it. */
export function checkedLockJson(packages: readonly RememberedPackage[]): JsonMembers {
  const coverage = coverageOf(packages);
  return {
    packages: packages.map(packageJson),
    coverage: {
      ...coverage,
      others: Object.fromEntries(coverage.others),
      line: coverageLine(coverage),
    },
  };
}

function packageJson(found: RememberedPackage): JsonMembers {
  const { item, index, page, files, history, problem, decisions } = found;
  const { source } = item;
  return {
    name: item.name,
    version: item.version,
    source: source.kind,
    place: source.kind === "index" ? index : source.place,
    status: page === null ? null : page.status,
    pageFetchedAt: page === null ? null : showTime(page.fetchedAt),
    history: history === null ? null : history.kind,
    problem: problemJson(problem),
    files: files.map((file) => fileJson(file, decisions.get(file))),
  };
}

function fileJson(file: CheckedFile, decision: LockDecision | undefined): JsonMembers {
  const { filename, sha256, attested, hiddenSince, yanked, problem } = file;
  return {
    filename,
    sha256,
    problem: problemJson(problem),
    attested:
      attested === null
        ? null
        : {
            identity: encodePublisherJson(publisherRecordFor(attested.identity)),
            predicateType: attested.predicateType,
            signedAt: showTime(attested.signedAt),
            logIndex: attested.logIndex,
            commit: attested.identity.commit,
          },
    attestationsHiddenSince: hiddenSince === null ? null : showTime(hiddenSince),
    yanked,
    remembered: decision === undefined ? null : decision.kind,
    severity: decision?.kind === "identity-changed" ? decision.severity : null,
  };
}

function problemJson(problem: unknown): JsonInput {
  if (problem === null) return null;
  const { code, message } = describeError(problem);
  return { code, message };
}
