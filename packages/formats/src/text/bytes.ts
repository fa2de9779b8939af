// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";

/** Bytes in a buffer of their own kind, as every function here returns them. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** A synchronous SHA-256, given by the host. Returns 32 bytes of its own; keeps nothing of `bytes`, which may be written anew. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

const encoder = new TextEncoder();

/** Joins `parts` into one new array. */
export function concat(...parts: readonly Uint8Array[]): Bytes {
  return concatAll(parts);
}

/** The same for a list whose length others choose: an engine takes no more than some hundred thousand arguments. */
export function concatAll(parts: readonly Uint8Array[]): Bytes {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** Compares two arrays for equal content. Not constant-time: nothing secret is compared in these packages. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && compareBytes(a, b) === 0;
}

/** Orders two arrays bytewise, a prefix before what it begins. */
export function compareBytes(a: Uint8Array, b: Uint8Array): -1 | 0 | 1 {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a[i] as number; // i < a.length
    const y = b[i] as number; // i < b.length
    if (x !== y) return x < y ? -1 : 1;
  }
  if (a.length === b.length) return 0;
  return a.length < b.length ? -1 : 1;
}

/** Encodes `text` as UTF-8. */
export function utf8(text: string): Bytes {
  return encoder.encode(text);
}

/** `value` as one byte. @throws TypeError when it does not fit. */
export function u8(value: number): Bytes {
  return unsigned(value, 1);
}

/** `value` as 2 bytes, big-endian. @throws TypeError when it does not fit. */
export function u16(value: number): Bytes {
  return unsigned(value, 2);
}

/** `value` as 4 bytes, big-endian. @throws TypeError when it does not fit. */
export function u32(value: number): Bytes {
  return unsigned(value, 4);
}

/** `value` (0..2^53-1) as 8 bytes, big-endian. @throws TypeError when it does not fit. */
export function u64(value: number): Bytes {
  return unsigned(value, 8);
}

function unsigned(value: number, length: 1 | 2 | 4 | 8): Bytes {
  if (!Number.isSafeInteger(value) || value < 0 || value >= 256 ** length) {
    throw new TypeError(`Cannot encode ${value} in ${length} bytes`);
  }
  const bytes = new Uint8Array(length);
  let rest = value;
  for (let i = length - 1; i >= 0; i--) {
    bytes[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return bytes;
}

/** Reads fixed layouts from the front of an array; never past its end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #what: string;
  #offset = 0;

  /** @param what names the format in error messages, e.g. `"config record"`. */
  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#what = what;
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  /** @throws ParseError `truncated` */
  take(length: number): Uint8Array {
    if (length > this.remaining) {
      throw new ParseError(
        "truncated",
        `Cannot read ${this.#what}: wanted ${length} bytes at offset ${this.#offset}, found ${this.remaining}`,
      );
    }
    const taken = this.#bytes.subarray(this.#offset, this.#offset + length);
    this.#offset += length;
    return taken;
  }

  u8(): number {
    return this.#unsigned(1);
  }

  u16(): number {
    return this.#unsigned(2);
  }

  u32(): number {
    return this.#unsigned(4);
  }

  /** @throws ParseError `out-of-range` above 2^53-1 */
  u64(): number {
    return this.#unsigned(8);
  }

  /** @throws ParseError `trailing-data` unless everything was read. */
  end(): void {
    if (this.remaining !== 0) {
      throw new ParseError(
        "trailing-data",
        `Cannot read ${this.#what}: ${this.remaining} bytes follow its end`,
      );
    }
  }

  #unsigned(length: number): number {
    let value = 0;
    for (const byte of this.take(length)) value = value * 256 + byte;
    if (!Number.isSafeInteger(value)) {
      throw new ParseError("out-of-range", `Cannot read ${this.#what}: an integer is above 2^53-1`);
    }
    return value;
  }
}
