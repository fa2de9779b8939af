// SPDX-License-Identifier: Apache-2.0

/** A running BLAKE2b with 32 bytes of output: clients send this digest, and Node's crypto has only the 64-byte one. */
export interface Blake2b256 {
  update(chunk: Uint8Array): void;
  digest(): Uint8Array;
}

const BLOCK_BYTES = 128;
const DIGEST_BYTES = 32;

// Each 64-bit word is two 32-bit halves, low first.
const IV = new Uint32Array([
  0xf3bcc908, 0x6a09e667, 0x84caa73b, 0xbb67ae85, 0xfe94f82b, 0x3c6ef372, 0x5f1d36f1, 0xa54ff53a, 0xade682d1,
  0x510e527f, 0x2b3e6c1f, 0x9b05688c, 0xfb41bd6b, 0x1f83d9ab, 0x137e2179, 0x5be0cd19,
]);

const SIGMA = [
  "0123456789abcdef",
  "ea489fd61c02b753",
  "b8c052fdae367194",
  "7931dcbe265a40f8",
  "905724afe1bc683d",
  "2c6a0b834d75fe19",
  "c51fed4a0763928b",
  "db7ec13950f4862a",
  "6fe9b308c2d714a5",
  "a2847615fb9e3cd0",
  "0123456789abcdef",
  "ea489fd61c02b753",
].map((row) => Uint8Array.from(row, (digit) => Number.parseInt(digit, 16) * 2));

const MIXES = [
  [0, 8, 16, 24],
  [2, 10, 18, 26],
  [4, 12, 20, 28],
  [6, 14, 22, 30],
  [0, 10, 20, 30],
  [2, 12, 22, 24],
  [4, 14, 16, 26],
  [6, 8, 18, 28],
] as const satisfies readonly (readonly [number, number, number, number])[];
type Mix = (typeof MIXES)[number];

const TWO_32 = 2 ** 32;

/** Starts a digest. @spec rfc7693#3 */
export function createBlake2b256(): Blake2b256 {
  const h = Uint32Array.from(IV);
  h[0] = at(h, 0) ^ (0x01010000 ^ DIGEST_BYTES);
  const block = new Uint8Array(BLOCK_BYTES);
  let filled = 0;
  let length = 0;
  return {
    update(chunk) {
      let offset = 0;
      while (offset < chunk.length) {
        // The last block is compressed by digest(), with its flag: a full block waits until more comes.
        if (filled === BLOCK_BYTES) {
          length += BLOCK_BYTES;
          compress(h, block, length, false);
          filled = 0;
        }
        const taken = Math.min(BLOCK_BYTES - filled, chunk.length - offset);
        block.set(chunk.subarray(offset, offset + taken), filled);
        filled += taken;
        offset += taken;
      }
    },
    digest() {
      length += filled;
      block.fill(0, filled);
      compress(h, block, length, true);
      return new Uint8Array(h.slice(0, DIGEST_BYTES / 4).buffer);
    },
  };
}

const v = new Uint32Array(32);
const m = new Uint32Array(32);

function compress(h: Uint32Array, block: Uint8Array, length: number, isLast: boolean): void {
  const view = new DataView(block.buffer, block.byteOffset, BLOCK_BYTES);
  for (let i = 0; i < 32; i++) m[i] = view.getUint32(i * 4, true);
  v.set(h);
  v.set(IV, 16);
  v[24] = at(v, 24) ^ (length >>> 0);
  v[25] = at(v, 25) ^ Math.floor(length / 2 ** 32);
  if (isLast) {
    v[28] = ~at(v, 28);
    v[29] = ~at(v, 29);
  }
  for (const order of SIGMA) {
    for (let i = 0; i < 8; i++) {
      const mix = MIXES[i] as Mix; // i < 8
      mixWords(mix, order[2 * i] as number, order[2 * i + 1] as number); // 16 words in each row
    }
  }
  for (let i = 0; i < 16; i++) h[i] = at(h, i) ^ at(v, i) ^ at(v, i + 16);
}

/** The function G on four words of `v` and the message words at `x` and `y`. Positions are doubled. @spec rfc7693#3.1 */
function mixWords([a, b, c, d]: Mix, x: number, y: number): void {
  let al = at(v, a);
  let ah = at(v, a + 1);
  let bl = at(v, b);
  let bh = at(v, b + 1);
  let cl = at(v, c);
  let ch = at(v, c + 1);
  let dl = at(v, d);
  let dh = at(v, d + 1);

  // a += b + x; d = (d ^ a) >>> 32
  let low = al + bl + at(m, x);
  ah = (ah + bh + at(m, x + 1) + Math.floor(low / TWO_32)) | 0;
  al = low | 0;
  const dl1 = dh ^ ah;
  dh = dl ^ al;
  dl = dl1;

  // c += d; b = (b ^ c) >>> 24
  low = (cl >>> 0) + (dl >>> 0);
  ch = (ch + dh + (low >= TWO_32 ? 1 : 0)) | 0;
  cl = low | 0;
  const bl1 = bl ^ cl;
  const bh1 = bh ^ ch;
  bl = (bl1 >>> 24) | (bh1 << 8);
  bh = (bh1 >>> 24) | (bl1 << 8);

  // a += b + y; d = (d ^ a) >>> 16
  low = (al >>> 0) + (bl >>> 0) + at(m, y);
  ah = (ah + bh + at(m, y + 1) + Math.floor(low / TWO_32)) | 0;
  al = low | 0;
  const dl2 = dl ^ al;
  const dh2 = dh ^ ah;
  dl = (dl2 >>> 16) | (dh2 << 16);
  dh = (dh2 >>> 16) | (dl2 << 16);

  // c += d; b = (b ^ c) >>> 63
  low = (cl >>> 0) + (dl >>> 0);
  ch = (ch + dh + (low >= TWO_32 ? 1 : 0)) | 0;
  cl = low | 0;
  const bl3 = bl ^ cl;
  const bh3 = bh ^ ch;
  bl = (bl3 << 1) | (bh3 >>> 31);
  bh = (bh3 << 1) | (bl3 >>> 31);

  v[a] = al;
  v[a + 1] = ah;
  v[b] = bl;
  v[b + 1] = bh;
  v[c] = cl;
  v[c + 1] = ch;
  v[d] = dl;
  v[d + 1] = dh;
}

function at(words: Uint32Array, i: number): number {
  return words[i] as number; // every index above is within its array
}
