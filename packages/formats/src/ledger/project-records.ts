// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { ATTESTATIONS_PER_FILE_MAX } from "../limits.ts";
import { ByteReader, type Bytes, concat, u8, u32, u64 } from "../text/bytes.ts";
import { encodeHex } from "../text/hex.ts";
import { oneOf, readVersion } from "./config-record.ts";
import { type Digest, digestBytes, NO_DIGEST } from "./ids.ts";

export const LEDGER_STATUSES = ["reserved", "active", "archived", "deprecated", "quarantined"] as const;
export type LedgerStatus = (typeof LEDGER_STATUSES)[number];

const PROJECT_ORIGINS = [undefined, "created", "imported", "observed"] as const;
const PENDING_WAYS = ["none", "passkey", "publisher", "account", "staff", "root"] as const;

/**
 * Everything about a project but its files. Members that name an entry hold its index, or null for none.
 *
 * @spec specs/ledger-records.md#project-header
 */
export interface ProjectHeader {
  readonly status: LedgerStatus;
  readonly how: "created" | "imported" | "observed";
  readonly firstEntry: number;
  readonly lastEntry: number;
  readonly rules: number;
  readonly firstFile: number | null;
  /** Number of legal configuration acts so far. */
  readonly serial: number;
  readonly current: Digest;
  /** The entry that made `current` current. */
  readonly currentSince: number;
  readonly base: Digest;
  /** What `currentSince` was when this configuration became the base. */
  readonly baseSince: number;
  readonly pending: Digest | null;
  readonly asked: number | null;
  readonly way: (typeof PENDING_WAYS)[number];
  readonly frozen: number | null;
  readonly recovered: number | null;
  /** The first attested file. */
  readonly attested: number | null;
}

export const FILE_STATES = ["none", "accepted", "published", "yanked", "withdrawn"] as const;
export type FileState = Exclude<(typeof FILE_STATES)[number], "none">;
const FILE_ORIGINS = [undefined, "uploaded", "imported", "observed"] as const;
const UPLOADERS = ["unknown", "token", "publisher"] as const;

/** Why a file was yanked or withdrawn. `canceled`: before it was ever visible; `void`: its entry was void. */
export const FILE_REASONS = [
  "none",
  "owner",
  "mistake",
  "malware",
  "spam",
  "legal",
  "canceled",
  "void",
] as const;
export type FileReason = (typeof FILE_REASONS)[number];

export const PREDICATES = [undefined, "publish", "slsa", "other"] as const;
export type Predicate = "publish" | "slsa" | "other";

export interface FileAttestation {
  readonly predicate: Predicate;
  readonly digest: Digest;
  readonly publisher: Digest;
  readonly entry: number;
}

/** One file of a project, under its file id. @spec specs/ledger-records.md#file-record */
export interface FileRecord {
  readonly kind: "file";
  readonly state: FileState;
  readonly prior: FileState | "none";
  readonly how: "uploaded" | "imported" | "observed";
  readonly uploader: (typeof UPLOADERS)[number];
  readonly reason: FileReason;
  readonly observedOtherDigest: boolean;
  readonly sha256: Digest;
  readonly size: number;
  readonly metadata: Digest | null;
  readonly release: Digest;
  readonly firstDetail: Digest | null;
  readonly lastDetail: Digest | null;
  readonly publisher: Digest | null;
  readonly firstEntry: number;
  readonly lastEntry: number;
  readonly time: number;
  /** The project's serial when the file came: which configuration allowed it. */
  readonly serial: number;
  readonly attestations: readonly FileAttestation[];
}

/** One release of a project, under its release id, in the same map as the files. @spec specs/ledger-records.md#release-record */
export interface ReleaseRecord {
  readonly kind: "release";
  readonly state: "open" | "closed";
  readonly firstEntry: number;
  readonly closed: number | null;
  /** Files that are not withdrawn. */
  readonly files: number;
}

const RELEASE_STATES = [undefined, "open", "closed"] as const;

/** @throws ParseError @spec specs/ledger-records.md#project-header */
export function parseProjectHeader(bytes: Uint8Array): ProjectHeader {
  const reader = new ByteReader(bytes, "project header");
  readVersion(reader, 1, "project header");
  const header: ProjectHeader = {
    status: oneOf(LEDGER_STATUSES, reader.u8(), "status"),
    how: oneOf(PROJECT_ORIGINS, reader.u8(), "how"),
    firstEntry: reader.u64(),
    lastEntry: reader.u64(),
    rules: reader.u32(),
    firstFile: readRef(reader),
    serial: reader.u64(),
    current: encodeHex(reader.take(32)),
    currentSince: reader.u64(),
    base: encodeHex(reader.take(32)),
    baseSince: reader.u64(),
    pending: readDigestOrNone(reader),
    asked: readRef(reader),
    way: oneOf(PENDING_WAYS, reader.u8(), "way"),
    frozen: readRef(reader),
    recovered: readRef(reader),
    attested: readRef(reader),
  };
  reader.end();
  const isPending = header.pending !== null;
  if (isPending !== (header.asked !== null) || isPending !== (header.way !== "none")) {
    throw new ParseError("not-canonical", "Cannot read project header: pending, asked and way disagree");
  }
  return header;
}

/** The 184 bytes of a project header. */
export function encodeProjectHeader(header: ProjectHeader): Bytes {
  return concat(
    u8(1),
    u8(LEDGER_STATUSES.indexOf(header.status)),
    u8(PROJECT_ORIGINS.indexOf(header.how)),
    u64(header.firstEntry),
    u64(header.lastEntry),
    u32(header.rules),
    ref(header.firstFile),
    u64(header.serial),
    digestBytes(header.current),
    u64(header.currentSince),
    digestBytes(header.base),
    u64(header.baseSince),
    digestBytes(header.pending ?? NO_DIGEST),
    ref(header.asked),
    u8(PENDING_WAYS.indexOf(header.way)),
    ref(header.frozen),
    ref(header.recovered),
    ref(header.attested),
  );
}

/** Reads either record of a file map by its first byte. @throws ParseError */
export function parseFileMapRecord(bytes: Uint8Array): FileRecord | ReleaseRecord {
  return bytes[0] === 2 ? parseReleaseRecord(bytes) : parseFileRecord(bytes);
}

export function encodeFileMapRecord(record: FileRecord | ReleaseRecord): Bytes {
  return record.kind === "file" ? encodeFileRecord(record) : encodeReleaseRecord(record);
}

/** @throws ParseError @spec specs/ledger-records.md#release-record */
export function parseReleaseRecord(bytes: Uint8Array): ReleaseRecord {
  const reader = new ByteReader(bytes, "release record");
  readVersion(reader, 2, "release record");
  const state = oneOf(RELEASE_STATES, reader.u8(), "release state");
  const record: ReleaseRecord = {
    kind: "release",
    state,
    firstEntry: reader.u64(),
    closed: readRef(reader),
    files: reader.u32(),
  };
  reader.end();
  if ((state === "closed") !== (record.closed !== null)) {
    throw new ParseError("not-canonical", "Cannot read release record: state and closed disagree");
  }
  return record;
}

/** The 22 bytes of a release record. */
export function encodeReleaseRecord(record: ReleaseRecord): Bytes {
  const state = RELEASE_STATES.indexOf(record.state);
  return concat(u8(2), u8(state), u64(record.firstEntry), ref(record.closed), u32(record.files));
}

/** @throws ParseError @spec specs/ledger-records.md#file-record */
export function parseFileRecord(bytes: Uint8Array): FileRecord {
  const reader = new ByteReader(bytes, "file record");
  readVersion(reader, 1, "file record");
  const state = oneOf(FILE_STATES, reader.u8(), "file state");
  if (state === "none") throw new ParseError("out-of-range", "Cannot read file record: state 0");
  const record: FileRecord = {
    kind: "file",
    state,
    prior: oneOf(FILE_STATES, reader.u8(), "prior state"),
    how: oneOf(FILE_ORIGINS, reader.u8(), "how"),
    uploader: oneOf(UPLOADERS, reader.u8(), "uploader"),
    reason: oneOf(FILE_REASONS, reader.u8(), "reason"),
    observedOtherDigest: oneOf([false, true], reader.u8(), "flags"),
    sha256: encodeHex(reader.take(32)),
    size: reader.u64(),
    metadata: readDigestOrNone(reader),
    release: encodeHex(reader.take(32)),
    firstDetail: readDigestOrNone(reader),
    lastDetail: readDigestOrNone(reader),
    publisher: readDigestOrNone(reader),
    firstEntry: reader.u64(),
    lastEntry: reader.u64(),
    time: reader.u64(),
    serial: reader.u64(),
    attestations: readAttestations(reader),
  };
  reader.end();
  return record;
}

/** The 240 + 73k bytes of a file record. @throws TypeError above 8 attestations */
export function encodeFileRecord(record: FileRecord): Bytes {
  const { attestations } = record;
  if (attestations.length > ATTESTATIONS_PER_FILE_MAX)
    throw new TypeError("Cannot encode so many attestations");
  return concat(
    u8(1),
    u8(FILE_STATES.indexOf(record.state)),
    u8(FILE_STATES.indexOf(record.prior)),
    u8(FILE_ORIGINS.indexOf(record.how)),
    u8(UPLOADERS.indexOf(record.uploader)),
    u8(FILE_REASONS.indexOf(record.reason)),
    u8(record.observedOtherDigest ? 1 : 0),
    digestBytes(record.sha256),
    u64(record.size),
    digestBytes(record.metadata ?? NO_DIGEST),
    digestBytes(record.release),
    digestBytes(record.firstDetail ?? NO_DIGEST),
    digestBytes(record.lastDetail ?? NO_DIGEST),
    digestBytes(record.publisher ?? NO_DIGEST),
    u64(record.firstEntry),
    u64(record.lastEntry),
    u64(record.time),
    u64(record.serial),
    u8(attestations.length),
    ...attestations.map(encodeAttestation),
  );
}

function encodeAttestation(item: FileAttestation): Bytes {
  const predicate = u8(PREDICATES.indexOf(item.predicate));
  return concat(predicate, digestBytes(item.digest), digestBytes(item.publisher), u64(item.entry));
}

function readAttestations(reader: ByteReader): readonly FileAttestation[] {
  const count = reader.u8();
  if (count > ATTESTATIONS_PER_FILE_MAX) {
    throw new ParseError("too-many", `Cannot read file record: ${count} attestations`);
  }
  return Array.from({ length: count }, () => ({
    predicate: oneOf(PREDICATES, reader.u8(), "predicate"),
    digest: encodeHex(reader.take(32)),
    publisher: encodeHex(reader.take(32)),
    entry: reader.u64(),
  }));
}

/** `u64` holding an entry index + 1; 0 stands for none. */
export function ref(entry: number | null): Bytes {
  return u64(entry === null ? 0 : entry + 1);
}

export function readRef(reader: ByteReader): number | null {
  const value = reader.u64();
  return value === 0 ? null : value - 1;
}

function readDigestOrNone(reader: ByteReader): Digest | null {
  const digest = encodeHex(reader.take(32));
  return digest === NO_DIGEST ? null : digest;
}
