// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { encodeBase64, parseBase64 } from "../text/base64.ts";
import { type Bytes, concat, equalBytes, type Sha256, u8, utf8 } from "../text/bytes.ts";
import { encodeHex, parseHex, quote } from "../text/hex.ts";
import { requireKeyName } from "./note.ts";

/** A verifier key: a name, an algorithm and a public key. @spec c2sp.org/signed-note#verifier-keys */
export interface Vkey {
  readonly name: string;
  /** 4 bytes. */
  readonly keyId: Uint8Array;
  readonly algorithm: VkeyAlgorithm;
  /** 1 and 4: Ed25519, 32 bytes. 2: P-256 as SPKI, 91 bytes. 6: ML-DSA-44, 1,312 bytes. */
  readonly key: Uint8Array;
  readonly text: string;
}

/** 1 Ed25519 note; 2 ECDSA P-256 note; 4 Ed25519 cosignature with time; 6 ML-DSA-44 cosignature with time. */
export type VkeyAlgorithm = 1 | 2 | 4 | 6;

const VKEY_CHARS_MAX = 4_096;
/** The SubjectPublicKeyInfo of a P-256 key up to the uncompressed point (65 bytes). */
const P256_SPKI_PREFIX = parseHex(
  "3059301306072a8648ce3d020106082a8648ce3d030107034200",
  26,
  "P-256 SPKI prefix",
);
const KEY_BYTES: ReadonlyMap<number, { readonly algorithm: VkeyAlgorithm; readonly length: number }> =
  new Map([
    [1, { algorithm: 1, length: 32 }],
    [2, { algorithm: 2, length: 91 }],
    [4, { algorithm: 4, length: 32 }],
    [6, { algorithm: 6, length: 1_312 }],
  ]);

/**
 * Reads `<name>+<hex key id>+<base64(type || key)>`, and checks the key id.
 *
 * @throws ParseError `too-large`, `malformed`, `not-hex`, `not-base64`, `unsupported`, `out-of-range`, `not-canonical`
 * @spec c2sp.org/signed-note#verifier-keys
 */
export function parseVkey(text: string, sha256: Sha256): Vkey {
  if (text.length > VKEY_CHARS_MAX) {
    throw new ParseError("too-large", `Cannot read vkey: ${text.length} characters`);
  }
  const nameEnd = text.indexOf("+");
  const idEnd = text.indexOf("+", nameEnd + 1);
  if (nameEnd < 0 || idEnd < 0) {
    throw new ParseError("malformed", `Cannot read vkey: ${quote(text)} has not three parts`);
  }
  const keyId = parseHex(text.slice(nameEnd + 1, idEnd), 4, "vkey key id");
  const typeAndKey = parseBase64(text.slice(idEnd + 1), "vkey key");
  const vkey = createVkey(text.slice(0, nameEnd), typeAndKey[0] ?? 0, typeAndKey.subarray(1), sha256);
  if (!equalBytes(vkey.keyId, keyId)) {
    throw new ParseError(
      "not-canonical",
      `Cannot read vkey ${quote(text)}: its key has the id ${encodeHex(vkey.keyId)}`,
    );
  }
  return vkey;
}

/** The text of the verifier key with this name, algorithm and public key (see `Vkey.key`). @throws ParseError as parseVkey */
export function encodeVkey(name: string, algorithm: VkeyAlgorithm, key: Uint8Array, sha256: Sha256): string {
  return createVkey(name, algorithm, key, sha256).text;
}

/** The verifier key of this name, type byte and public key. @throws ParseError `malformed`, `unsupported`, `out-of-range` */
export function createVkey(name: string, type: number, key: Uint8Array, sha256: Sha256): Vkey {
  requireKeyName(name);
  const row = KEY_BYTES.get(type);
  if (row === undefined) {
    throw new ParseError("unsupported", `Cannot read vkey ${quote(name)}: type ${type} is not accepted`);
  }
  if (key.length !== row.length) {
    throw new ParseError(
      "out-of-range",
      `Cannot read vkey ${quote(name)}: a key of ${key.length} bytes, type ${type} has ${row.length}`,
    );
  }
  if (row.algorithm === 2 && !equalBytes(key.subarray(0, 26), P256_SPKI_PREFIX)) {
    throw new ParseError("unsupported", `Cannot read vkey ${quote(name)}: the ECDSA key is not on P-256`);
  }
  const keyId = keyIdOf(name, row.algorithm, key, sha256);
  const text = `${name}+${encodeHex(keyId)}+${encodeBase64(concat(u8(type), key))}`;
  return { name, keyId, algorithm: row.algorithm, key, text };
}

/** `SHA-256(name || 0x0A || type || key)[:4]`; for ECDSA `SHA-256(SPKI)[:4]`. */
function keyIdOf(name: string, algorithm: VkeyAlgorithm, key: Uint8Array, sha256: Sha256): Bytes {
  const hashed = algorithm === 2 ? key : concat(utf8(`${name}\n`), u8(algorithm), key);
  return concat(sha256(hashed).subarray(0, 4));
}
