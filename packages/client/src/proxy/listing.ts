// SPDX-License-Identifier: Apache-2.0
import {
  type ConfigRecord,
  type Digest,
  type FileDetail,
  type FileRecord,
  fileId,
  openedPublisherId,
  type ProjectHeader,
  type ProjectStatus,
  type PublisherRecord,
  parseDistributionFilename,
  parseFileDetail,
  parseTextDetail,
  parseVersion,
  releaseId,
  type Sha256,
  type Version,
} from "@countermark/formats";

/** A project's state, verified under a cosigned head. */
export type ProjectView = {
  /** Normalised. */
  readonly name: string;
  readonly key: Digest;
  readonly header: ProjectHeader;
  readonly current: ConfigRecord;
  /** What can still be restored. */
  readonly base: ConfigRecord;
  readonly records: ReadonlyMap<Digest, FileRecord>;
  /** By commitment; a detail may have been erased. */
  readonly details: ReadonlyMap<Digest, Uint8Array>;
};

/** A file that may be shown: the ledger's record under the name that it is the record of. */
export type ListedFile = {
  readonly filename: string;
  /** Canonical. */
  readonly version: string;
  readonly record: FileRecord;
  readonly requiresPython: string | null;
  /** Reason, perhaps empty; null: not yanked. */
  readonly yanked: string | null;
  /** Publisher ids of the record's attestations that the file's detail opens. */
  readonly publishers: ReadonlyMap<Digest, PublisherRecord>;
};

export type Listing = {
  readonly status: ProjectStatus;
  readonly files: ReadonlyMap<string, ListedFile>;
  /** Names that the index gives and the ledger does not have, or has under another project. */
  readonly notRecorded: readonly string[];
  /** Names that the index gives of files that the ledger has taken out of service, and as what it has them. */
  readonly outOfService: readonly { readonly filename: string; readonly state: FileRecord["state"] }[];
  /** Records of visible files whose name nobody gives: the detail is erased and the index does not list them. */
  readonly unnamed: number;
};

const SHOWN_STATES: readonly string[] = ["published", "yanked"];

/**
 * What of a project may be shown: made from its verified state alone. Names come from details, which are checked against the
 * record, and from `names`, the index's word, which are looked up in it.
 */
export function listProject(view: ProjectView, names: Iterable<string>, sha256: Sha256): Listing {
  const status = view.header.status === "reserved" ? "active" : view.header.status;
  const files = new Map<string, ListedFile>();
  const notRecorded: string[] = [];
  const outOfService: { readonly filename: string; readonly state: FileRecord["state"] }[] = [];
  const shown = new Set<Digest>();
  const list = (filename: string): boolean => {
    const id = fileId(sha256, view.key, filename);
    const record = view.records.get(id);
    if (record === undefined || !SHOWN_STATES.includes(record.state)) return false;
    const file = listFile(view, filename, record, sha256);
    if (file === null) return false;
    files.set(filename, file);
    shown.add(id);
    return true;
  };
  for (const record of view.records.values()) {
    const detail = readFileDetail(view, record);
    if (detail !== null) list(detail.filename);
  }
  for (const filename of names) {
    if (files.has(filename) || list(filename)) continue;
    const state = view.records.get(fileId(sha256, view.key, filename))?.state;
    if (state === undefined || SHOWN_STATES.includes(state)) notRecorded.push(filename);
    else outOfService.push({ filename, state });
  }
  const visible = [...view.records].filter(([, record]) => SHOWN_STATES.includes(record.state));
  const unnamed = visible.filter(([id]) => !shown.has(id)).length;
  // A quarantine hides every file; the ledger keeps their records.
  return { status, files: status === "quarantined" ? new Map() : files, notRecorded, outOfService, unnamed };
}

/** The file under its name; null when the name is of another project or release than the record. */
function listFile(
  view: ProjectView,
  filename: string,
  record: FileRecord,
  sha256: Sha256,
): ListedFile | null {
  const distribution = parseName(filename);
  if (distribution === null || distribution.name !== view.name) return null;
  if (!releasesOf(view, filename, distribution.version, sha256).includes(record.release)) return null;
  const detail = readFileDetail(view, record);
  return {
    filename,
    version: distribution.version,
    record,
    requiresPython: detail?.requiresPython ?? null,
    yanked: record.state === "yanked" ? readReason(view, record) : null,
    publishers: new Map(
      (detail?.publishers ?? []).map((opening) => [openedPublisherId(sha256, opening), opening.record]),
    ),
  };
}

/** The release ids that the file may have: of the version that its name says, and of the one that its detail does. */
function releasesOf(view: ProjectView, filename: string, version: string, sha256: Sha256): readonly Digest[] {
  const record = view.records.get(fileId(sha256, view.key, filename));
  const detail = record === undefined ? null : readFileDetail(view, record);
  const stated = detail === null ? null : versionOrNull(detail.version);
  return [parseVersion(version), ...(stated === null ? [] : [stated])].map((each) =>
    releaseId(sha256, view.key, each),
  );
}

function versionOrNull(version: string): Version | null {
  try {
    return parseVersion(version);
  } catch {
    // Not a version: it opens no release.
    return null;
  }
}

function parseName(filename: string): ReturnType<typeof parseDistributionFilename> | null {
  try {
    return parseDistributionFilename(filename);
  } catch {
    // The index may list what is no wheel or sdist; nothing here can install it.
    return null;
  }
}

function readFileDetail(view: ProjectView, record: FileRecord): FileDetail | null {
  const detail = record.firstDetail === null ? undefined : view.details.get(record.firstDetail);
  if (detail === undefined) return null;
  try {
    return parseFileDetail(detail);
  } catch {
    // The bytes are the ledger's; one malformed detail must not hide the project's other files.
    return null;
  }
}

function readReason(view: ProjectView, record: FileRecord): string {
  const detail = record.lastDetail === null ? undefined : view.details.get(record.lastDetail);
  if (detail === undefined) return "";
  try {
    return parseTextDetail(detail);
  } catch {
    return "";
  }
}
