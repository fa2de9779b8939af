// SPDX-License-Identifier: Apache-2.0
import type { IdentityLock, LockedProject } from "@countermark/formats";
import { decideLock, type LockDecision, type SeenFile } from "./decide.ts";
import { lockFile } from "./lock-change.ts";

/** What is remembered of one project: in the lock that is shared, and in this machine's own record. Null: nothing. */
export type Memories = { readonly lock: LockedProject | null; readonly local: LockedProject | null };

/** A file, what was decided of it, and when its attestation was signed: Unix seconds, null for a file without one. */
export type DecidedFile = {
  readonly seen: SeenFile;
  readonly decision: LockDecision;
  readonly signedAt: number | null;
};

/**
 * Asks both memories. Which identity is expected the lock says, and the record only where the lock does not know the project;
 * that a file must keep its bytes both say.
 *
 * @spec specs/identity-lock.md#two-memories
 */
export function decideRemembered({ lock, local }: Memories, seen: SeenFile): LockDecision {
  const decision = decideLock(lock ?? local, seen);
  if (decision.kind === "file-changed" || local === null || local.index !== seen.index) return decision;
  const known = local.files.get(seen.filename);
  if (known === undefined || known === seen.sha256) return decision;
  return { kind: "file-changed", locked: known, pin: decision.pin };
}

/**
 * The memory with every file of one project accepted, each as it was decided before any of them was.
 *
 * Of several identities the newest is expected from then on: the one that signed last. Files without an attestation and files
 * that were known say nothing about who publishes today, so they come first.
 *
 * @spec specs/identity-lock.md#many-files-at-once
 */
export function lockFiles(
  lock: IdentityLock,
  project: string,
  decided: readonly DecidedFile[],
): IdentityLock {
  return decided
    .toSorted((a, b) => newness(a) - newness(b))
    .reduce((before, { seen, decision }) => lockFile(before, project, seen, decision), lock);
}

function newness({ decision, signedAt }: DecidedFile): number {
  return decision.kind === "same-file" || signedAt === null ? Number.NEGATIVE_INFINITY : signedAt;
}
