// SPDX-License-Identifier: Apache-2.0
import type { ConfigRecord, FileRecord, ProjectHeader } from "@countermark/formats";
import { RefusedError } from "../failure.ts";
import { UNDO_WINDOW_SECONDS } from "../ledger/rules.ts";

/** A project as its verified state has it, with the configuration that can still be restored. */
export type ChangingProject = {
  readonly header: ProjectHeader;
  readonly base: ConfigRecord;
};

/**
 * The index of the entry that let this file in: a change of who may publish, which the configuration before it would not have
 * allowed; or a recovery by the index's staff. Null: the file would have been taken all the same.
 *
 * @spec specs/identity-lock.md#young-changes
 */
export function changeThatAdmitted(record: FileRecord, { header, base }: ChangingProject): number | null {
  const { currentSince, recovered } = header;
  const isRecovered = recovered !== null && recovered >= currentSince && record.firstEntry > recovered;
  if (isRecovered) return recovered;
  return record.firstEntry > currentSince && !isAllowedBy(base, record) ? currentSince : null;
}

/**
 * Checks that a file was not let in by a change that its project undid afterwards: then it came from whoever the project took the
 * name back from.
 *
 * @throws RefusedError `change-undone`
 * @spec specs/identity-lock.md#young-changes
 */
export function requireNotUndone(
  filename: string,
  record: FileRecord,
  { header, base }: ChangingProject,
): void {
  const { frozen, baseSince } = header;
  if (frozen === null || record.firstEntry > frozen || record.firstEntry < baseSince) return;
  if (isAllowedBy(base, record)) return;
  throw new RefusedError(
    "change-undone",
    `Cannot accept ${filename}: it was taken at entry ${record.firstEntry} under a change of who may publish that its project undid at ` +
      `entry ${frozen}`,
  );
}

/** Whether everybody who vouches for the file is a publisher of `config`; where nobody does, whether that is enough for it. */
function isAllowedBy(config: ConfigRecord, record: FileRecord): boolean {
  const vouching = record.attestations.map(({ publisher }) => publisher);
  if (record.publisher !== null) vouching.push(record.publisher);
  if (vouching.length === 0) return config.policy.uploads === "any";
  return vouching.every((publisher) => config.publishers.includes(publisher));
}

/**
 * Checks that a change of who may publish is so old that nobody can undo it any more: until then, what it let in is a change, also
 * to somebody who has no lock to compare with.
 *
 * @param change `time`: Unix seconds, that of its entry, which is never further in the past than the log's time was; `now`: by the
 *   clocks of the head's cosigners.
 * @throws RefusedError `change-unsettled`
 */
export function requireSettled(
  filename: string,
  change: { readonly entry: number; readonly time: number; readonly now: number },
): void {
  const age = change.now - change.time;
  if (age >= UNDO_WINDOW_SECONDS) return;
  throw new RefusedError(
    "change-unsettled",
    `Cannot accept ${filename}: who may publish its project changed ${age} s ago, at entry ${change.entry} of the ledger, and can be ` +
      `undone for ${UNDO_WINDOW_SECONDS} s; before, the file would not have been taken`,
  );
}
