// SPDX-License-Identifier: Apache-2.0
// ECDSA on P-256 whose signatures are the same on every run, which vectors need and node:crypto does not give.
import { createHash, createPrivateKey, createPublicKey } from "node:crypto";
import { concat, encodeHex, parseHex } from "@countermark/formats";

const P = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const G: Point = {
  x: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  y: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
};
const PKCS8_PREFIX = "308141020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420";

interface Point {
  readonly x: bigint;
  readonly y: bigint;
}

/** A P-256 key that signs with SHA-256: the same name is the same key, and the same message the same signature. */
export interface ToyEcdsa {
  readonly spki: Uint8Array;
  /** `r || s`, 64 bytes. */
  readonly signRaw: (message: Uint8Array) => Uint8Array;
  /** `SEQUENCE { r, s }`. */
  readonly signDer: (message: Uint8Array) => Uint8Array;
}

export function toyEcdsa(name: string): ToyEcdsa {
  const seed = hashOf(`toy key ${name}`);
  const pkcs8 = concat(parseHex(PKCS8_PREFIX, 36, "prefix"), seed);
  const key = createPrivateKey({ key: Buffer.from(pkcs8), format: "der", type: "pkcs8" });
  const sign = (message: Uint8Array): Uint8Array => {
    const digest = hashOf(message);
    // A fixed message has a fixed nonce; it is never another message's.
    const nonce = modulo(numberOf(hashOf(concat(seed, digest))), N);
    const r = modulo(times(nonce).x, N);
    const s = modulo(inverse(nonce, N) * (numberOf(digest) + r * numberOf(seed)), N);
    return concat(bytesOf(r), bytesOf(s));
  };
  return {
    spki: new Uint8Array(createPublicKey(key).export({ format: "der", type: "spki" })),
    signRaw: sign,
    signDer: (message) => derOf(sign(message)),
  };
}

function derOf(raw: Uint8Array): Uint8Array {
  const integers = [raw.subarray(0, 32), raw.subarray(32)].map((half) => {
    const start = half.findIndex((byte) => byte !== 0);
    const short = half.subarray(start);
    const bytes = (short[0] ?? 0) >= 0x80 ? concat(new Uint8Array(1), short) : short;
    return concat(new Uint8Array([0x02, bytes.length]), bytes);
  });
  const content = concat(...integers);
  return concat(new Uint8Array([0x30, content.length]), content);
}

function times(factor: bigint): Point {
  let sum: Point | null = null;
  for (const bit of factor.toString(2)) {
    sum = sum === null ? null : add(sum, sum);
    if (bit === "1") sum = sum === null ? G : add(sum, G);
  }
  return sum ?? G;
}

function add(a: Point, b: Point): Point {
  const isDouble = a.x === b.x;
  const slope = isDouble ? 3n * (a.x * a.x - 1n) * inverse(2n * a.y, P) : (b.y - a.y) * inverse(b.x - a.x, P);
  const x = modulo(slope * slope - a.x - b.x, P);
  return { x, y: modulo(slope * (a.x - x) - a.y, P) };
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [modulo(value, modulus), modulus, 1n, 0n];
  while (a > 1n) [a, b, x, y] = [b % a, a, y - (b / a) * x, x];
  return modulo(x, modulus);
}

function modulo(value: bigint, modulus: bigint): bigint {
  return ((value % modulus) + modulus) % modulus;
}

function hashOf(bytes: Uint8Array | string): Uint8Array {
  return new Uint8Array(createHash("sha256").update(bytes).digest());
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${encodeHex(bytes)}`);
}

function bytesOf(value: bigint): Uint8Array {
  return parseHex(value.toString(16).padStart(64, "0"), 32, "number");
}
