// SPDX-License-Identifier: Apache-2.0
import type { PublisherRecord } from "@countermark/formats";
import type { AcceptedDecision } from "../lock/lock-change.ts";
import { showIdentity } from "../lock/show-identity.ts";

/** What the cosigners of a head prove, in rising order. `none`: it is the index's word. */
export type HeadKind = "none" | "witnessed" | "audited";

/** What was verified about one file. */
export type Verdict = {
  readonly filename: string;
  /** Index of the file's entry in the ledger `origin`, covered by a head with the full quorum. */
  readonly logged: { readonly origin: string; readonly index: number; readonly head: HeadKind } | null;
  /** Who published it and when, by an attestation that verified; null when the ledger lists none. */
  readonly attested: {
    readonly identity: PublisherRecord;
    /** Unix seconds, by the timestamp authority. */
    readonly signedAt: number;
    readonly logIndex: number;
  } | null;
  /** What the lock says; null when no lock was asked. */
  readonly locked: AcceptedDecision["kind"] | "change-accepted" | null;
  readonly yanked: boolean;
};

const HEAD_WORDS: Readonly<Record<HeadKind, string>> = {
  none: "by the index's word alone",
  witnessed: "witnessed: the same for everybody",
  audited: "audited: the index kept its rules",
};

const LOCK_WORDS: Readonly<Record<AcceptedDecision["kind"] | "change-accepted", string>> = {
  "first-use": "locked now, on first use",
  "same-file": "locked, as before",
  "same-identity": "locked: a new file of the same identity",
  "still-unattested": "locked: a new file, unattested as before",
  "newly-attested": "locked now to its identity: it was unattested before",
  "older-than-attested": "not held to the lock: older than the project's first attested file",
  "change-accepted": "locked now: you accepted the change",
};

/** The kinds of evidence there are for a file, in this order: never a bare tick. */
export function showVerdict(verdict: Verdict): readonly string[] {
  const lines: string[] = [];
  const { logged, attested, locked } = verdict;
  lines.push(
    logged === null
      ? "not logged"
      : `logged at index ${logged.index} of ${logged.origin}, ${HEAD_WORDS[logged.head]}`,
  );
  lines.push(attested === null ? "not attested" : `attested by ${showIdentity(attested.identity)}`);
  if (locked !== null) lines.push(LOCK_WORDS[locked]);
  if (verdict.yanked) lines.push("yanked by its owner or the index");
  return lines;
}

/** The same for programs: one word for each kind of evidence that is there. */
export function evidenceWords(verdict: Verdict): readonly ("logged" | "attested" | "locked" | "audited")[] {
  const words: ("logged" | "attested" | "locked" | "audited")[] = [];
  if (verdict.logged !== null) words.push("logged");
  if (verdict.attested !== null) words.push("attested");
  if (verdict.locked !== null && verdict.locked !== "older-than-attested") words.push("locked");
  if (verdict.logged?.head === "audited") words.push("audited");
  return words;
}

/** What was installed, by how much is known of it. */
export type Coverage = {
  readonly installed: number;
  readonly verified: number;
  /** What came another way: words such as "from git" -> how many. */
  readonly others: ReadonlyMap<string, number>;
};

/** `6 installed: 6 verified` or `41 installed: 38 verified, 2 from git, 1 editable`. */
export function showCoverage(coverage: Coverage): string {
  const parts = [`${coverage.verified} verified`];
  for (const [word, count] of coverage.others) parts.push(`${count} ${word}`);
  return `${coverage.installed} installed: ${parts.join(", ")}`;
}
