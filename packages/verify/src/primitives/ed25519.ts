// SPDX-License-Identifier: Apache-2.0
import { compareBytes, concat, encodeHex, equalBytes, parseHex, utf8 } from "@countermark/formats";

// RFC 8032 leaves room: implementations differ in whether they accept points of small order, coordinates of p and above,
// and what only the equation times eight says. Here none of it is accepted: such keys and signatures are refused by their
// bytes before any implementation sees them, and the equation is the one without the cofactor, compared as bytes.
// Not refused: a key with a part of small order beside its large one; it takes its own holder to make one.

/** y of the eight points of small order, little-endian, without the sign of x: 0, 1, -1 and two more. */
const SMALL_ORDER: readonly Uint8Array[] = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
].map((hex) => parseHex(hex, 32, "point of small order"));
/** 2^255 - 19, big-endian. */
const FIELD = parseHex("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed", 32, "p");
/** The order of the group, big-endian. */
const ORDER = parseHex("1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed", 32, "order");

/** Ed25519ph, an empty context. @spec rfc8032#2 */
const PREHASH_DOMAIN = concat(utf8("SigEd25519 no Ed25519 collisions"), Uint8Array.of(1, 0));

/** Whether 32 bytes may be a point: its y below p, and not one of small order. That it is on the curve is not checked here. */
export function isPointForm(bytes: Uint8Array): boolean {
  const y = bytes.with(31, (bytes[31] ?? 0) & 0x7f);
  return compareBytes(y.toReversed(), FIELD) < 0 && !SMALL_ORDER.some((small) => equalBytes(small, y));
}

/** Whether bytes may be a signature `R (32 bytes) || S (32 bytes, little-endian, below the order)`. */
export function isSignatureForm(bytes: Uint8Array): boolean {
  return (
    bytes.length === 64 &&
    isPointForm(bytes.subarray(0, 32)) &&
    compareBytes(bytes.subarray(32).toReversed(), ORDER) < 0
  );
}

/** Points as @noble/curves has them. */
export interface EdwardsPoint {
  multiplyUnsafe(scalar: bigint): EdwardsPoint;
  subtract(other: EdwardsPoint): EdwardsPoint;
  toBytes(): Uint8Array;
}
export interface EdwardsPoints {
  readonly BASE: EdwardsPoint;
  /** @throws Error for what is no point */
  fromBytes(bytes: Uint8Array): EdwardsPoint;
}

/**
 * Whether `signature`, of the form above, is by `point` over `message`; for Ed25519ph over the message whose SHA-512 is `message`.
 *
 * @spec rfc8032#5.1.7
 */
export function verifyEd25519(
  points: EdwardsPoints,
  sha512: (bytes: Uint8Array) => Uint8Array,
  signed: {
    readonly kind: "ed25519" | "ed25519ph";
    readonly point: Uint8Array;
    readonly signature: Uint8Array;
  },
  message: Uint8Array,
): boolean {
  const domain = signed.kind === "ed25519ph" ? PREHASH_DOMAIN : new Uint8Array(0);
  const r = signed.signature.subarray(0, 32);
  const s = integer(signed.signature.subarray(32).toReversed());
  const k = integer(sha512(concat(domain, r, signed.point, message)).toReversed()) % integer(ORDER);
  const key = points.fromBytes(signed.point);
  return equalBytes(points.BASE.multiplyUnsafe(s).subtract(key.multiplyUnsafe(k)).toBytes(), r);
}

function integer(bigEndian: Uint8Array): bigint {
  return BigInt(`0x${encodeHex(bigEndian)}`);
}
