// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { DER_DEPTH_MAX } from "../limits.ts";
import { parseUtf8 } from "../text/utf8.ts";
import { parseGeneralizedTime, parseUtcTime } from "./der-time.ts";
import { parseOid } from "./oid.ts";

/** The first octet of an element: class, form and number. */
export const DER_TAGS = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The tag `[number]`, primitive (IMPLICIT over a primitive type). */
export function contextPrimitive(number: number): number {
  return 0x80 | number;
}

/** The tag `[number]`, constructed (EXPLICIT, or IMPLICIT over a constructed type). */
export function contextConstructed(number: number): number {
  return 0xa0 | number;
}

/** One element: both views share the memory of the input. */
export type DerNode = {
  readonly tag: number;
  /** The whole element, tag and length included. */
  readonly bytes: Uint8Array;
  readonly content: Uint8Array;
};

export type BitString = { readonly bytes: Uint8Array; readonly unusedBits: number };

/**
 * Reads exactly one DER element that fills `bytes`, as a reader that stands before it.
 *
 * @spec itu-x.690
 */
export function readDer(bytes: Uint8Array, what: string): DerReader {
  return new DerReader(bytes, 0, bytes.length, 0, what);
}

/**
 * Walks the elements of one constructed value. Strict DER: definite lengths in their shortest form, single-octet tags,
 * minimal integers, booleans of 0x00 or 0xff. Every view shares the memory of the input; nothing is copied.
 */
export class DerReader {
  readonly #source: Uint8Array;
  readonly #what: string;
  readonly #depth: number;
  readonly #end: number;
  #at: number;
  // The element that `#step` read last, as offsets into the source.
  #elementAt = 0;
  #contentAt = 0;

  constructor(source: Uint8Array, start: number, end: number, depth: number, what: string) {
    if (depth > DER_DEPTH_MAX) {
      throw new ParseError("too-deep", `Cannot read ${what}: nested deeper than ${DER_DEPTH_MAX}`);
    }
    this.#source = source;
    this.#at = start;
    this.#end = end;
    this.#depth = depth;
    this.#what = what;
  }

  /** Whether an element with this tag comes next; the way to read OPTIONAL elements. */
  has(tag: number): boolean {
    return this.#at < this.#end && this.#source[this.#at] === tag;
  }

  get atEnd(): boolean {
    return this.#at === this.#end;
  }

  /** @throws ParseError `trailing-data` unless every element was read */
  end(): void {
    if (this.#at !== this.#end) {
      throw new ParseError(
        "trailing-data",
        `Cannot read ${this.#what}: ${this.#end - this.#at} bytes follow the last element at offset ${this.#at}`,
      );
    }
  }

  /** Moves past the next element, whatever it is. */
  skip(): void {
    this.#step();
  }

  /** The next element, whatever it is. */
  any(): DerNode {
    const tag = this.#step();
    return {
      tag,
      bytes: this.#source.subarray(this.#elementAt, this.#at),
      content: this.#source.subarray(this.#contentAt, this.#at),
    };
  }

  /** The next element, which must have this tag. @throws ParseError `not-der` */
  element(tag: number): DerNode {
    const start = this.#at;
    const node = this.any();
    if (node.tag !== tag) throw this.#wrongTag(node.tag, tag, start);
    return node;
  }

  /** The whole of the next element, which must have this tag. */
  whole(tag: number): Uint8Array {
    this.#expect(tag);
    return this.taken();
  }

  /** The content of the next element, which must have this tag. */
  content(tag: number): Uint8Array {
    this.#expect(tag);
    return this.#source.subarray(this.#contentAt, this.#at);
  }

  /** The whole of the element that was read last. */
  taken(): Uint8Array {
    return this.#source.subarray(this.#elementAt, this.#at);
  }

  /** Enters the next element, which must be constructed and have this tag. */
  enter(tag: number): DerReader {
    this.#expect(tag);
    return new DerReader(this.#source, this.#contentAt, this.#at, this.#depth + 1, this.#what);
  }

  sequence(): DerReader {
    return this.enter(DER_TAGS.sequence);
  }

  set(): DerReader {
    return this.enter(DER_TAGS.set);
  }

  /** Enters `[number] EXPLICIT`. */
  explicit(number: number): DerReader {
    return this.enter(contextConstructed(number));
  }

  boolean(): boolean {
    const content = this.content(DER_TAGS.boolean);
    if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff)) {
      throw this.#notDer("a BOOLEAN is 0x00 or 0xff");
    }
    return content[0] === 0xff;
  }

  /** A BOOLEAN DEFAULT FALSE: present only when it is true. */
  booleanOrFalse(): boolean {
    if (!this.has(DER_TAGS.boolean)) return false;
    if (!this.boolean()) throw this.#notDer("a default value is left out");
    return true;
  }

  /** An INTEGER's two's complement content, in its shortest form. */
  integer(): Uint8Array {
    return this.#minimal(this.content(DER_TAGS.integer));
  }

  /** An INTEGER in 0..max. @throws ParseError `out-of-range` */
  smallInteger(max: number): number {
    return this.#small(this.integer(), max);
  }

  null(): void {
    if (this.content(DER_TAGS.null).length !== 0) throw this.#notDer("a NULL is empty");
  }

  octetString(): Uint8Array {
    return this.content(DER_TAGS.octetString);
  }

  bitString(): BitString {
    const content = this.content(DER_TAGS.bitString);
    const unusedBits = content[0];
    if (unusedBits === undefined || unusedBits > 7)
      throw this.#notDer("a BIT STRING leaves 0 to 7 bits unused");
    const bytes = content.subarray(1);
    const last = bytes[bytes.length - 1];
    const canonical = last === undefined ? unusedBits === 0 : (last & ((1 << unusedBits) - 1)) === 0;
    if (!canonical) throw this.#notDer("the unused bits of a BIT STRING are zero");
    return { bytes, unusedBits };
  }

  /** A BIT STRING of whole octets, as keys and signatures are. */
  bitStringOctets(): Uint8Array {
    const { bytes, unusedBits } = this.bitString();
    if (unusedBits !== 0) throw this.#notDer("this BIT STRING holds whole octets");
    return bytes;
  }

  /** An OBJECT IDENTIFIER in dotted form. */
  oid(): string {
    this.#expect(DER_TAGS.oid);
    return parseOid(this.#source, this.#contentAt, this.#at, this.#what);
  }

  utf8String(): string {
    return parseUtf8(this.content(DER_TAGS.utf8String), this.#what);
  }

  /** A UTCTime or GeneralizedTime as certificates write it. @returns Unix seconds @spec rfc5280#4.1.2.5 */
  certificateTime(): number {
    const year2050 = 2_524_608_000;
    if (this.has(DER_TAGS.utcTime)) return parseUtcTime(this.content(DER_TAGS.utcTime), this.#what);
    const seconds = parseGeneralizedTime(this.content(DER_TAGS.generalizedTime), "whole", this.#what);
    if (seconds < year2050) {
      throw new ParseError("not-canonical", `Cannot read ${this.#what}: a time before 2050 is a UTCTime`);
    }
    return seconds;
  }

  /** A GeneralizedTime, a fraction of a second allowed and cut off. @returns Unix seconds @spec rfc3161#2.4.2 */
  generalizedTime(): number {
    return parseGeneralizedTime(this.content(DER_TAGS.generalizedTime), "fraction", this.#what);
  }

  #expect(tag: number): void {
    const start = this.#at;
    const found = this.#step();
    if (found !== tag) throw this.#wrongTag(found, tag, start);
  }

  /** Moves past the next element, whose offsets are then in `#elementAt`, `#contentAt` and `#at`. */
  #step(): number {
    const source = this.#source;
    const start = this.#at;
    const tag = start < this.#end ? source[start] : undefined;
    const first = start + 1 < this.#end ? source[start + 1] : undefined;
    if (tag === undefined || first === undefined) throw this.#truncated();
    if ((tag & 0x1f) === 0x1f) throw this.#notDer("tags have one octet");
    let contentAt = start + 2;
    let length = first;
    if (first >= 0x80) {
      const octets = first & 0x7f;
      if (octets === 0 || octets > 3) throw this.#notDer("lengths are definite and below 2^24");
      if (contentAt + octets > this.#end) throw this.#truncated();
      length = 0;
      for (let i = 0; i < octets; i++) length = length * 256 + (source[contentAt + i] ?? 0);
      if (length < 0x80 || length < 256 ** (octets - 1))
        throw this.#notDer("a length is in its shortest form");
      contentAt += octets;
    }
    if (contentAt + length > this.#end) throw this.#truncated();
    this.#elementAt = start;
    this.#contentAt = contentAt;
    this.#at = contentAt + length;
    return tag;
  }

  #minimal(content: Uint8Array): Uint8Array {
    const [first, second] = content;
    if (first === undefined) throw this.#notDer("an INTEGER is not empty");
    if (second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))) {
      throw this.#notDer("an INTEGER is in its shortest form");
    }
    return content;
  }

  #small(content: Uint8Array, max: number): number {
    let value = 0;
    for (const byte of content.subarray(0, 8)) value = value * 256 + byte;
    const negative = (content[0] ?? 0) >= 0x80;
    if (negative || content.length > 7 || value > max) {
      throw new ParseError("out-of-range", `Cannot read ${this.#what}: an INTEGER is not in 0..${max}`);
    }
    return value;
  }

  #notDer(rule: string): ParseError {
    return new ParseError("not-der", `Cannot read ${this.#what}: not DER near offset ${this.#at}: ${rule}`);
  }

  #wrongTag(found: number, wanted: number, offset: number): ParseError {
    return new ParseError(
      "not-der",
      `Cannot read ${this.#what}: wanted tag 0x${wanted.toString(16)} at offset ${offset}, found 0x${found.toString(16)}`,
    );
  }

  #truncated(): ParseError {
    return new ParseError(
      "truncated",
      `Cannot read ${this.#what}: an element at offset ${this.#at} is cut off`,
    );
  }
}
