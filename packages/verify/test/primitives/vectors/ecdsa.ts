// SPDX-License-Identifier: Apache-2.0
import {
  type Curve,
  concat,
  derElement,
  derInteger,
  derNull,
  derOid,
  derSequence,
  EC_PUBLIC_KEY_OID,
  utf8,
} from "@countermark/formats";
import { p256, p384, p521 } from "@noble/curves/nist.js";
import type { HashName } from "../../../src/port.ts";
import { testCrypto } from "../../support/node-crypto.ts";
import { bytesOf, integerOf, inverse } from "../../support/toy-rsa-numbers.ts";
import { misspelled, withAlgorithm, withKey } from "./spki.ts";
import { type Row, type Signed, type Vector, vector, vectors } from "./vector.ts";

type Numbers = { readonly r: bigint; readonly s: bigint };
type Ecdsa = Extract<Signed["scheme"], { readonly kind: "ecdsa" }>;

const CURVES = {
  p256: { software: p256, oid: "1.2.840.10045.3.1.7", hash: "sha256", bytes: 32 },
  p384: { software: p384, oid: "1.3.132.0.34", hash: "sha384", bytes: 48 },
  p521: { software: p521, oid: "1.3.132.0.35", hash: "sha512", bytes: 66 },
} as const;
const MESSAGE = utf8("message");
/** Numbers of messages whose r or s, signed by the first key, begins with a byte of zeros. */
const SHORT = { p256: { r: 253, s: 75 }, p384: { r: 174, s: 94 }, p521: { r: 192, s: 316 } } as const;

/** A key of a curve, made of one byte. */
function toyKey(curve: Curve, seed: number) {
  const { software, oid, bytes } = CURVES[curve];
  const secret = bytesOf(
    BigInt(
      `0x${seed
        .toString(16)
        .padStart(2, "0")
        .repeat(bytes - 2)}`,
    ),
    bytes,
  );
  const point = software.getPublicKey(secret, false);
  const empty = derSequence(
    derSequence(derOid(EC_PUBLIC_KEY_OID), derOid(oid)),
    derElement(3, Uint8Array.of(0, 4)),
  );
  return { secret, point, spki: withKey(empty, point).spki };
}

function signNumbers(curve: Curve, digest: Uint8Array, seed = 1): Numbers {
  const { software, bytes } = CURVES[curve];
  const raw = software.sign(digest, toyKey(curve, seed).secret, { prehash: false, lowS: false });
  return { r: integerOf(raw.subarray(0, bytes)), s: integerOf(raw.subarray(bytes)) };
}

const derOf = ({ r, s }: Numbers) => derSequence(derInteger(bytesOf(r)), derInteger(bytesOf(s)));

function rawOf({ r, s }: Numbers, bytes: number): Uint8Array {
  return concat(bytesOf(r, bytes), bytesOf(s, bytes));
}

/** vectors/crypto/ecdsa-*.json */
export function ecdsaVectors(curve: Curve): readonly Vector[] {
  const { hash, bytes } = CURVES[curve];
  const { spki } = toyKey(curve, 1);
  const digest = testCrypto.digest(hash, MESSAGE);
  const good = signNumbers(curve, digest);
  const scheme: Ecdsa = { kind: "ecdsa", curve, hash, encoding: "der" };
  const der: Signed = { scheme, spki, message: MESSAGE, digest, signature: derOf(good) };
  const raw: Signed = {
    ...der,
    scheme: { ...scheme, encoding: "raw" },
    signature: rawOf(good, bytes),
  };
  return [
    ...vectors(der, validRows(curve, good), [
      ...derRows(curve, good),
      ...numberRows(curve, good).map(([claim, numbers]): Row => [claim, { signature: derOf(numbers) }]),
      ...keyRows(curve, good),
      ...misspelled(spki).map(([claim, changes]): Row => [`key: ${claim}`, changes]),
      [
        "a signature of another message",
        { message: utf8("massage"), digest: testCrypto.digest(hash, utf8("massage")) },
      ],
      ["a digest that is too short", { message: null, digest: digest.subarray(1) }],
      ["a digest that is too long", { message: null, digest: concat(digest, new Uint8Array(1)) }],
      ["raw where DER is wanted", { signature: raw.signature }],
    ]),
    vector("raw", raw, true),
    ...rawRows(curve, good).map(([claim, signature]) =>
      vector(`raw: ${claim}`, { ...raw, signature }, false),
    ),
    ...craftedVectors(curve, der),
  ];
}

/** Signatures that hold although something in them is rare. */
function validRows(curve: Curve, { r, s }: Numbers): readonly Row[] {
  const { software, hash } = CURVES[curve];
  const n = software.Point.Fn.ORDER;
  const rows: Row[] = [
    ["the same r with n - s: ECDSA has two signatures for each", { signature: derOf({ r, s: n - s }) }],
  ];
  for (const other of ["sha256", "sha384", "sha512"] as const) {
    if (other !== hash) rows.push([`with ${other}`, signedWith(curve, other, MESSAGE)]);
  }
  rows.push(["of no bytes", signedWith(curve, hash, new Uint8Array(0))]);
  // An INTEGER that is shorter than the order is not padded.
  for (const [name, i] of Object.entries(SHORT[curve])) {
    rows.push([`${name} that is short`, signedWith(curve, hash, utf8(`message ${i}`))]);
  }
  const zero = { message: null, digest: new Uint8Array(testCrypto.digest(hash, MESSAGE).length) };
  rows.push(["a digest of zeros", { ...zero, signature: derOf(signNumbers(curve, zero.digest)) }]);
  const ones = { message: null, digest: zero.digest.map(() => 0xff) };
  rows.push(["a digest of ones", { ...ones, signature: derOf(signNumbers(curve, ones.digest)) }]);
  return rows;
}

function signedWith(curve: Curve, hash: HashName, message: Uint8Array): Partial<Signed> {
  const digest = testCrypto.digest(hash, message);
  const scheme: Ecdsa = { kind: "ecdsa", curve, hash, encoding: "der" };
  return { scheme, message, digest, signature: derOf(signNumbers(curve, digest)) };
}

/** Numbers that are out of range, or of another signature. */
function numberRows(curve: Curve, { r, s }: Numbers): readonly (readonly [string, Numbers])[] {
  const n = CURVES[curve].software.Point.Fn.ORDER;
  const length = BigInt(8 * CURVES[curve].bytes);
  return [
    ["r of 0", { r: 0n, s }],
    ["s of 0", { r, s: 0n }],
    ["r and s of 0", { r: 0n, s: 0n }],
    ["r and s of 1", { r: 1n, s: 1n }],
    ["r of n", { r: n, s }],
    ["s of n", { r, s: n }],
    ["r of n + 1", { r: n + 1n, s }],
    ["s of n + 1", { r, s: n + 1n }],
    ["r of n - 1", { r: n - 1n, s }],
    ["s of n - 1", { r, s: n - 1n }],
    ["r plus n", { r: r + n, s }],
    ["s plus n", { r, s: s + n }],
    ["n - r", { r: n - r, s }],
    ["r longer than the curve", { r: r + 2n ** length, s }],
    ["s longer than the curve", { r, s: s + 2n ** length }],
    ["r of 1,000 bits", { r: r + 2n ** 1_000n, s }],
    ["r and s swapped", { r: s, s: r }],
  ];
}

/** Encodings of the right numbers that are not their DER. */
function derRows(curve: Curve, { r, s }: Numbers): readonly Row[] {
  const n = CURVES[curve].software.Point.Fn.ORDER;
  const [ri, si] = [derInteger(bytesOf(r)), derInteger(bytesOf(s))];
  const sound = derSequence(ri, si);
  const zero = new Uint8Array(1);
  const contentOf = (element: Uint8Array) => element.subarray(2);
  const content = concat(ri, si);
  const padded = (element: Uint8Array) => derElement(2, zero, contentOf(element));
  // Without the zero that makes it positive; of which one there is at least.
  const negative = (value: bigint) => {
    const bytes = bytesOf(value);
    return derElement(2, bytes.with(0, (bytes[0] ?? 0) | 0x80));
  };
  const longer = (tag: number, bytes: Uint8Array) => concat(Uint8Array.of(tag, 0x82, 0, bytes.length), bytes);
  const rows: readonly (readonly [string, Uint8Array])[] = [
    ["no bytes", new Uint8Array(0)],
    ["an empty sequence", derSequence()],
    ["r alone", derSequence(ri)],
    ["three integers", derSequence(ri, si, si)],
    ["a byte after the sequence", concat(sound, zero)],
    ["a byte after s", derSequence(ri, si, zero)],
    ["NULL after s", derSequence(ri, si, derNull())],
    ["cut short by a byte", sound.subarray(0, -1)],
    ["a zero too many before r", derSequence(padded(ri), si)],
    ["a zero too many before s", derSequence(ri, padded(si))],
    ["a negative r", derSequence(negative(r), si)],
    ["a negative s", derSequence(ri, negative(s))],
    ["r - n, which is the same number to arithmetic", derSequence(derElement(2, twos(r - n, ri)), si)],
    ["an empty r", derSequence(derElement(2), si)],
    ["an empty s", derSequence(ri, derElement(2))],
    ["a set", derElement(0x31, content)],
    ["a primitive sequence", derElement(0x10, content)],
    ["r as an octet string", derSequence(derElement(4, contentOf(ri)), si)],
    ["s as an enumerated", derSequence(ri, derElement(10, contentOf(si)))],
    ["r with a context tag", derSequence(derElement(0x82, contentOf(ri)), si)],
    ["an indefinite length", concat(Uint8Array.of(0x30, 0x80), content, new Uint8Array(2))],
    ["a length of the sequence in a longer form", longer(0x30, content)],
    ["a length of r in a longer form", derSequence(longer(2, contentOf(ri)), si)],
    ["a length of s in a longer form", derSequence(ri, longer(2, contentOf(si)))],
    ["a length that goes past the end", sound.with(1, (sound[1] ?? 0) + 1)],
    ["a sequence in a sequence", derSequence(sound)],
    ["bits of a bit string", derElement(3, zero, sound)],
  ];
  return rows.map(([claim, signature]) => [claim, { signature }]);
}

/** Two's complement of a negative number, in as many bytes as `like` has. */
function twos(value: bigint, like: Uint8Array): Uint8Array {
  const length = like.length - 1;
  return bytesOf(value + 2n ** BigInt(8 * length), length);
}

function rawRows(curve: Curve, good: Numbers): readonly (readonly [string, Uint8Array])[] {
  const { bytes } = CURVES[curve];
  const sound = rawOf(good, bytes);
  const fitting = numberRows(curve, good).filter(([, { r, s }]) =>
    [r, s].every((value) => value < 2n ** BigInt(8 * bytes)),
  );
  return [
    ...fitting.map(([claim, numbers]) => [claim, rawOf(numbers, bytes)] as const),
    ["no bytes", new Uint8Array(0)],
    ["r alone", sound.subarray(0, bytes)],
    ["a byte too few", sound.subarray(1)],
    ["a byte too many", concat(sound, new Uint8Array(1))],
    [
      "a zero before each",
      concat(new Uint8Array(1), sound.subarray(0, bytes), new Uint8Array(1), sound.subarray(bytes)),
    ],
    ["all zeros", new Uint8Array(2 * bytes)],
    ["DER where raw is wanted", derOf(good)],
  ];
}

/** Keys that are none, or others'. */
function keyRows(curve: Curve, good: Numbers): readonly Row[] {
  const { software, oid, bytes } = CURVES[curve];
  const { point, spki } = toyKey(curve, 1);
  const p = software.Point.Fp.ORDER;
  const [x, y] = [integerOf(point.subarray(1, 1 + bytes)), integerOf(point.subarray(1 + bytes))];
  const at = (px: bigint, py: bigint, first = 4) =>
    withKey(spki, concat(Uint8Array.of(first), bytesOf(px, bytes), bytesOf(py, bytes)));
  const other: Curve = curve === "p256" ? "p384" : "p256";
  const wrongCurve: Ecdsa = { kind: "ecdsa", curve: other, hash: CURVES[curve].hash, encoding: "der" };
  return [
    ["another key", { spki: toyKey(curve, 2).spki }],
    ["a key on another curve", { spki: toyKey(other, 1).spki }],
    ["a scheme of another curve", { scheme: wrongCurve }],
    ["a scheme of another kind", { scheme: { kind: "ed25519ph" }, signature: derOf(good) }],
    ["a compressed point", withKey(spki, software.getPublicKey(toyKey(curve, 1).secret, true))],
    ["a hybrid point", at(x, y, 6 + Number(y & 1n))],
    ["a hybrid point of the other sign", at(x, y, 7 - Number(y & 1n))],
    ["the point at infinity", withKey(spki, new Uint8Array(1))],
    ["an uncompressed point of zeros", at(0n, 0n)],
    ["a point off the curve", at(x, y + 1n)],
    ["the negated point", at(x, p - y)],
    ["y of p", at(x, p)],
    ["x and y swapped", at(y, x)],
    ["another curve's name", withAlgorithm(spki, derOid(EC_PUBLIC_KEY_OID), derOid(CURVES[other].oid))],
    ["a curve that is not accepted", withAlgorithm(spki, derOid(EC_PUBLIC_KEY_OID), derOid("1.3.132.0.10"))],
    ["NULL for the curve", withAlgorithm(spki, derOid(EC_PUBLIC_KEY_OID), derNull())],
    ["no curve", withAlgorithm(spki, derOid(EC_PUBLIC_KEY_OID))],
    ["explicit parameters", withAlgorithm(spki, derOid(EC_PUBLIC_KEY_OID), derSequence(derInteger(1)))],
    ["the curve for the algorithm", withAlgorithm(spki, derOid(oid))],
  ];
}

/** Digests for which arithmetic goes where it rarely does. */
function craftedVectors(curve: Curve, sound: Signed): readonly Vector[] {
  const { software, bytes } = CURVES[curve];
  const { Point } = software;
  const [n, p] = [Point.Fn.ORDER, Point.Fp.ORDER];
  const { secret, spki } = toyKey(curve, 1);
  const d = integerOf(secret);
  const digestBytes = sound.digest?.length ?? 0;
  const modulo = (value: bigint) => ((value % n) + n) % n;
  // A digest is the whole number e where it is not longer than n; else (P-521 is not here) its first bits are.
  const about = (e: bigint, numbers: Numbers): Partial<Signed> => ({
    message: null,
    digest: bytesOf(e, digestBytes),
    signature: derOf(numbers),
  });
  const made: Vector[] = [];
  const e = integerOf(sound.digest ?? new Uint8Array(1)) % n;
  const infinite = { r: modulo(-e * inverse(d, n)), s: 1n };
  made.push(vector("u1 G + u2 Q is the point at infinity", { ...sound, ...about(e, infinite) }, false));
  // u1 G = u2 Q: addition that does not double goes wrong. It takes an e that fits a digest.
  for (let k = 2n; made.length < 2; k++) {
    const r = Point.BASE.multiply(k).toAffine().x % n;
    const doubled = modulo(r * d);
    if (doubled >= 2n ** BigInt(8 * digestBytes)) continue;
    const s = modulo(2n * r * d * inverse(k, n));
    made.push(vector("u1 G is u2 Q", { ...sound, ...about(doubled, { r, s }) }, true));
    break;
  }
  const small = pointBelow(curve, 2n ** BigInt(8 * bytes) - p);
  if (small !== null) {
    // Anybody can sign one digest for a key that has no known secret: R = G + Q, r = x(R), s = r, e = r.
    const r = Point.BASE.add(Point.fromAffine(small)).toAffine().x % n;
    const numbers = { r, s: r };
    const keyAt = (x: bigint) =>
      withKey(spki, concat(Uint8Array.of(4), bytesOf(x, bytes), bytesOf(small.y, bytes)));
    const row = about(r, numbers);
    if (r < 2n ** BigInt(8 * digestBytes)) {
      made.push(vector("a key whose x is small", { ...sound, ...row, ...keyAt(small.x) }, true));
      made.push(vector("the same key with x + p", { ...sound, ...row, ...keyAt(small.x + p) }, false));
    }
  }
  return made;
}

/** A point with an x so small that x + p has no more bytes than p; null where p leaves no room. */
function pointBelow(curve: Curve, limit: bigint): { readonly x: bigint; readonly y: bigint } | null {
  const { Fp, CURVE } = { Fp: CURVES[curve].software.Point.Fp, CURVE: CURVES[curve].software.Point.CURVE() };
  for (let x = 1n; x < limit && x < 1_000n; x++) {
    const square = Fp.add(Fp.add(Fp.pow(x, 3n), Fp.mul(CURVE.a, x)), CURVE.b);
    try {
      return { x, y: Fp.sqrt(square) };
    } catch {
      // No point has this x.
    }
  }
  return null;
}
