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
  type ProjectRecovered,
  type ProjectStateFile,
  projectValue,
  type ReleaseRecord,
  rangeRoot,
  type Sha256,
} from "@countermark/formats";
import { AppendList } from "./append-list.ts";
import type { Openings } from "./openings.ts";

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
  | {
      readonly kind: "project-recovered";
      readonly act: "ask" | "take";
      readonly way: ProjectRecovered["way"];
    }
  /** With the file that it brought. */
  | { readonly kind: "file-accepted" | "file-attested"; readonly file: Digest }
  /** With its files, and whether it brought the project and who may publish it. */
  | { readonly kind: "imported" | "observed"; readonly files: readonly Digest[]; readonly isFirst: boolean }
  | {
      readonly kind: Exclude<
        KnownStatement["kind"],
        | "project-configured"
        | "project-recovered"
        | "file-accepted"
        | "file-attested"
        | "imported"
        | "observed"
      >;
    };

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
  readonly openings: Openings;
}

/** The index itself: project I of its own map. */
export interface IndexState {
  readonly kind: "index";
  readonly header: IndexHeader;
  readonly files: FileMap;
  readonly history: CompactRange;
  readonly entries: AppendList<PastEntry>;
  /** What the next state leaf brings into force. */
  readonly nextTrust: TrustInForce | null;
  /** What the log named as the one that goes on from it. */
  readonly successor: Successor | null;
}

/** The members of an index header that a trust-changed replaces, all of them. */
export type TrustInForce = Pick<
  IndexHeader,
  | "countersign"
  | "rootKeys"
  | "threshold"
  | "rootVersion"
  | "targetsVersion"
  | "rpIdHash"
  | "trust"
  | "webOrigin"
>;

export interface Successor {
  /** L of that log. */
  readonly log: Digest;
  /** The successor id of its genesis. */
  readonly genesis: Digest;
  /** The entry that named it. */
  readonly at: number;
}

/** Where a log that continues another begins: the state that the other ended in. */
export interface PreviousState {
  readonly state: LedgerState;
  /** The root of its tree of that size, in hexadecimal. */
  readonly root: Digest;
}

/**
 * Everything that follows from the first `size` leaves of a ledger. Never changed in place: an older state stays usable.
 * What is not in the map (anchors, past entries) follows from the same leaves and is only needed to apply more.
 */
export interface LedgerState {
  /** Leaves of this log. */
  readonly size: number;
  /** Leaves of all logs that this one continues: an entry's number is this and its index. */
  readonly offset: number;
  /** What a genesis must continue; null for a log that begins anew, and after every genesis. */
  readonly previous: PreviousState | null;
  /** The rules that the genesis was made by, where they are not known here: then nothing can be said of any leaf. */
  readonly unknownRules: number | null;
  readonly facts: LogFacts | null;
  readonly index: IndexState | null;
  readonly projects: MerkleMap<ProjectState | IndexState>;
  readonly anchors: AppendList<StatedAnchor>;
  /** The legal state leaves, by their numbers. */
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
    offset: 0,
    previous: null,
    unknownRules: null,
    facts: null,
    index: null,
    projects: MerkleMap.empty(sha256, (project) => projectValue(sha256, projectCommitments(project, sha256))),
    anchors: AppendList.of([]),
    states: AppendList.of([]),
  };
}

/** The state before the first leaf of a log that goes on where another ended. @spec specs/ledger-kinds.md#log-succeeded */
export function continuedState(previous: PreviousState, sha256: Sha256): LedgerState {
  return { ...emptyState(sha256), previous };
}

/** The number of the leaf that comes next: by it records and voids name an entry. It is the index, in a log that continues none. */
export function nextNumber(state: LedgerState): number {
  return state.offset + state.size;
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
