// SPDX-License-Identifier: Apache-2.0
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
} from "node:crypto";
import {
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { type Bytes, concat, parseHex } from "@countermark/formats";
import { makeFolder, syncFolder } from "./durable-folder.ts";
import { LogError } from "./failure.ts";

export type KeyAlgorithm = "ed25519" | "ml-dsa-44" | "p256";

/** A private key held by this process. Ed25519 and ML-DSA-44 sign the message; P-256 signs its SHA-256. */
export interface PrivateKey {
  readonly algorithm: KeyAlgorithm;
  /** DER SubjectPublicKeyInfo. */
  readonly publicSpki: Bytes;
  /** Ed25519: 64 bytes. ML-DSA-44: 2,420 bytes, other ones each time. P-256: DER `SEQUENCE { r, s }`. */
  sign(message: Uint8Array): Bytes;
  /** P-256 as `r || s` (64 bytes), as JWS has it; the others as in `sign`. */
  signRaw(message: Uint8Array): Bytes;
  /** For libraries that want the platform's own object. */
  readonly keyObject: KeyObject;
}

/** `SEQUENCE { 0, SEQUENCE { OID 1.3.101.112 }, OCTET STRING { OCTET STRING (32 bytes) } }` up to the seed. @spec rfc8410#7 */
const ED25519_PKCS8_PREFIX = parseHex("302e020100300506032b657004220420", 16, "PKCS #8 prefix");

/** The same of ML-DSA-44 with its seed alone, up to the seed. @spec rfc9881#6 */
const ML_DSA_44_PKCS8_PREFIX = parseHex("3034020100300b060960864801650304031104228020", 22, "PKCS #8 prefix");

/** A new Ed25519 key, or the one of `seed` (32 bytes). */
export function createEd25519(seed?: Uint8Array): PrivateKey {
  if (seed === undefined) return privateKey(generateKeyPairSync("ed25519").privateKey, "ed25519");
  return privateKey(importSeed(ED25519_PKCS8_PREFIX, seed), "ed25519");
}

/** A new ML-DSA-44 key, or the one of `seed` (32 bytes). */
export function createMlDsa44(seed?: Uint8Array): PrivateKey {
  if (seed === undefined) return privateKey(generateKeyPairSync("ml-dsa-44").privateKey, "ml-dsa-44");
  return privateKey(importSeed(ML_DSA_44_PKCS8_PREFIX, seed), "ml-dsa-44");
}

/** A new ECDSA P-256 key. */
export function createP256(): PrivateKey {
  return privateKey(generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey, "p256");
}

/** What each kind of key is called by node:crypto, how one is made, and what it signs: the message, or a hash of it. */
const ALGORITHMS = {
  ed25519: { name: "ed25519", create: () => createEd25519(), hash: null },
  "ml-dsa-44": { name: "ml-dsa-44", create: () => createMlDsa44(), hash: null },
  p256: { name: "prime256v1", create: createP256, hash: "sha256" },
} as const;

/** A new key of any kind. */
export function createKey(algorithm: KeyAlgorithm): PrivateKey {
  return ALGORITHMS[algorithm].create();
}

/**
 * The key in the PEM PKCS #8 file at `path`, made first (mode 0600, durable) when there is none.
 *
 * @throws LogError `key-unusable` when the file holds something else, `key-exposed` when others than its owner may use it
 */
export function readOrCreateKey(path: string, algorithm: KeyAlgorithm): PrivateKey {
  const existing = readPem(path);
  if (existing !== null) return parsePrivateKey(existing, algorithm, path);
  const created = createKey(algorithm);
  writePem(path, encodePrivateKey(created));
  // Another process may have been first: the file decides.
  return parsePrivateKey(readPem(path) ?? "", algorithm, path);
}

/** @throws LogError `key-unusable` when `pem` is not a PKCS #8 private key of `algorithm`; the key is never quoted */
export function parsePrivateKey(pem: string, algorithm: KeyAlgorithm, what: string): PrivateKey {
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, format: "pem" });
  } catch (cause) {
    throw new LogError("key-unusable", `Cannot read key ${what}: it is not a PEM private key`, { cause });
  }
  const found = key.asymmetricKeyType === "ec" ? key.asymmetricKeyDetails?.namedCurve : key.asymmetricKeyType;
  const wanted = ALGORITHMS[algorithm].name;
  if (found !== wanted) {
    throw new LogError("key-unusable", `Cannot use key ${what}: found ${found}, wanted ${wanted}`);
  }
  return privateKey(key, algorithm);
}

/** `key` as a PEM PKCS #8 text. A secret. */
export function encodePrivateKey(key: PrivateKey): string {
  return key.keyObject.export({ format: "pem", type: "pkcs8" }).toString();
}

function privateKey(keyObject: KeyObject, algorithm: KeyAlgorithm): PrivateKey {
  const { hash } = ALGORITHMS[algorithm];
  return {
    algorithm,
    keyObject,
    publicSpki: new Uint8Array(createPublicKey(keyObject).export({ format: "der", type: "spki" })),
    sign: (message) => new Uint8Array(sign(hash, message, keyObject)),
    signRaw: (message) => new Uint8Array(sign(hash, message, { key: keyObject, dsaEncoding: "ieee-p1363" })),
  };
}

function importSeed(prefix: Uint8Array, seed: Uint8Array): KeyObject {
  if (seed.length !== 32) throw new TypeError(`Cannot make a key of a seed of ${seed.length} bytes`);
  return createPrivateKey({ key: Buffer.from(concat(prefix, seed)), format: "der", type: "pkcs8" });
}

function readPem(path: string): string | null {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if (isNodeError(error, "ENOENT")) return null;
    throw error;
  }
  try {
    requireOwnersOnly(file, path);
    return readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
}

/** A key that others could read may be theirs by now. Windows has no such mode bits: its permissions are not seen here. */
function requireOwnersOnly(file: number, path: string): void {
  const mode = fstatSync(file).mode & 0o777;
  if (process.platform === "win32" || (mode & 0o077) === 0) return;
  throw new LogError(
    "key-exposed",
    `Cannot use key ${path}: its mode is ${mode.toString(8)}, wanted 600 or less`,
  );
}

function writePem(path: string, pem: string): void {
  makeFolder(dirname(path));
  // Never a name that a crash may have left: in a container, the process that starts again has the same id.
  const temporary = `${path}.${randomUUID()}.tmp`;
  const file = openSync(temporary, "wx", 0o600);
  try {
    writeSync(file, pem);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    linkSync(temporary, path);
  } catch (error) {
    if (!isNodeError(error, "EEXIST")) throw error;
  } finally {
    unlinkSync(temporary);
  }
  syncFolder(dirname(path));
}

function isNodeError(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
