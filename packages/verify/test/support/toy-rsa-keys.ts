// SPDX-License-Identifier: Apache-2.0
import { constants, createHash, createPrivateKey, type KeyObject, privateEncrypt } from "node:crypto";
import { concat } from "@countermark/formats";

const E = 65_537n;
/** Bits of the modulus -> how far the two primes are after the numbers that their names hash to. */
const PRIMES = { 2048: [643, 529], 3072: [2263, 1429], 4096: [205, 3143] } as const;
const HASH_BYTES = 32;

/** The private key of that size, from primes near fixed numbers. */
export function toyRsaKey(bits: keyof typeof PRIMES): KeyObject {
  const [p, q] = [primeOf(bits, "p", PRIMES[bits][0]), primeOf(bits, "q", PRIMES[bits][1])];
  const d = inverse(E, (p - 1n) * (q - 1n));
  const numbers = { n: p * q, e: E, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
  const texts = Object.entries(numbers).map(([name, value]) => [name, bytesOf(value).toString("base64url")]);
  return createPrivateKey({ key: { kty: "RSA", ...Object.fromEntries(texts) }, format: "jwk" });
}

/** RSASSA-PSS with SHA-256 throughout and a salt of 32 bytes. @spec rfc8017#8.1.1, rfc8017#9.1.1 */
export function signPss(key: KeyObject, bits: number, message: Uint8Array): Uint8Array {
  const digest = sha256(message);
  const salt = sha256(digest);
  const hash = sha256(concat(new Uint8Array(8), digest, salt));
  const encodedBytes = bits / 8;
  const data = new Uint8Array(encodedBytes - HASH_BYTES - 1);
  data.set(concat(Uint8Array.of(1), salt), data.length - HASH_BYTES - 1);
  const masked = data.map((byte, i) => byte ^ (sha256(concat(hash, counter(i))).at(i % HASH_BYTES) ?? 0));
  masked[0] = (masked[0] ?? 0) & 0x7f;
  const encoded = concat(masked, hash, Uint8Array.of(0xbc));
  return new Uint8Array(privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, encoded));
}

/** Which block of MGF1 the byte `i` is in. */
function counter(i: number): Uint8Array {
  return Uint8Array.of(0, 0, 0, Math.floor(i / HASH_BYTES));
}

function primeOf(bits: number, half: "p" | "q", after: number): bigint {
  const bytes = Array.from({ length: Math.ceil(bits / 16 / HASH_BYTES) }, (_, i) =>
    createHash("sha256").update(`toy rsa ${bits} ${half} ${i}`).digest(),
  );
  const seed = Buffer.concat(bytes).subarray(0, bits / 16);
  seed[0] = (seed[0] ?? 0) | 0xc0;
  seed[seed.length - 1] = 0;
  return BigInt(`0x${seed.toString("hex")}`) + BigInt(after);
}

function bytesOf(value: bigint): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex");
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n];
  while (a > 1n) [a, b, x, y] = [b % a, a, y - (b / a) * x, x];
  return ((x % modulus) + modulus) % modulus;
}

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(bytes).digest());
}
