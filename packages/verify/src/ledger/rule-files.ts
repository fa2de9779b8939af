// SPDX-License-Identifier: Apache-2.0
import {
  type Digest,
  type FileAccepted,
  type FileAttestation,
  type FileRecord,
  type FilesWithdrawn,
  type FilesYanked,
  MAP_BUCKET_KEYS_MAX,
  type ReleaseRecord,
  type StatedAttestation,
} from "@countermark/formats";
import { isOver } from "./log-time.ts";
import { rebase } from "./rule-configure.ts";
import { ATTESTATION_AGE_SECONDS, DAY_SECONDS, EPSILON_SECONDS } from "./rules.ts";
import { firstFault, legal, type RuleContext, type Ruling, voided } from "./ruling.ts";
import { type FileMap, findFile, findRelease, type ProjectState } from "./state.ts";
import type { VoidCode } from "./void-codes.ts";

/** @spec specs/ledger-kinds.md#file-accepted */
export function ruleAccepted(context: RuleContext, statement: FileAccepted, project: ProjectState): Ruling {
  const fault = placeFault(context, statement, project) ?? policyFault(statement, project);
  if (fault !== null) return voided(fault);
  const release = findRelease(project, statement.release);
  const files = project.files
    .set(statement.file, fileRecordOf(context, statement, project))
    .set(statement.release, countFile(release, context.at));
  if (isOverfull(files, statement.file) || isOverfull(files, statement.release)) return voided("map-full");
  const isFirst = project.header.firstFile === null;
  const isAttested = statement.attestations.length > 0;
  const base = isFirst ? rebase(project) : project;
  const header = {
    ...base.header,
    firstFile: base.header.firstFile ?? context.at,
    attested: base.header.attested ?? (isAttested ? context.at : null),
  };
  return legal(context, { ...base, files, header });
}

/** Whether the project, the name and the release take a file at all. */
function placeFault(context: RuleContext, statement: FileAccepted, project: ProjectState): VoidCode | null {
  const { file, release } = statement;
  const record = findRelease(project, release);
  const { closeDays } = project.current.policy;
  const isElapsed =
    record !== null &&
    closeDays !== null &&
    isOver(context.state, record.firstEntry, closeDays * DAY_SECONDS);
  return firstFault(
    [!isOpenForFiles(project), "not-open"],
    [project.files.has(file) || file === release || findFile(project, release) !== null, "filename-used"],
    [record?.state === "closed" || isElapsed, "release-closed"],
  );
}

/** Whether the project shows new files in its status. */
export function isOpenForFiles({ header }: ProjectState): boolean {
  return header.status === "active" || header.status === "deprecated";
}

/** Whether the project's configuration lets this upload in. */
function policyFault(statement: FileAccepted, project: ProjectState): VoidCode | null {
  const { uploader, publisher, attestations, received, time, show } = statement;
  const { policy, publishers } = project.current;
  const isKnown = (id: Digest): boolean => publishers.some((known) => known === id);
  const isByPublisher = publishers.some((known) => known === publisher);
  const isTimely = (attested: number): boolean =>
    attested - EPSILON_SECONDS <= received && received <= attested + ATTESTATION_AGE_SECONDS;
  return firstFault(
    [uploader === "publisher" ? !isByPublisher : publisher !== null, "publisher-not-registered"],
    [policy.uploads === "publisher" && uploader !== "publisher", "token-refused"],
    [!attestations.every((item) => isKnown(item.publisher)), "publisher-not-registered"],
    [
      policy.attestations === "required" && !attestations.some((item) => item.predicate === "publish"),
      "attestation-required",
    ],
    [!attestations.every((item) => isTimely(item.time)), "attestation-time"],
    [received > time + EPSILON_SECONDS, "received-late"],
    [(policy.release === "direct") !== (show === "now"), "wrong-show"],
  );
}

/** @spec specs/ledger-kinds.md#yanked */
export function ruleYanked(context: RuleContext, statement: FilesYanked, project: ProjectState): Ruling {
  const [from, to] =
    statement.kind === "yanked" ? (["published", "yanked"] as const) : (["yanked", "published"] as const);
  const change = { state: to, reason: statement.reason };
  return changeFiles(context, statement, project, (file) => (file.state === from ? change : null));
}

/** @spec specs/ledger-kinds.md#withdrawn */
export function ruleWithdrawn(
  context: RuleContext,
  statement: FilesWithdrawn,
  project: ProjectState,
): Ruling {
  const isCancel = statement.reason === "canceled";
  const change = { state: "withdrawn", reason: statement.reason } as const;
  return changeFiles(context, statement, project, (file) =>
    file.state !== "withdrawn" && isCancel === (file.state === "accepted") ? change : null,
  );
}

type FileChange = Pick<FileRecord, "state" | "reason">;

/** Changes every file that is named, or none: `changeOf` gives null for a file that this entry does not start from. */
function changeFiles(
  context: RuleContext,
  statement: FilesYanked | FilesWithdrawn,
  project: ProjectState,
  changeOf: (file: FileRecord) => FileChange | null,
): Ruling {
  let files = project.files;
  for (const id of statement.files) {
    const file = findFile(project, id);
    if (file === null) return voided("wrong-state");
    const change = changeOf(file);
    if (change === null) return voided("wrong-state");
    const next = {
      ...file,
      ...change,
      prior: file.state,
      lastEntry: context.at,
      lastDetail: statement.detail,
    };
    files = withFile(files, id, next);
  }
  return legal(context, { ...project, files });
}

/** `files` with `next` under `id`. Its release counts the files that are not withdrawn; one cancelled unseen leaves the map. */
export function withFile(files: FileMap, id: Digest, next: FileRecord): FileMap {
  const changed = next.reason === "canceled" ? files.delete(id) : files.set(id, next);
  const growth = Number(isInRelease(next)) - Number(isInRelease(files.get(id)));
  const release = files.get(next.release);
  if (growth === 0 || release?.kind !== "release") return changed;
  return changed.set(next.release, { ...release, files: release.files + growth });
}

function isInRelease(record: FileRecord | ReleaseRecord | null): boolean {
  return record?.kind === "file" && record.state !== "withdrawn";
}

function countFile(release: ReleaseRecord | null, at: number): ReleaseRecord {
  if (release !== null) return { ...release, files: release.files + 1 };
  return { kind: "release", state: "open", firstEntry: at, closed: null, files: 1 };
}

export function isOverfull(files: FileMap, key: Digest): boolean {
  return files.bucketCount(key) > MAP_BUCKET_KEYS_MAX;
}

function fileRecordOf(context: RuleContext, statement: FileAccepted, project: ProjectState): FileRecord {
  const { uploader, size, metadata, release, detail, publisher, time } = statement;
  return {
    kind: "file",
    state: statement.show === "now" ? "published" : "accepted",
    prior: "none",
    how: "uploaded",
    uploader,
    reason: "none",
    observedOtherDigest: false,
    sha256: statement.sha256,
    size,
    metadata,
    release,
    firstDetail: detail,
    lastDetail: detail,
    publisher,
    firstEntry: context.at,
    lastEntry: context.at,
    time,
    serial: project.header.serial,
    attestations: attestationsOf(statement.attestations, context.at),
  };
}

/** What a record keeps of the attestations that the entry `at` states. */
export function attestationsOf(stated: readonly StatedAttestation[], at: number): readonly FileAttestation[] {
  return stated.map(({ predicate, digest, publisher }) => ({ predicate, digest, publisher, entry: at }));
}
