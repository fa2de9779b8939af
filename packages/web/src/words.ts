// SPDX-License-Identifier: Apache-2.0
import type { FileRecord, LedgerStatus, PublisherRecord } from "@countermark/formats";

/** `2026-11-22 11:45:09 UTC` */
export function utcText(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** `3 minutes`, `2 days`: the largest unit that fits, rounded down. */
export function durationText(seconds: number): string {
  const units = [
    ["day", 86_400],
    ["hour", 3_600],
    ["minute", 60],
    ["second", 1],
  ] as const;
  const [word, length] = units.find(([, size]) => seconds >= size) ?? (["second", 1] as const);
  const count = Math.max(0, Math.floor(seconds / length));
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

/** `17.8 kB`, in powers of 1,000. */
export function sizeText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** The parts of an identity as rows: names for reading, ids for telling apart. */
export function identityRows(identity: PublisherRecord): readonly (readonly [string, string | null])[] {
  const { project, projectId, owner, ownerId } = identity;
  return [
    ["Issuer", identity.issuer],
    ["Repository", project === null ? null : withId(project, projectId)],
    ["Owner", owner === null ? null : withId(owner, ownerId)],
    ["Workflow", identity.workflow],
    ["Called workflow", identity.calledWorkflow],
    ["Environment", identity.project === null ? null : (identity.environment ?? "any")],
    ["Subject", identity.subject],
  ];
}

export const STATUS_WORDS: Readonly<Record<LedgerStatus, string>> = {
  reserved: "reserved: the name is held, nothing was published",
  active: "active",
  archived: "archived: nothing new is expected",
  deprecated: "deprecated: its owner advises against it",
  quarantined: "quarantined: the index serves none of its files",
};

export const FILE_STATE_WORDS: Readonly<Record<FileRecord["state"], string>> = {
  accepted: "staged, not published yet",
  published: "published",
  yanked: "yanked: installed only when asked for by its exact version",
  withdrawn: "withdrawn",
};

export const UPLOADER_WORDS: Readonly<Record<FileRecord["uploader"], string>> = {
  unknown: "not known",
  token: "with an API token: no identity stands behind it",
  publisher: "by a registered publisher",
};

function withId(name: string, id: string | null): string {
  return id === null ? name : `${name} (id ${id})`;
}
