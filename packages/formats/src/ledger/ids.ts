// SPDX-License-Identifier: Apache-2.0
import { releaseVersion, type Version } from "../packaging/version.ts";
import { type Bytes, concat, type Sha256, u8, u16, u32, u64, utf8 } from "../text/bytes.ts";
import { encodeHex, parseHex } from "../text/hex.ts";
import type { ConfigureAct } from "./statement-fields.ts";

/** 32 bytes as 64 lower-case hexadecimal digits. The order of such texts is the order of the bytes. */
export type Digest = string;

/** The digest whose record field says "none". */
export const NO_DIGEST: Digest = "0".repeat(64);

/** The 32 bytes of `digest`. @throws ParseError `not-hex` */
export function digestBytes(digest: Digest): Bytes {
  return parseHex(digest, 32, "digest");
}

/** L: the log, as named in challenges and subjects. @spec specs/ledger-records.md#ids */
export function originHash(sha256: Sha256, origin: string): Digest {
  return encodeHex(sha256(utf8(origin)));
}

/** K: the key of a project in the index's map; `normalizedName` as `normalizeProjectName` gives it. */
export function mapKey(sha256: Sha256, ecosystem: string, normalizedName: string): Digest {
  const system = utf8(ecosystem);
  const name = utf8(normalizedName);
  return tagged(sha256, "map-key", u8(system.length), system, u16(name.length), name);
}

/** I: the key of the index itself in its own map. */
export function indexKey(sha256: Sha256): Digest {
  return tagged(sha256, "index-key");
}

/** F: the key of a file in the map of project `key`. */
export function fileId(sha256: Sha256, key: Digest, filename: string): Digest {
  return tagged(sha256, "filename", digestBytes(key), utf8(filename));
}

/** V: the key of a release in the map of project `key`; of every version that {@link releaseVersion} takes for one. */
export function releaseId(sha256: Sha256, key: Digest, version: Version): Digest {
  return tagged(sha256, "release", digestBytes(key), utf8(releaseVersion(version)));
}

/** C: the digest of an encoded config record. */
export function configId(sha256: Sha256, record: Uint8Array): Digest {
  return tagged(sha256, "config", record);
}

/** The salted digest of an encoded publisher record (canonical JSON). */
export function publisherId(sha256: Sha256, salt: Uint8Array, record: Uint8Array): Digest {
  return commitment(sha256, "publisher", salt, record);
}

/** The salted digest of an encoded principal record: a passkey, not yet shown. */
export function principalId(sha256: Sha256, salt: Uint8Array, record: Uint8Array): Digest {
  return commitment(sha256, "principal", salt, record);
}

/** The digest of an encoded root record: an offline key. */
export function rootKeyId(sha256: Sha256, record: Uint8Array): Digest {
  return tagged(sha256, "root-key", record);
}

/** The digest by which a log names its successor, over what `encodeSuccessor` gives. */
export function successorId(sha256: Sha256, successor: Uint8Array): Digest {
  return tagged(sha256, "successor", successor);
}

/** The number of each act that a consent can be for. @spec specs/ledger-records.md#consent */
export const CONSENT_ACTS = { change: 1, ask: 2, cancel: 3, undo: 4, approve: 5 } as const;

export interface Challenge {
  readonly log: Digest;
  readonly project: Digest;
  readonly serial: number;
  readonly act: keyof typeof CONSENT_ACTS;
  /** The config id of the new (change, ask), pending (cancel) or base (undo) record; {@link approvalSubject} (approve). */
  readonly subject: Digest;
}

/** The subject of a consent to show staged files: which, ascending by file id, and with which bytes. @spec specs/ledger-records.md#consent */
export function approvalSubject(
  sha256: Sha256,
  files: readonly { readonly file: Digest; readonly sha256: Digest }[],
): Digest {
  return encodeHex(
    sha256(concat(...files.flatMap((item) => [digestBytes(item.file), digestBytes(item.sha256)]))),
  );
}

/** What a passkey signs, or a publisher attests, to consent to one configuration act. */
export function consentChallenge(sha256: Sha256, challenge: Challenge): Bytes {
  const { log, project, serial, act, subject } = challenge;
  const digest = tagged(
    sha256,
    "consent",
    digestBytes(log),
    digestBytes(project),
    u64(serial),
    u8(CONSENT_ACTS[act]),
    digestBytes(subject),
  );
  return digestBytes(digest);
}

/** A configuration act as a consent knows it: which project, as it stands. */
export interface ConfigureAsked {
  readonly log: Digest;
  readonly project: Digest;
  readonly header: { readonly serial: number; readonly pending: Digest | null; readonly base: Digest };
  readonly act: ConfigureAct;
  /** The config id of what is wanted; a cancel and an undo want what is there. */
  readonly config: Digest;
}

/**
 * What has to be signed to consent to a configuration act.
 *
 * @throws TypeError for a take, which asks nobody
 * @spec specs/ledger-records.md#consent
 */
export function configureChallenge(sha256: Sha256, asked: ConfigureAsked): Bytes {
  const { log, project, header, act, config } = asked;
  if (act === "take") throw new TypeError("Cannot consent to a take: it asks nobody");
  const subjects = { change: config, ask: config, cancel: header.pending ?? NO_DIGEST, undo: header.base };
  return consentChallenge(sha256, { log, project, serial: header.serial, act, subject: subjects[act] });
}

/** SHA-256 over `"countermark.dev/<name>/v1\0"` and `parts`: no two formats of ours hash the same bytes. */
export function tagged(sha256: Sha256, name: string, ...parts: readonly Uint8Array[]): Digest {
  return encodeHex(sha256(concat(utf8(`countermark.dev/${name}/v1\0`), ...parts)));
}

function commitment(sha256: Sha256, field: string, salt: Uint8Array, value: Uint8Array): Digest {
  if (salt.length !== 32) throw new TypeError(`Cannot commit with a salt of ${salt.length} bytes`);
  return tagged(sha256, "commit", utf8(`${field}\0`), salt, u32(value.length), value);
}
