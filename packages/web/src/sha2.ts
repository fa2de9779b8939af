// SPDX-License-Identifier: Apache-2.0
// SHA-2 without a platform: WebCrypto hashes only asynchronously, and the parsers hash while they read. @spec fips-180-4
import type { Bytes } from "@countermark/formats";
import type { HashName } from "@countermark/verify";

const PRIMES = firstPrimes(80);
/** The first 64 bits of the fractional parts of the cube roots of the first 80 primes. */
const K64 = PRIMES.map((prime) => fraction(prime, 3n));
const K32 = Int32Array.from(K64.slice(0, 64), (word) => Number(word >> 32n));
/** The same of the square roots: of the first 8 primes, and of the 9th to 16th. */
const ROOTS = PRIMES.slice(0, 16).map((prime) => fraction(prime, 2n));
const START_256 = Int32Array.from(ROOTS.slice(0, 8), (word) => Number(word >> 32n));
const MASK = (1n << 64n) - 1n;

export function sha256(bytes: Uint8Array): Bytes {
  const state = Int32Array.from(START_256);
  const padded = pad(bytes, 64);
  const words = new Int32Array(64);
  const view = new DataView(padded.buffer);
  for (let offset = 0; offset < padded.length; offset += 64) {
    for (let i = 0; i < 16; i++) words[i] = view.getInt32(offset + 4 * i);
    compress256(state, words);
  }
  const digest = new Uint8Array(32);
  const out = new DataView(digest.buffer);
  for (let i = 0; i < 8; i++) out.setInt32(4 * i, at(state, i));
  return digest;
}

export function digestOf(algorithm: HashName, bytes: Uint8Array): Bytes {
  switch (algorithm) {
    case "sha256":
      return sha256(bytes);
    case "sha384":
      return sha512(ROOTS.slice(8, 16), bytes).slice(0, 48);
    case "sha512":
      return sha512(ROOTS.slice(0, 8), bytes);
  }
}

/** Every word is kept a 32-bit integer, sums of three and more too: the engine then computes in integers, not in floats. */
function compress256(state: Int32Array, words: Int32Array): void {
  for (let i = 16; i < 64; i++) {
    const x = at(words, i - 15);
    const y = at(words, i - 2);
    const s0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
    const s1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
    words[i] = (((at(words, i - 16) + s0) | 0) + ((at(words, i - 7) + s1) | 0)) | 0;
  }
  let a = at(state, 0);
  let b = at(state, 1);
  let c = at(state, 2);
  let d = at(state, 3);
  let e = at(state, 4);
  let f = at(state, 5);
  let g = at(state, 6);
  let h = at(state, 7);
  for (let i = 0; i < 64; i++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const choice = (e & f) ^ (~e & g);
    const first = (((h + s1) | 0) + ((choice + ((at(K32, i) + at(words, i)) | 0)) | 0)) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const second = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    // One by one: as one assignment of eight, the engine makes an array of them each time.
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  const sums = [a, b, c, d, e, f, g, h];
  for (let i = 0; i < 8; i++) state[i] = at(state, i) + (sums[i] as number); // i < 8
}

function sha512(start: readonly bigint[], bytes: Uint8Array): Bytes {
  const padded = pad(bytes, 128);
  const view = new DataView(padded.buffer);
  let state = start;
  for (let offset = 0; offset < padded.length; offset += 128) {
    const words = Array.from({ length: 16 }, (_, i) => view.getBigUint64(offset + 8 * i));
    state = compress512(state, words);
  }
  const digest = new Uint8Array(64);
  const out = new DataView(digest.buffer);
  for (const [i, word] of state.entries()) out.setBigUint64(8 * i, word);
  return digest;
}

function compress512(state: readonly bigint[], words: bigint[]): readonly bigint[] {
  const word = (i: number) => words[i] ?? 0n;
  for (let i = 16; i < 80; i++) {
    const s0 = rotate64(word(i - 15), 1n) ^ rotate64(word(i - 15), 8n) ^ (word(i - 15) >> 7n);
    const s1 = rotate64(word(i - 2), 19n) ^ rotate64(word(i - 2), 61n) ^ (word(i - 2) >> 6n);
    words.push((word(i - 16) + s0 + word(i - 7) + s1) & MASK);
  }
  let [a = 0n, b = 0n, c = 0n, d = 0n, e = 0n, f = 0n, g = 0n, h = 0n] = state;
  for (let i = 0; i < 80; i++) {
    const s1 = rotate64(e, 14n) ^ rotate64(e, 18n) ^ rotate64(e, 41n);
    const first = h + s1 + ((e & f) ^ (~e & MASK & g)) + (K64[i] ?? 0n) + word(i);
    const s0 = rotate64(a, 28n) ^ rotate64(a, 34n) ^ rotate64(a, 39n);
    const second = s0 + ((a & b) ^ (a & c) ^ (b & c));
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) & MASK, c, b, a, (first + second) & MASK];
  }
  return [a, b, c, d, e, f, g, h].map((value, i) => (value + (state[i] ?? 0n)) & MASK);
}

/** `bytes || 0x80 || zeros || length in bits`, to whole blocks. */
function pad(bytes: Uint8Array, block: 64 | 128): Bytes {
  const length = Math.ceil((bytes.length + 1 + block / 8) / block) * block;
  const padded = new Uint8Array(length);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  new DataView(padded.buffer).setBigUint64(length - 8, BigInt(bytes.length) * 8n);
  return padded;
}

function at(words: Int32Array, i: number): number {
  return words[i] as number; // every caller's index is inside
}

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

function rotate64(word: bigint, by: bigint): bigint {
  return ((word >> by) | (word << (64n - by))) & MASK;
}

/** The first 64 bits of the fractional part of the `degree`-th root of `prime`. */
function fraction(prime: number, degree: 2n | 3n): bigint {
  const scaled = BigInt(prime) << (64n * degree);
  let low = 0n;
  let high = 1n << 70n;
  while (low + 1n < high) {
    const middle = (low + high) / 2n;
    if (middle ** degree <= scaled) low = middle;
    else high = middle;
  }
  return low & ((1n << 64n) - 1n);
}

function firstPrimes(count: number): readonly number[] {
  const primes: number[] = [];
  for (let candidate = 2; primes.length < count; candidate++) {
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
  }
  return primes;
}
