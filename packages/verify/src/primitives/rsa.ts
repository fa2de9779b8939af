// SPDX-License-Identifier: Apache-2.0
import {
  concat,
  derNull,
  derOctetString,
  derOid,
  derSequence,
  digestOid,
  encodeHex,
  equalBytes,
  parseHex,
  u32,
} from "@countermark/formats";
import type { HashName } from "../port.ts";
import type { RsaSigned } from "./signed-form.ts";

type Digest = (algorithm: HashName, bytes: Uint8Array) => Uint8Array;
/** Whether an RSA signature is over the message whose hash is `digest`. @spec rfc8017#8.1.2, rfc8017#8.2.2 */
export function verifyRsaDigest(signed: RsaSigned, digest: Uint8Array, hash: Digest): boolean {
  const encoded = publicOperation(signed);
  return signed.kind === "rsa-pkcs1"
    ? equalBytes(encoded, encodePkcs1(signed.hash, digest, encoded.length))
    : isPss(encoded, signed, digest, hash);
}

/** `signature^65537 mod modulus`, as long as the modulus. Everything in it is public: it need not take constant time. */
function publicOperation({ modulus, signature }: RsaSigned): Uint8Array {
  const n = BigInt(`0x${encodeHex(modulus)}`);
  const s = BigInt(`0x${encodeHex(signature)}`);
  let power = s;
  for (let i = 0; i < 16; i++) power = (power * power) % n;
  const hex = ((power * s) % n).toString(16).padStart(2 * modulus.length, "0");
  return parseHex(hex, modulus.length, "RSA result");
}

/** `0x00 0x01 0xff... 0x00 DigestInfo`: there is one spelling, so it is made and compared, not read. @spec rfc8017#9.2 */
function encodePkcs1(hash: HashName, digest: Uint8Array, length: number): Uint8Array {
  const info = derSequence(derSequence(derOid(digestOid(hash)), derNull()), derOctetString(digest));
  const padding = new Uint8Array(length - info.length - 3).fill(0xff);
  return concat(Uint8Array.of(0, 1), padding, Uint8Array.of(0), info);
}

/** EMSA-PSS, the salt as long as the hash. @spec rfc8017#9.1.2 */
function isPss(
  encoded: Uint8Array,
  { hash: name, modulus }: RsaSigned,
  digest: Uint8Array,
  hash: Digest,
): boolean {
  const emBits = 8 * modulus.length + 24 - Math.clz32(modulus[0] ?? 0) - 1;
  const emLength = Math.ceil(emBits / 8);
  // One byte shorter than the modulus where emBits is a whole number of bytes: what stands before it is zero.
  if (encoded.subarray(0, encoded.length - emLength).some((byte) => byte !== 0)) return false;
  const em = encoded.subarray(encoded.length - emLength);
  const dbLength = emLength - digest.length - 1;
  const h = em.subarray(dbLength, -1);
  const unusedBits = 8 * emLength - emBits;
  const [first = 0] = em;
  if (em[emLength - 1] !== 0xbc || first >> (8 - unusedBits) !== 0) return false;
  const mask = maskOf(h, dbLength, (bytes) => hash(name, bytes));
  const db = em.slice(0, dbLength).map((byte, i) => byte ^ (mask[i] ?? 0));
  db[0] = (db[0] ?? 0) & (0xff >> unusedBits);
  const saltAt = dbLength - digest.length;
  const isPadded = db.subarray(0, saltAt).every((byte, i) => byte === (i === saltAt - 1 ? 1 : 0));
  return isPadded && equalBytes(hash(name, concat(new Uint8Array(8), digest, db.subarray(saltAt))), h);
}

/** MGF1. @spec rfc8017#B.2.1 */
function maskOf(seed: Uint8Array, length: number, hash: (bytes: Uint8Array) => Uint8Array): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let size = 0; size < length; size += seed.length) blocks.push(hash(concat(seed, u32(blocks.length))));
  return concat(...blocks).subarray(0, length);
}
