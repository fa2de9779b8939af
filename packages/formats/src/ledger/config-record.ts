// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { ByteReader, type Bytes, concat, u8, u16 } from "../text/bytes.ts";
import { encodeHex } from "../text/hex.ts";
import { type Digest, digestBytes } from "./ids.ts";

/** What a project promises about its uploads. Later values of each member are stricter. */
export interface ProjectPolicy {
  readonly uploads: "any" | "publisher";
  readonly attestations: "optional" | "required";
  readonly release: "direct" | "staged" | "staged-passkey";
  /** Days after its first file until a release takes no more files; null: never. */
  readonly closeDays: number | null;
}

/** Who may publish a project, who may change that, and under which policy. Lists are ascending and unique. */
export interface ConfigRecord {
  readonly policy: ProjectPolicy;
  readonly publishers: readonly Digest[];
  readonly principals: readonly Digest[];
}

export const UPLOADS = ["any", "publisher"] as const;
export const ATTESTATIONS = ["optional", "required"] as const;
export const RELEASES = ["direct", "staged", "staged-passkey"] as const;
/** How `closeDays` null is written. */
export const CLOSE_NEVER = 65_535;
export const CLOSE_DAYS_MAX = 365;
/** Publishers, and principals, of one configuration, each. */
export const CONFIG_KEYS_MAX = 32;

/** What a reserved name has. */
export const EMPTY_CONFIG: ConfigRecord = {
  policy: { uploads: "any", attestations: "optional", release: "direct", closeDays: null },
  publishers: [],
  principals: [],
};

/** `u8 1 || policy record || u8 p || p*32 publisher ids || u8 q || q*32 principal ids`. @throws ParseError @spec specs/ledger-records.md#config-record */
export function parseConfigRecord(bytes: Uint8Array): ConfigRecord {
  const reader = new ByteReader(bytes, "config record");
  readVersion(reader, 1, "config record");
  readVersion(reader, 1, "policy record");
  const policy = {
    uploads: oneOf(UPLOADS, reader.u8(), "uploads"),
    attestations: oneOf(ATTESTATIONS, reader.u8(), "attestations"),
    release: oneOf(RELEASES, reader.u8(), "release"),
    closeDays: readCloseDays(reader.u16()),
  };
  const publishers = readDigests(reader, CONFIG_KEYS_MAX, "publishers");
  const principals = readDigests(reader, CONFIG_KEYS_MAX, "principals");
  reader.end();
  return { policy, publishers, principals };
}

/** The bytes that a config id is made of. @throws TypeError for a list out of order or too long */
export function encodeConfigRecord(config: ConfigRecord): Bytes {
  const { policy, publishers, principals } = config;
  return concat(
    u8(1),
    u8(1),
    u8(UPLOADS.indexOf(policy.uploads)),
    u8(ATTESTATIONS.indexOf(policy.attestations)),
    u8(RELEASES.indexOf(policy.release)),
    u16(policy.closeDays ?? CLOSE_NEVER),
    encodeDigests(publishers, CONFIG_KEYS_MAX),
    encodeDigests(principals, CONFIG_KEYS_MAX),
  );
}

function readCloseDays(value: number): number | null {
  if (value === CLOSE_NEVER) return null;
  if (value < 1 || value > CLOSE_DAYS_MAX) {
    throw new ParseError("out-of-range", `Cannot read policy record: closeDays ${value}`);
  }
  return value;
}

/** Reads the version byte with which each record begins. @throws ParseError `unsupported` */
export function readVersion(reader: ByteReader, wanted: number, what: string): void {
  const found = reader.u8();
  if (found !== wanted) {
    throw new ParseError("unsupported", `Cannot read ${what}: it begins with ${found}, wanted ${wanted}`);
  }
}

/** The value that a byte stands for, by its place in `values`. @throws ParseError `out-of-range` */
export function oneOf<T extends string | boolean>(
  values: readonly (T | undefined)[],
  byte: number,
  what: string,
): T {
  const value = values[byte];
  if (value === undefined)
    throw new ParseError("out-of-range", `Cannot read ${what}: ${byte} has no meaning`);
  return value;
}

/** `u8 n || n*32`, ascending and unique. @throws ParseError `too-many`, `not-canonical` */
export function readDigests(reader: ByteReader, itemsMax: number, what: string): readonly Digest[] {
  const count = reader.u8();
  if (count > itemsMax)
    throw new ParseError("too-many", `Cannot read ${what}: ${count}, at most ${itemsMax}`);
  const digests: Digest[] = [];
  for (let i = 0; i < count; i++) digests.push(encodeHex(reader.take(32)));
  if (!isAscending(digests)) {
    throw new ParseError("not-canonical", `Cannot read ${what}: not ascending and unique`);
  }
  return digests;
}

/** @throws TypeError for a list out of order or too long */
export function encodeDigests(digests: readonly Digest[], itemsMax: number): Bytes {
  if (digests.length > itemsMax || !isAscending(digests)) {
    throw new TypeError("Cannot encode a list of digests that is too long or not ascending and unique");
  }
  return concat(u8(digests.length), ...digests.map(digestBytes));
}

/** Whether each text is greater than the one before. */
export function isAscending(texts: readonly string[]): boolean {
  return texts.every((text, i) => i === 0 || (texts[i - 1] ?? "") < text);
}
