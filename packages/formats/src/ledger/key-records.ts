// SPDX-License-Identifier: Apache-2.0
import { encodeEd25519Spki } from "../log/ed25519-spki.ts";
import { ByteReader, type Bytes, concat, u8 } from "../text/bytes.ts";
import { parseHex } from "../text/hex.ts";
import { oneOf, readVersion } from "./config-record.ts";

/** A public key in a fixed layout: a project's passkey (principal) or an offline root key. */
export interface KeyRecord {
  readonly algorithm: "ES256" | "Ed25519";
  /** `x || y` (64 bytes) or the Ed25519 key (32 bytes). */
  readonly key: Uint8Array;
}

const ALGORITHMS = [undefined, "ES256", "Ed25519"] as const;
const KEY_BYTES = { ES256: 64, Ed25519: 32 } as const;

/** `u8 1 || u8 alg (1 ES256, 2 Ed25519) || key`. @throws ParseError @spec specs/ledger-records.md#principal-record */
export function parseKeyRecord(bytes: Uint8Array): KeyRecord {
  const reader = new ByteReader(bytes, "key record");
  readVersion(reader, 1, "key record");
  const algorithm = oneOf(ALGORITHMS, reader.u8(), "algorithm");
  const key = reader.take(KEY_BYTES[algorithm]);
  reader.end();
  return { algorithm, key };
}

/** @throws TypeError for a key of another length than its algorithm's */
export function encodeKeyRecord(record: KeyRecord): Bytes {
  const { algorithm, key } = record;
  if (key.length !== KEY_BYTES[algorithm]) {
    throw new TypeError(`Cannot encode an ${algorithm} key of ${key.length} bytes`);
  }
  return concat(u8(1), u8(ALGORITHMS.indexOf(algorithm)), key);
}

/** `SEQUENCE { SEQUENCE { OID ecPublicKey, OID prime256v1 }, BIT STRING (0x04 || x || y) }` up to x. @spec rfc5480#2 */
const P256_PREFIX = parseHex("3059301306072a8648ce3d020106082a8648ce3d03010703420004", 27, "SPKI prefix");

/** The key as DER SubjectPublicKeyInfo, as ports take it. */
export function keyRecordSpki(record: KeyRecord): Bytes {
  return record.algorithm === "ES256" ? concat(P256_PREFIX, record.key) : encodeEd25519Spki(record.key);
}
