// SPDX-License-Identifier: Apache-2.0
import { concat } from "@countermark/formats";
import type { Random } from "../random.ts";
import type { MutateContext } from "./mutate.ts";

type Change = (input: Uint8Array, context: MutateContext) => Uint8Array;

/** A copy of `input` changed without regard to what it means. */
export function mutateBytes(input: Uint8Array, context: MutateContext): Uint8Array {
  return context.random.pick(CHANGES)(input, context);
}

const CHANGES: readonly Change[] = [
  flipBit,
  flipBit,
  setByte,
  setByte,
  setInteger,
  setInteger,
  insertBytes,
  dropChunk,
  copyChunk,
  truncate,
  splice,
  append,
  swapChunks,
];
/** Bytes that some grammar gives a meaning to. */
const TELLING = [
  0x00, 0x01, 0x7f, 0x80, 0x81, 0xff, 0x0a, 0x0d, 0x20, 0x22, 0x2c, 0x30, 0x3d, 0x5c, 0x7b, 0x7d,
];
const INTEGERS = [
  0, 1, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff,
];

function flipBit(input: Uint8Array, { random }: MutateContext): Uint8Array {
  return changed(input, random, (byte) => byte ^ (1 << random.below(8)));
}

function setByte(input: Uint8Array, { random }: MutateContext): Uint8Array {
  return changed(input, random, (byte) =>
    random.pick([random.pick(TELLING), byte + 1, byte - 1, random.below(256)]),
  );
}

function changed(input: Uint8Array, random: Random, change: (byte: number) => number): Uint8Array {
  if (input.length === 0) return random.bytes(1);
  const copy = input.slice();
  const at = random.below(copy.length);
  copy[at] = change(copy[at] ?? 0);
  return copy;
}

/** Overwrites 2, 4 or 8 bytes with a number at some border. */
function setInteger(input: Uint8Array, { random }: MutateContext): Uint8Array {
  const width = random.pick([2, 4, 8]);
  if (input.length < width) return random.bytes(width);
  const copy = input.slice();
  const at = random.below(copy.length - width + 1);
  const number =
    BigInt(random.pick(INTEGERS)) * (random.chance(20) ? 0x1_0000_0001n : 1n) - (random.chance(20) ? 1n : 0n);
  for (let i = 0; i < width; i++) copy[at + i] = Number((number >> BigInt(8 * (width - 1 - i))) & 0xffn);
  return copy;
}

function insertBytes(input: Uint8Array, { random }: MutateContext): Uint8Array {
  const at = random.below(input.length + 1);
  const length = random.size(16);
  const more = random.chance(50) ? random.bytes(length) : new Uint8Array(length).fill(random.pick(TELLING));
  return concat(input.subarray(0, at), more, input.subarray(at));
}

function dropChunk(input: Uint8Array, { random }: MutateContext): Uint8Array {
  const [start, end] = chunk(input, random);
  return concat(input.subarray(0, start), input.subarray(end));
}

function copyChunk(input: Uint8Array, { random }: MutateContext): Uint8Array {
  const [start, end] = chunk(input, random);
  const at = random.below(input.length + 1);
  return concat(input.subarray(0, at), input.subarray(start, end), input.subarray(at));
}

function swapChunks(input: Uint8Array, { random }: MutateContext): Uint8Array {
  const [start, end] = chunk(input, random);
  const at = random.below(start + 1);
  return concat(
    input.subarray(0, at),
    input.subarray(start, end),
    input.subarray(at, start),
    input.subarray(end),
  );
}

function truncate(input: Uint8Array, { random }: MutateContext): Uint8Array {
  return input.slice(0, random.below(input.length + 1));
}

/** The beginning of one input and the end of another, at the same place in both or anywhere. */
function splice(input: Uint8Array, { random, other }: MutateContext): Uint8Array {
  const at = random.below(input.length + 1);
  const from = random.chance(50) ? Math.min(at, other.length) : random.below(other.length + 1);
  return concat(input.subarray(0, at), other.subarray(from));
}

function append(input: Uint8Array, { random, other }: MutateContext): Uint8Array {
  return concat(input, random.chance(30) ? other : random.bytes(random.size(8)));
}

function chunk(input: Uint8Array, random: Random): readonly [number, number] {
  if (input.length === 0) return [0, 0];
  const start = random.below(input.length);
  return [start, Math.min(input.length, start + random.size(Math.max(1, input.length - start)))];
}

/** A chunk of `input` repeated until the whole has some size up to `bytesMax`: what a parser that is not linear cannot hide from. */
export function grow(input: Uint8Array, { random, bytesMax }: MutateContext): Uint8Array {
  const wanted =
    Math.max(1, random.chance(30) ? bytesMax : random.size(bytesMax)) + random.pick([-1, 0, 0, 1]);
  const start = random.below(input.length + 1);
  const end = Math.min(input.length, start + random.size(64));
  const piece = end > start ? input.subarray(start, end) : random.bytes(1);
  const count = Math.max(0, Math.floor((wanted - input.length) / piece.length));
  const middle = new Uint8Array(count * piece.length);
  for (let i = 0; i < count; i++) middle.set(piece, i * piece.length);
  return concat(input.subarray(0, end), middle, input.subarray(end));
}
