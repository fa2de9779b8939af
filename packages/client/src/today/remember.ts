// SPDX-License-Identifier: Apache-2.0
import type { IdentityLock } from "@countermark/formats";
import {
  type DecidedFile,
  decideRemembered,
  type LockDecision,
  lockFiles,
  type Memories,
  requireAccepted,
} from "@countermark/verify";
import { ClientError } from "../failure.ts";
import type { CheckedFile, CheckedPackage } from "./check-lock.ts";

/** What is remembered, and what may be. */
export type Memory = {
  readonly lock: IdentityLock;
  readonly local: IdentityLock;
  /** Normalised names of the projects whose change the user accepts. */
  readonly acceptChange: ReadonlySet<string>;
  /** Whether a project that nothing is known of is refused. */
  readonly refuseNew: boolean;
};

/** A package with what memory says of its files. */
export type RememberedPackage = CheckedPackage & {
  readonly decisions: ReadonlyMap<CheckedFile, LockDecision>;
};

export type Remembered = {
  readonly packages: readonly RememberedPackage[];
  /** Both memories with everything in it that was accepted. */
  readonly lock: IdentityLock;
  readonly local: IdentityLock;
};

/** Compares every file that held with what was remembered before the run, so that the order of a lock changes nothing. */
export function rememberPackages(checked: readonly CheckedPackage[], memory: Memory): Remembered {
  const remembered = new Map<CheckedPackage, RememberedPackage>();
  let { lock, local } = memory;
  for (const [project, packages] of groupByProject(checked)) {
    const memories = {
      lock: memory.lock.projects.get(project) ?? null,
      local: memory.local.projects.get(project) ?? null,
    };
    const indexes = [...new Set(packages.flatMap(({ index }) => index ?? []))];
    if (indexes.length > 1) {
      const problem = twoIndexes(project, indexes);
      for (const found of packages) remembered.set(found, { ...found, problem, decisions: new Map() });
      continue;
    }
    const decided: DecidedFile[] = [];
    for (const found of packages) remembered.set(found, decidePackage(found, { memories, memory, decided }));
    lock = lockFiles(lock, project, decided);
    local = lockFiles(local, project, decided);
  }
  const packages = checked.map((found) => remembered.get(found) ?? { ...found, decisions: new Map() });
  return { packages, lock, local };
}

type Deciding = {
  readonly memories: Memories;
  readonly memory: Memory;
  /** Grows by every file that is accepted. */
  readonly decided: DecidedFile[];
};

function decidePackage(found: CheckedPackage, deciding: Deciding): RememberedPackage {
  const decisions = new Map<CheckedFile, LockDecision>();
  const files = found.files.map((file): CheckedFile => {
    if (file.problem !== null || found.index === null || file.sha256 === null) return file;
    const { filename, sha256, attested } = file;
    // An upload time is the index's word: whoever hides an attestation would back-date the file too.
    const identity = attested?.identity ?? null;
    const seen = {
      filename,
      sha256,
      index: found.index,
      identity,
      beforeFirstAttested: false,
      recovered: null,
    };
    const decision = decideRemembered(deciding.memories, seen);
    const problem = whyNot(found.item.name, seen, { decision, memory: deciding.memory });
    const kept = problem === null ? file : { ...file, problem };
    decisions.set(kept, decision);
    if (problem === null) deciding.decided.push({ seen, decision, signedAt: attested?.signedAt ?? null });
    return kept;
  });
  return { ...found, files, decisions };
}

function whyNot(
  project: string,
  seen: DecidedFile["seen"],
  { decision, memory }: { readonly decision: LockDecision; readonly memory: Memory },
): unknown {
  if (decision.kind === "first-use" && memory.refuseNew) {
    return new ClientError(
      "not-remembered",
      `Cannot accept ${seen.filename}: nothing is remembered of ${project}`,
    );
  }
  // Consent is to another identity or index, never to other bytes under a name that was accepted.
  if (memory.acceptChange.has(project) && decision.kind !== "file-changed") return null;
  try {
    requireAccepted(project, seen, decision);
    return null;
  } catch (problem) {
    return problem;
  }
}

function groupByProject(checked: readonly CheckedPackage[]): ReadonlyMap<string, readonly CheckedPackage[]> {
  const groups = new Map<string, CheckedPackage[]>();
  for (const found of checked) {
    if (found.index === null) continue;
    const group = groups.get(found.item.name) ?? [];
    group.push(found);
    groups.set(found.item.name, group);
  }
  return groups;
}

function twoIndexes(project: string, indexes: readonly string[]): ClientError {
  return new ClientError(
    "two-indexes",
    `Cannot accept ${project}: the lock takes it from ${indexes.join(" and from ")}, and one name may be two projects`,
  );
}
