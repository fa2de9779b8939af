// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { type Bytes, compareBytes, concat } from "../text/bytes.ts";
import { parseHex } from "../text/hex.ts";
import { readDer } from "./der.ts";
import { derInteger, derSequence } from "./der-writer.ts";
import type { Curve } from "./public-key.ts";

/** How r and s are written: `SEQUENCE { INTEGER r, INTEGER s }`, or `r || s`, each as long as the order of the curve. */
export type EcdsaEncoding = "der" | "raw";

/** Both in 1..n-1, big-endian, as long as the order n. */
export interface EcdsaSignature {
  readonly r: Uint8Array;
  readonly s: Uint8Array;
}

/** The order of each curve's group, big-endian. @spec sp800-186#3.2.1 */
const ORDERS: Readonly<Record<Curve, Uint8Array>> = {
  p256: parseHex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 32, "order of P-256"),
  p384: parseHex(
    "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
    48,
    "order of P-384",
  ),
  p521: parseHex(
    "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
    66,
    "order of P-521",
  ),
};

/**
 * Reads an ECDSA signature by a key on `curve`.
 *
 * @throws ParseError `not-der`, `truncated`, `trailing-data`, `out-of-range`
 * @spec rfc3279#2.2.3, fips186-5#6.4.2
 */
export function parseEcdsaSignature(
  bytes: Uint8Array,
  curve: Curve,
  encoding: EcdsaEncoding,
): EcdsaSignature {
  const order = ORDERS[curve];
  if (encoding === "der") {
    const outer = readDer(bytes, "ECDSA signature");
    const pair = outer.sequence();
    outer.end();
    const r = pair.integer();
    const s = pair.integer();
    pair.end();
    return { r: inRange(padded(r, order.length), order), s: inRange(padded(s, order.length), order) };
  }
  if (bytes.length !== 2 * order.length)
    throw outOfRange(`${bytes.length} bytes, wanted ${2 * order.length}`);
  return {
    r: inRange(bytes.subarray(0, order.length), order),
    s: inRange(bytes.subarray(order.length), order),
  };
}

export function encodeEcdsaSignature({ r, s }: EcdsaSignature, encoding: EcdsaEncoding): Bytes {
  return encoding === "der" ? derSequence(derInteger(r), derInteger(s)) : concat(r, s);
}

/** A DER INTEGER's content, at the length of the order. */
function padded(content: Uint8Array, length: number): Uint8Array {
  const [first = 0] = content;
  if (first >= 0x80) throw outOfRange("r or s is negative");
  const magnitude = first === 0 ? content.subarray(1) : content;
  if (magnitude.length === length) return magnitude;
  if (magnitude.length > length) throw outOfRange("r or s is longer than the order");
  const bytes = new Uint8Array(length);
  bytes.set(magnitude, length - magnitude.length);
  return bytes;
}

function inRange(value: Uint8Array, order: Uint8Array): Uint8Array {
  if (value.every((byte) => byte === 0) || compareBytes(value, order) >= 0) {
    throw outOfRange("r and s are in 1..n-1");
  }
  return value;
}

function outOfRange(why: string): ParseError {
  return new ParseError("out-of-range", `Cannot read ECDSA signature: ${why}`);
}
