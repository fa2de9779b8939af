// SPDX-License-Identifier: Apache-2.0
import {
  type ConfigRecord,
  configId,
  type Digest,
  type FileRecord,
  fileValue,
  MerkleMap,
  type ProjectHeader,
  type ProjectStateFile,
  parseConfigRecord,
  parseFileMapRecord,
  parseProjectHeader,
  parseProjectStateFile,
  projectValue,
  type ReleaseRecord,
  type Sha256,
} from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import type { Verified } from "../verified.ts";

/** Everything that the ledger says about one project at one head. */
export interface ProjectRecords {
  readonly header: ProjectHeader;
  readonly current: ConfigRecord;
  readonly base: ConfigRecord;
  readonly pending: ConfigRecord | null;
  /** By file id. */
  readonly files: ReadonlyMap<Digest, FileRecord>;
  /** By release id. */
  readonly releases: ReadonlyMap<Digest, ReleaseRecord>;
  readonly historyCount: number;
  readonly historyRoot: Digest;
}

/**
 * Reads a project's whole state and checks every byte of it against the one digest that the map holds.
 *
 * @param value from {@link verifyProjectProof}.
 * @throws ParseError of the file and of its records
 * @throws VerifyError `state-value`, `state-files`, `state-config`
 * @spec specs/state-file.md
 */
export function verifyStateFile(bytes: Uint8Array, value: Digest, sha256: Sha256): Verified<ProjectRecords> {
  const file = parseProjectStateFile(bytes);
  const found = projectValue(sha256, file);
  if (found !== value) {
    throw new VerifyError("state-value", `Cannot believe state file: it is ${found}, wanted ${value}`);
  }
  verifyRecords(file, sha256);
  const header = parseProjectHeader(file.header);
  const files = new Map<Digest, FileRecord>();
  const releases = new Map<Digest, ReleaseRecord>();
  for (const [key, bytes] of file.records) {
    const record = parseFileMapRecord(bytes);
    if (record.kind === "file") files.set(key, record);
    else releases.set(key, record);
  }
  const records: ProjectRecords = {
    header,
    current: configOf(file.current, header.current, sha256),
    base: configOf(file.base, header.base, sha256),
    pending: pendingOf(file.pending, header.pending, sha256),
    files,
    releases,
    historyCount: file.historyCount,
    historyRoot: file.historyRoot,
  };
  return records as Verified<ProjectRecords>;
}

/** No record is left out, added or changed: together they are the file map that the header was hashed with. */
function verifyRecords(file: ProjectStateFile, sha256: Sha256): void {
  const digestOf = (record: Uint8Array): Digest => fileValue(sha256, record);
  const found = MerkleMap.from(sha256, digestOf, file.records).commitment();
  if (found !== file.files) {
    throw new VerifyError(
      "state-files",
      `Cannot believe state file: its records are ${found}, wanted ${file.files}`,
    );
  }
}

function configOf(bytes: Uint8Array | null, id: Digest, sha256: Sha256): ConfigRecord {
  if (bytes === null || configId(sha256, bytes) !== id) {
    throw new VerifyError("state-config", `Cannot believe state file: a config record is not ${id}`);
  }
  return parseConfigRecord(bytes);
}

function pendingOf(bytes: Uint8Array | null, id: Digest | null, sha256: Sha256): ConfigRecord | null {
  if (id !== null) return configOf(bytes, id, sha256);
  if (bytes === null) return null;
  throw new VerifyError(
    "state-config",
    "Cannot believe state file: a pending config that the header does not name",
  );
}
