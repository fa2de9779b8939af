// SPDX-License-Identifier: Apache-2.0
import {
  compareVersions,
  type Digest,
  type FileDetail,
  type FileRecord,
  type LedgerStatus,
  ParseError,
  parseFileDetail,
  parseTextDetail,
  parseVersion,
} from "@countermark/formats";
import { findProject, type LedgerState, type ProjectState } from "@countermark/verify";

/** One file as every page shows it. */
export interface ShownFile {
  readonly filename: string;
  readonly version: string;
  readonly kind: "sdist" | "wheel";
  readonly sha256: Digest;
  readonly size: number;
  readonly requiresPython: string | null;
  /** Unix seconds: when the index sealed it. */
  readonly uploadedAt: number;
  /** The reason, perhaps empty; null for a file that is not yanked. */
  readonly yanked: string | null;
  /** SHA-256 of `.metadata`. */
  readonly metadata: Digest | null;
  readonly record: FileRecord;
}

/** A project as every page shows it: what a released head covers, less what was taken away since. */
export interface ShownProject {
  readonly key: Digest;
  /** Normalised. */
  readonly name: string;
  readonly status: Exclude<LedgerStatus, "reserved">;
  /** By version, then by name. Empty while quarantined. */
  readonly files: readonly ShownFile[];
  /** Index of the project's newest released entry. */
  readonly serial: number;
}

export interface ShownPorts {
  /** The state of the newest released head; everything shown is in it. */
  released(): LedgerState;
  /** The newest sealed state: what it took away is not shown any more, released or not. */
  sealed(): LedgerState;
  projectKey(normalizedName: string): Digest;
  /** The details that the project's entries commit to, by commitment. */
  readDetails(project: Digest): Promise<ReadonlyMap<Digest, Uint8Array>>;
}

/** The project as it is to be shown now; null when no released head has it. */
export async function readShownProject(
  normalizedName: string,
  ports: ShownPorts,
): Promise<ShownProject | null> {
  const key = ports.projectKey(normalizedName);
  const released = findProject(ports.released(), key);
  if (released === null || released.header.status === "reserved") return null;
  const sealed = findProject(ports.sealed(), key);
  const status = sealed?.header.status === "quarantined" ? "quarantined" : released.header.status;
  const details = await ports.readDetails(key);
  const files = status === "quarantined" ? [] : listFiles(released, sealed, details);
  return { key, name: normalizedName, status, files, serial: released.header.lastEntry };
}

/** The file's record if it may be served now. */
export function findServedRecord(
  released: ProjectState | null,
  sealed: ProjectState | null,
  fileKey: Digest,
): FileRecord | null {
  if (released === null || released.header.status === "quarantined") return null;
  if (sealed === null || sealed.header.status === "quarantined") return null;
  const record = released.files.get(fileKey);
  if (record === null || record.kind !== "file" || !isVisible(record)) return null;
  const now = sealed.files.get(fileKey);
  // Removal never waits for cosigners; what it adds is in the sealed record only.
  if (now === null || now.kind !== "file" || now.state === "withdrawn") return null;
  return now.state === "yanked" ? now : record;
}

function isVisible(record: FileRecord): boolean {
  return record.state === "published" || record.state === "yanked";
}

function listFiles(
  released: ProjectState,
  sealed: ProjectState | null,
  details: ReadonlyMap<Digest, Uint8Array>,
): readonly ShownFile[] {
  const files: ShownFile[] = [];
  for (const [key] of released.files.entries()) {
    const record = findServedRecord(released, sealed, key);
    const file = record === null ? null : showFile(record, details);
    if (file !== null) files.push(file);
  }
  return files.sort(byVersionAndName);
}

/** Null when the detail that names the file was erased, or cannot be read: without it the file has no name. */
function showFile(record: FileRecord, details: ReadonlyMap<Digest, Uint8Array>): ShownFile | null {
  const bytes = record.firstDetail === null ? undefined : details.get(record.firstDetail);
  if (bytes === undefined) return null;
  const detail = readDetail(bytes);
  if (detail === null) return null;
  return {
    filename: detail.filename,
    version: detail.version,
    kind: detail.kind,
    sha256: record.sha256,
    size: record.size,
    requiresPython: detail.requiresPython,
    uploadedAt: record.time,
    yanked: record.state === "yanked" ? yankReason(record, details) : null,
    metadata: record.metadata,
    record,
  };
}

function readDetail(bytes: Uint8Array): FileDetail | null {
  try {
    return parseFileDetail(bytes);
  } catch (error) {
    // The ledger has it for good; one file that cannot be named must not hide the others.
    if (error instanceof ParseError) return null;
    throw error;
  }
}

function yankReason(record: FileRecord, details: ReadonlyMap<Digest, Uint8Array>): string {
  const bytes = record.lastDetail === null ? undefined : details.get(record.lastDetail);
  if (bytes === undefined || record.lastDetail === record.firstDetail) return "";
  try {
    return parseTextDetail(bytes);
  } catch (error) {
    if (error instanceof ParseError) return "";
    throw error;
  }
}

function byVersionAndName(a: ShownFile, b: ShownFile): number {
  const byVersion = compareVersions(parseVersion(a.version), parseVersion(b.version));
  if (byVersion !== 0) return byVersion;
  return a.filename < b.filename ? -1 : 1;
}
