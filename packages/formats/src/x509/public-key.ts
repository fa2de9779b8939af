// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { type DerReader, readDer } from "./der.ts";
import { derBitString, derNull, derOid, derSequence } from "./der-writer.ts";

export type Curve = "p256" | "p384" | "p521";

/** A public key. `spki` is its DER SubjectPublicKeyInfo; it and the parts share memory with what it was parsed from. */
export type PublicKey =
  | {
      readonly kind: "ecdsa";
      readonly curve: Curve;
      /** `0x04 || x || y` */
      readonly point: Uint8Array;
      readonly spki: Uint8Array;
    }
  | { readonly kind: "ed25519"; readonly point: Uint8Array; readonly spki: Uint8Array }
  | {
      readonly kind: "rsa";
      readonly bits: number;
      /** Big-endian, without leading zeros; the exponent is 65537. */
      readonly modulus: Uint8Array;
      readonly spki: Uint8Array;
    }
  | { readonly kind: "ml-dsa-44"; readonly key: Uint8Array; readonly spki: Uint8Array };

export const EC_PUBLIC_KEY_OID = "1.2.840.10045.2.1";
export const RSA_ENCRYPTION_OID = "1.2.840.113549.1.1.1";
export const ED25519_OID = "1.3.101.112";
const ML_DSA_44_OID = "2.16.840.1.101.3.4.3.17";

/** Named curves: object identifier -> name and bytes of one coordinate. */
const CURVES: ReadonlyMap<string, { readonly curve: Curve; readonly coordinateBytes: number }> = new Map([
  ["1.2.840.10045.3.1.7", { curve: "p256", coordinateBytes: 32 }],
  ["1.3.132.0.34", { curve: "p384", coordinateBytes: 48 }],
  ["1.3.132.0.35", { curve: "p521", coordinateBytes: 66 }],
]);

const ED25519_KEY_BYTES = 32;
const ML_DSA_44_KEY_BYTES = 1312;
const RSA_BITS_MIN = 2048;
const RSA_BITS_MAX = 4096;
const RSA_EXPONENT = 65_537;

/**
 * Reads a SubjectPublicKeyInfo: P-256, P-384 or P-521 (uncompressed point), Ed25519, RSA of 2048 to 4096 bits with
 * the exponent 65537, or ML-DSA-44.
 *
 * @throws ParseError `not-der`, `truncated`, `trailing-data`, `unsupported`, `out-of-range`
 * @spec rfc5280#4.1.2.7, rfc5480#2, rfc8410#4, rfc8017#A.1.1, rfc9881#4
 *
 * Not checked here: that an elliptic curve point is on its curve; the host's primitives refuse it.
 */
export function parsePublicKey(spki: Uint8Array, what: string): PublicKey {
  const outer = readDer(spki, what);
  const key = outer.sequence();
  outer.end();
  const algorithm = key.sequence();
  const oid = algorithm.oid();
  if (oid === EC_PUBLIC_KEY_OID) return parseEcKey(algorithm, key, spki, what);
  if (oid === RSA_ENCRYPTION_OID) return parseRsaKey(algorithm, key, spki, what);
  if (oid === ED25519_OID || oid === ML_DSA_44_OID) {
    algorithm.end();
    const octets = key.bitStringOctets();
    key.end();
    if (oid === ED25519_OID && octets.length === ED25519_KEY_BYTES)
      return { kind: "ed25519", point: octets, spki };
    if (oid === ML_DSA_44_OID && octets.length === ML_DSA_44_KEY_BYTES)
      return { kind: "ml-dsa-44", key: octets, spki };
    throw new ParseError("out-of-range", `Cannot read ${what}: a key of ${octets.length} bytes under ${oid}`);
  }
  throw new ParseError("unsupported", `Cannot read ${what}: the key algorithm ${oid} is not accepted`);
}

/** The SubjectPublicKeyInfo around a bare PKCS #1 `RSAPublicKey`. @spec rfc3279#2.3.1 */
export function spkiFromRsaPublicKey(pkcs1: Uint8Array): Uint8Array {
  return derSequence(derSequence(derOid(RSA_ENCRYPTION_OID), derNull()), derBitString(pkcs1));
}

function parseEcKey(algorithm: DerReader, key: DerReader, spki: Uint8Array, what: string): PublicKey {
  const oid = algorithm.oid();
  algorithm.end();
  const named = CURVES.get(oid);
  if (named === undefined)
    throw new ParseError("unsupported", `Cannot read ${what}: the curve ${oid} is not accepted`);
  const point = key.bitStringOctets();
  key.end();
  if (point[0] !== 4 || point.length !== 1 + 2 * named.coordinateBytes) {
    throw new ParseError("unsupported", `Cannot read ${what}: not an uncompressed point of ${named.curve}`);
  }
  return { kind: "ecdsa", curve: named.curve, point, spki };
}

function parseRsaKey(algorithm: DerReader, key: DerReader, spki: Uint8Array, what: string): PublicKey {
  algorithm.null();
  algorithm.end();
  const outer = readDer(key.bitStringOctets(), what);
  key.end();
  const pair = outer.sequence();
  outer.end();
  const integer = pair.integer();
  const exponent = pair.smallInteger(Number.MAX_SAFE_INTEGER);
  pair.end();
  const [first = 0] = integer;
  if (first >= 0x80) throw new ParseError("out-of-range", `Cannot read ${what}: a negative RSA modulus`);
  const modulus = first === 0 ? integer.subarray(1) : integer;
  const bits = modulus.length * 8 + 24 - Math.clz32(modulus[0] ?? 0);
  if (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX || exponent !== RSA_EXPONENT) {
    throw new ParseError(
      "out-of-range",
      `Cannot read ${what}: an RSA key of ${bits} bits, exponent ${exponent}`,
    );
  }
  return { kind: "rsa", bits, modulus, spki };
}
