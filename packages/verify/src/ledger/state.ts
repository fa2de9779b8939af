// SPDX-License-Identifier: Apache-2.0
import {
  type Anchor,
  type CompactRange,
  type ConfigRecord,
  type ConfigureAct,
  type Digest,
  encodeConfigRecord,
  encodeFileMapRecord,
  encodeHex,
  encodeIndexHeader,
  encodeProjectHeader,
  type FileRecord,
  fileValue,
  type IndexHeader,
  indexKey,
  type KnownStatement,
  MerkleMap,
  type ProjectCommitments,
  type ProjectHeader,
  type ProjectStateFile,
  projectValue,
  type ReleaseRecord,
  rangeRoot,
  type Sha256,
} from "@countermark/formats";
import { AppendList } from "./append-list.ts";

/** What the genesis fixed for good. */
export interface LogFacts {
  readonly origin: string;
  /** L: the hash of the origin. */
  readonly log: Digest;
  readonly ecosystem: string;
  readonly visibility: "public" | "private";
}

/** A legal entry of a project, as far as a later `void` needs it. */
export type PastEntry = { readonly index: number; readonly statement: Digest } & PastKind;

export type PastKind =
  | { readonly kind: "project-configured"; readonly act: ConfigureAct }
  /** With the file that it brought. */
  | { readonly kind: "file-accepted"; readonly file: Digest }
  | { readonly kind: Exclude<KnownStatement["kind"], "project-configured" | "file-accepted"> };

/** An anchor with the index of the state leaf that stated it. */
export interface StatedAnchor extends Anchor {
  readonly at: number;
}

export type FileMap = MerkleMap<FileRecord | ReleaseRecord>;

export interface ProjectState {
  readonly kind: "project";
  readonly header: ProjectHeader;
  readonly current: ConfigRecord;
  readonly base: ConfigRecord;
  readonly pending: ConfigRecord | null;
  readonly files: FileMap;
  readonly history: CompactRange;
  readonly entries: AppendList<PastEntry>;
  /** Indices of the asks that were taken, ascending. */
  readonly taken: AppendList<number>;
}

/** The index itself: project I of its own map. */
export interface IndexState {
  readonly kind: "index";
  readonly header: IndexHeader;
  readonly files: FileMap;
  readonly history: CompactRange;
  readonly entries: AppendList<PastEntry>;
}

/**
 * Everything that follows from the first `size` leaves of a ledger. Never changed in place: an older state stays usable.
 * What is not in the map (anchors, past entries) follows from the same leaves and is only needed to apply more.
 */
export interface LedgerState {
  readonly size: number;
  readonly facts: LogFacts | null;
  readonly index: IndexState | null;
  readonly projects: MerkleMap<ProjectState | IndexState>;
  readonly anchors: AppendList<StatedAnchor>;
  /** The legal state leaves. */
  readonly states: AppendList<{ readonly index: number; readonly statement: Digest }>;
}

/** What is there from the genesis on; null before it. */
export function genesisOf({
  facts,
  index,
}: LedgerState): { readonly facts: LogFacts; readonly index: IndexState } | null {
  return facts === null || index === null ? null : { facts, index };
}

/** The state before the first leaf. */
export function emptyState(sha256: Sha256): LedgerState {
  return {
    size: 0,
    facts: null,
    index: null,
    projects: MerkleMap.empty(sha256, (project) => projectValue(sha256, projectCommitments(project, sha256))),
    anchors: AppendList.of([]),
    states: AppendList.of([]),
  };
}

export function emptyFileMap(sha256: Sha256): FileMap {
  return MerkleMap.empty(sha256, (record) => fileValue(sha256, encodeFileMapRecord(record)));
}

/** The project under map key `key`; null where there is none, and for the index itself. */
export function findProject(state: LedgerState, key: Digest): ProjectState | null {
  const project = state.projects.get(key);
  return project?.kind === "project" ? project : null;
}

/** The file under file id `file`. */
export function findFile(project: ProjectState, file: Digest): FileRecord | null {
  const record = project.files.get(file);
  return record?.kind === "file" ? record : null;
}

/** The release under release id `release`. */
export function findRelease(project: ProjectState, release: Digest): ReleaseRecord | null {
  const record = project.files.get(release);
  return record?.kind === "release" ? record : null;
}

/** What became of an ask: of use to who decides whether its evidence still matters. */
export function findAsk(project: ProjectState, ask: number): "pending" | "taken" | "dropped" {
  if (project.header.asked === ask) return "pending";
  return project.taken.firstWhere((taken) => taken >= ask) === ask ? "taken" : "dropped";
}

/** Number of the legal entries of `key` so far: the `seq` of its next one. */
export function nextSeq(state: LedgerState, key: Digest): number {
  return state.projects.get(key)?.history.size ?? 0;
}

/** What the map commits to for `project`. */
export function projectCommitments(project: ProjectState | IndexState, sha256: Sha256): ProjectCommitments {
  const { files, history } = project;
  return {
    header:
      project.kind === "index" ? encodeIndexHeader(project.header) : encodeProjectHeader(project.header),
    files: files.commitment(),
    historyCount: history.size,
    historyRoot: encodeHex(rangeRoot(sha256, history)),
  };
}

/** All that a client gets to know of `project`, to be served under the project's value. */
export function projectStateFile(project: ProjectState | IndexState, sha256: Sha256): ProjectStateFile {
  const configs =
    project.kind === "index"
      ? { current: null, base: null, pending: null }
      : {
          current: encodeConfigRecord(project.current),
          base: encodeConfigRecord(project.base),
          pending: project.pending === null ? null : encodeConfigRecord(project.pending),
        };
  const records = [...project.files.entries()].map(
    ([key, record]) => [key, encodeFileMapRecord(record)] as const,
  );
  return { ...projectCommitments(project, sha256), ...configs, records };
}

/** `state` with `project` under `key`. */
export function withProject(state: LedgerState, key: Digest, project: ProjectState): LedgerState {
  return { ...state, projects: state.projects.set(key, project) };
}

/** `state` with another index header or history. */
export function withIndex(state: LedgerState, index: IndexState, sha256: Sha256): LedgerState {
  return { ...state, index, projects: state.projects.set(indexKey(sha256), index) };
}
