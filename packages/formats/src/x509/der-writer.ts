// SPDX-License-Identifier: Apache-2.0
import { type Bytes, concat, utf8 } from "../text/bytes.ts";
import { contextConstructed, contextPrimitive, DER_TAGS } from "./der.ts";
import { civilTime, digits } from "./time.ts";

/** One element with this tag. @throws TypeError above 2^24-1 bytes of content */
export function derElement(tag: number, ...content: readonly Uint8Array[]): Bytes {
  let length = 0;
  for (const part of content) length += part.length;
  return concat(derHeader(tag, length), ...content);
}

export function derSequence(...elements: readonly Uint8Array[]): Bytes {
  return derElement(DER_TAGS.sequence, ...elements);
}

/** A SET of one element, or of elements that the caller gives in their DER order; see {@link derSetOf}. */
export function derSet(...elements: readonly Uint8Array[]): Bytes {
  return derElement(DER_TAGS.set, ...elements);
}

/** A SET OF: the elements are put into the order that DER demands. @spec itu-x.690#11.6 */
export function derSetOf(...elements: readonly Uint8Array[]): Bytes {
  return derSet(...elements.toSorted(compareSetElements));
}

/** `[number] EXPLICIT`. */
export function derExplicit(number: number, ...content: readonly Uint8Array[]): Bytes {
  return derElement(contextConstructed(number), ...content);
}

/** `[number] IMPLICIT` over a primitive type; `content` without tag and length. */
export function derImplicit(number: number, content: Uint8Array): Bytes {
  return derElement(contextPrimitive(number), content);
}

/** `[number] IMPLICIT` over a SEQUENCE or SET: its elements, without the tag they would have had. */
export function derImplicitConstructed(number: number, ...elements: readonly Uint8Array[]): Bytes {
  return derElement(contextConstructed(number), ...elements);
}

/** A non-negative INTEGER: a number up to 2^53-1, or big-endian bytes (leading zeros are dropped). */
export function derInteger(value: number | Uint8Array): Bytes {
  const bytes = typeof value === "number" ? unsignedBytes(value) : value;
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const magnitude = bytes.subarray(start);
  const [first = 0] = magnitude;
  const content = first >= 0x80 || magnitude.length === 0 ? concat(Uint8Array.of(0), magnitude) : magnitude;
  return derElement(DER_TAGS.integer, content);
}

export function derBoolean(value: boolean): Bytes {
  return derElement(DER_TAGS.boolean, Uint8Array.of(value ? 0xff : 0));
}

export function derNull(): Bytes {
  return derElement(DER_TAGS.null);
}

export function derOctetString(...content: readonly Uint8Array[]): Bytes {
  return derElement(DER_TAGS.octetString, ...content);
}

/** A BIT STRING; `unusedBits` of the last octet must be zero already. */
export function derBitString(bytes: Uint8Array, unusedBits = 0): Bytes {
  return derElement(DER_TAGS.bitString, Uint8Array.of(unusedBits), bytes);
}

/**
 * A BIT STRING of named bits: trailing zero bits dropped, as DER wants.
 *
 * @param bits the numbers of the bits that are set, 0..15.
 */
export function derNamedBits(bits: readonly number[]): Bytes {
  const last = Math.max(-1, ...bits);
  const bytes = new Uint8Array(Math.ceil((last + 1) / 8));
  for (const bit of bits) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  return derBitString(bytes, last < 0 ? 0 : 7 - (last & 7));
}

/** An OBJECT IDENTIFIER from its dotted form. @throws TypeError when it is not one */
export function derOid(dotted: string): Bytes {
  const arcs = dotted.split(".").map(Number);
  const [root = -1, second = -1, ...rest] = arcs;
  const valid =
    arcs.every((arc) => Number.isSafeInteger(arc) && arc >= 0) &&
    root <= 2 &&
    (root === 2 || second < 40) &&
    second >= 0;
  if (!valid) throw new TypeError(`Cannot encode "${dotted}" as an object identifier`);
  return derElement(DER_TAGS.oid, ...[root * 40 + second, ...rest].map(base128));
}

export function derUtf8String(text: string): Bytes {
  return derElement(DER_TAGS.utf8String, utf8(text));
}

/** @throws TypeError outside ASCII */
export function derIa5String(text: string): Bytes {
  return derElement(DER_TAGS.ia5String, ascii(text));
}

/** @throws TypeError outside the alphabet of PrintableString */
export function derPrintableString(text: string): Bytes {
  if (!/^[A-Za-z0-9 '()+,\-./:=?]*$/.test(text))
    throw new TypeError(`Cannot encode "${text}" as PrintableString`);
  return derElement(DER_TAGS.printableString, utf8(text));
}

/** @param seconds Unix seconds, from 1950 to 2049. */
export function derUtcTime(seconds: number): Bytes {
  const { year } = civilTime(seconds);
  if (year < 1950 || year > 2049) throw new TypeError(`Cannot encode the year ${year} as UTCTime`);
  return derElement(DER_TAGS.utcTime, utf8(timeText(seconds).slice(2)));
}

/** @param seconds Unix seconds, from year 0 to 9999. */
export function derGeneralizedTime(seconds: number): Bytes {
  return derElement(DER_TAGS.generalizedTime, utf8(timeText(seconds)));
}

/** A time as certificates write it: UTCTime through 2049. @spec rfc5280#4.1.2.5 */
export function derCertificateTime(seconds: number): Bytes {
  return civilTime(seconds).year < 2050 ? derUtcTime(seconds) : derGeneralizedTime(seconds);
}

function timeText(seconds: number): string {
  if (!Number.isSafeInteger(seconds)) throw new TypeError(`Cannot encode ${seconds} as a time`);
  const { year, month, day, hour, minute, second } = civilTime(seconds);
  if (year < 0 || year > 9999) throw new TypeError(`Cannot encode the year ${year}`);
  return `${digits(year, 4)}${[month, day, hour, minute, second].map((part) => digits(part, 2)).join("")}Z`;
}

export function derHeader(tag: number, length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(tag, length);
  if (length < 0x100) return Uint8Array.of(tag, 0x81, length);
  if (length < 0x10000) return Uint8Array.of(tag, 0x82, length >> 8, length & 0xff);
  if (length < 0x1000000) return Uint8Array.of(tag, 0x83, length >> 16, (length >> 8) & 0xff, length & 0xff);
  throw new TypeError(`Cannot encode ${length} bytes as one DER element`);
}

function unsignedBytes(value: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0) throw new TypeError(`Cannot encode ${value} as an INTEGER`);
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.from(bytes);
}

function base128(value: number): Uint8Array {
  const octets = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128))
    octets.unshift(0x80 | (rest % 128));
  return Uint8Array.from(octets);
}

function ascii(text: string): Uint8Array {
  const bytes = utf8(text);
  if (bytes.some((byte) => byte >= 0x80))
    throw new TypeError("Cannot encode text outside ASCII as IA5String");
  return bytes;
}

/** DER's order of a SET OF: bytewise, the shorter one padded with zeros. */
function compareSetElements(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
