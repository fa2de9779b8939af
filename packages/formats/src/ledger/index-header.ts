// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { ByteReader, type Bytes, concat, u8, u32, utf8 } from "../text/bytes.ts";
import { encodeHex } from "../text/hex.ts";
import { parseUtf8 } from "../text/utf8.ts";
import { encodeDigests, oneOf, readDigests, readVersion } from "./config-record.ts";
import { type Digest, digestBytes, NO_DIGEST } from "./ids.ts";
import { readRef, ref } from "./project-records.ts";

export const ROLES = ["index", "gate", "observer"] as const;
export type Role = (typeof ROLES)[number];

/** The header of the index itself, project I of its own map. @spec specs/ledger-records.md#index-header */
export interface IndexHeader {
  readonly role: Role;
  readonly import: "open" | "closed";
  readonly end: "running" | "sunset" | "succeeded";
  readonly rules: number;
  readonly nextRules: number | null;
  readonly announced: number | null;
  readonly rootVersion: number;
  readonly targetsVersion: number;
  readonly trust: Digest | null;
  /** The web origin at which passkeys are asked, e.g. `https://index.example`. */
  readonly webOrigin: string;
  readonly rpIdHash: Digest;
  readonly threshold: number;
  readonly rootKeys: readonly Digest[];
  /** Ed25519 countersigning keys in force, raw, in hexadecimal. */
  readonly countersign: readonly string[];
}

const IMPORTS = ["open", "closed"] as const;
const ENDS = ["running", "sunset", "succeeded"] as const;
export const ROOT_KEYS_MAX = 16;
export const COUNTERSIGN_KEYS_MAX = 8;

/** @throws ParseError @spec specs/ledger-records.md#index-header */
export function parseIndexHeader(bytes: Uint8Array): IndexHeader {
  const reader = new ByteReader(bytes, "index header");
  readVersion(reader, 2, "index header");
  const header: IndexHeader = {
    role: oneOf(ROLES, reader.u8() - 1, "role"),
    import: oneOf(IMPORTS, reader.u8() - 1, "import"),
    end: oneOf(ENDS, reader.u8(), "end"),
    rules: reader.u32(),
    nextRules: zeroAsNull(reader.u32()),
    announced: readRef(reader),
    rootVersion: reader.u32(),
    targetsVersion: reader.u32(),
    trust: noneAsNull(encodeHex(reader.take(32))),
    webOrigin: parseUtf8(reader.take(reader.u8()), "web origin"),
    rpIdHash: encodeHex(reader.take(32)),
    threshold: reader.u8(),
    rootKeys: readDigests(reader, ROOT_KEYS_MAX, "root keys"),
    countersign: readDigests(reader, COUNTERSIGN_KEYS_MAX, "countersigning keys"),
  };
  reader.end();
  const { threshold, rootKeys, countersign } = header;
  if (threshold < 1 || threshold > rootKeys.length || countersign.length === 0) {
    throw new ParseError("out-of-range", "Cannot read index header: threshold or key count");
  }
  return header;
}

export function encodeIndexHeader(header: IndexHeader): Bytes {
  const origin = utf8(header.webOrigin);
  return concat(
    u8(2),
    u8(ROLES.indexOf(header.role) + 1),
    u8(IMPORTS.indexOf(header.import) + 1),
    u8(ENDS.indexOf(header.end)),
    u32(header.rules),
    u32(header.nextRules ?? 0),
    ref(header.announced),
    u32(header.rootVersion),
    u32(header.targetsVersion),
    digestBytes(header.trust ?? NO_DIGEST),
    u8(origin.length),
    origin,
    digestBytes(header.rpIdHash),
    u8(header.threshold),
    encodeDigests(header.rootKeys, ROOT_KEYS_MAX),
    encodeDigests(header.countersign, COUNTERSIGN_KEYS_MAX),
  );
}

function zeroAsNull(value: number): number | null {
  return value === 0 ? null : value;
}

function noneAsNull(digest: Digest): Digest | null {
  return digest === NO_DIGEST ? null : digest;
}
