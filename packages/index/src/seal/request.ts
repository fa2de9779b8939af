// SPDX-License-Identifier: Apache-2.0
import {
  type Amended,
  type ConfigRecord,
  type DetailErased,
  type Digest,
  type EntryVoided,
  encodeFileDetail,
  encodeProjectDetail,
  encodeTextDetail,
  type FileAccepted,
  type FileAttested,
  type FileDetail,
  type FilesWithdrawn,
  type FilesYanked,
  type ImportClosed,
  type IndexRoleChanged,
  type IndexSunset,
  type LogGenesis,
  type LogSucceeded,
  type ProjectConfigured,
  type ProjectCreated,
  type ProjectDetail,
  type ProjectReserved,
  type RecoveryAsked,
  type RecoveryTaken,
  type ReleaseClosed,
  type ReleasePublished,
  type RulesChanged,
  type StatementCommon,
  type StatusChanged,
  type TrustChanged,
} from "@countermark/formats";
import type { LedgerState } from "@countermark/verify";
import { createSalt } from "../store/secret.ts";
import type { PublisherOpening } from "../trust/publishers.ts";

/** A statement without what is known at sealing only, and what is the same in every one. */
export type Unsealed<S extends StatementCommon> = Omit<S, "origin" | "role" | "seq" | "time" | "detail">;

/** What somebody wants in the ledger. `detail`: salt and strings, committed to by the entry; null where it has none. */
export interface LedgerRequest {
  readonly statement:
    | Unsealed<LogGenesis>
    | Unsealed<ProjectReserved>
    | Unsealed<ProjectCreated>
    | Unsealed<ProjectConfigured>
    | Unsealed<FileAccepted>
    | Unsealed<FilesYanked>
    | Unsealed<FilesWithdrawn>
    | Unsealed<StatusChanged>
    | Unsealed<EntryVoided>
    | Unsealed<RecoveryAsked>
    | Unsealed<RecoveryTaken>
    | Unsealed<TrustChanged>
    | Unsealed<RulesChanged>
    | Unsealed<IndexRoleChanged>
    | Unsealed<IndexSunset>
    | Unsealed<LogSucceeded>
    | Unsealed<ReleasePublished>
    | Unsealed<ReleaseClosed>
    | Unsealed<FileAttested>
    | Unsealed<DetailErased>
    | Unsealed<Amended>
    | Unsealed<ImportClosed>;
  readonly detail: Uint8Array | null;
  /**
   * Asked of the very state that the entry would be applied to, for what the ledger's rules leave to the index. Throws the
   * refusal. Absent: the rules alone decide.
   */
  readonly require?: (state: LedgerState) => void;
}

/** Creates a project with its first configuration. */
export function requestProject(project: Digest, config: ConfigRecord, detail: ProjectDetail): LedgerRequest {
  return {
    statement: { kind: "project-created", project, config },
    detail: encodeProjectDetail(createSalt(), detail),
  };
}

/** Changes, or asks to change, a project's configuration. */
export function requestConfiguration(
  statement: Omit<Unsealed<ProjectConfigured>, "kind">,
  detail: ProjectDetail,
): LedgerRequest {
  return {
    statement: { kind: "project-configured", ...statement },
    detail: encodeProjectDetail(createSalt(), detail),
  };
}

export function requestFile(
  statement: Omit<Unsealed<FileAccepted>, "kind">,
  detail: FileDetail,
): LedgerRequest {
  return {
    statement: { kind: "file-accepted", ...statement },
    detail: encodeFileDetail(createSalt(), detail),
  };
}

/** Yanks, unyanks or withdraws files. @param text why, for people */
export function requestFilesChange(
  statement: Unsealed<FilesYanked> | Unsealed<FilesWithdrawn>,
  text: string,
): LedgerRequest {
  return { statement, detail: encodeTextDetail(createSalt(), text) };
}

export function requestStatus(statement: Omit<Unsealed<StatusChanged>, "kind">, text: string): LedgerRequest {
  return { statement: { kind: "status", ...statement }, detail: encodeTextDetail(createSalt(), text) };
}

/** Shows staged files of a release. @param text why, for people; perhaps empty */
export function requestReleasePublished(
  statement: Omit<Unsealed<ReleasePublished>, "kind">,
  text: string,
): LedgerRequest {
  return { statement: { kind: "release-published", ...statement }, detail: encodeText(text) };
}

/** Closes a release. @param text why, for people; perhaps empty */
export function requestReleaseClosed(
  statement: Omit<Unsealed<ReleaseClosed>, "kind">,
  text: string,
): LedgerRequest {
  return { statement: { kind: "release-closed", ...statement }, detail: encodeText(text) };
}

/** Adds attestations to a file. @param detail names the file anew, and opens who attested */
export function requestAttested(
  statement: Omit<Unsealed<FileAttested>, "kind">,
  detail: FileDetail,
): LedgerRequest {
  return {
    statement: { kind: "file-attested", ...statement },
    detail: encodeFileDetail(createSalt(), detail),
  };
}

export function requestErased(statement: Omit<Unsealed<DetailErased>, "kind">): LedgerRequest {
  return { statement: { kind: "detail-erased", ...statement }, detail: null };
}

export function requestImportClosed(statement: Omit<Unsealed<ImportClosed>, "kind">): LedgerRequest {
  return { statement: { kind: "import-closed", ...statement }, detail: null };
}

function encodeText(text: string): Uint8Array | null {
  return text === "" ? null : encodeTextDetail(createSalt(), text);
}

/** The openings of a detail, ascending by record as the format wants them. */
export function detailOpenings(openings: readonly PublisherOpening[]): ProjectDetail["publishers"] {
  return openings.map(({ record, salt }) => ({ record, salt }));
}
