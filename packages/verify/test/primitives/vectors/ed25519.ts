// SPDX-License-Identifier: Apache-2.0
import {
  concat,
  derNull,
  derOid,
  ED25519_OID,
  encodeEd25519Spki,
  parseHex,
  utf8,
} from "@countermark/formats";
import { ed25519, ed25519ph } from "@noble/curves/ed25519.js";
import { testCrypto } from "../../support/node-crypto.ts";
import { integerOf } from "../../support/toy-rsa-numbers.ts";
import { misspelled, withAlgorithm } from "./spki.ts";
import { type Row, type Signed, type Vector, vectors } from "./vector.ts";

const { Point } = ed25519;
type Point = InstanceType<typeof Point>;
const L = Point.Fn.ORDER;
const P = Point.Fp.ORDER;
const MESSAGE = utf8("message");
const SECRET = new Uint8Array(32).fill(1);
const KEY = ed25519.getPublicKey(SECRET);
/** The scalar and the point of the key. */
const { scalar: A_SCALAR, point: A } = ed25519.utils.getExtendedPublicKey(SECRET);
/** A point of order 8, of which the others of small order are multiples. */
const TORSION = Point.fromBytes(
  parseHex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", 32, "point of order 8"),
);
const SMALL = Array.from({ length: 8 }, (_, i) => (i === 0 ? Point.ZERO : TORSION.multiplyUnsafe(BigInt(i))));

function little(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}

/** What multiplies the key in the equation. */
function challenge(r: Uint8Array, key: Uint8Array, message: Uint8Array): bigint {
  return integerOf(testCrypto.digest("sha512", concat(r, key, message)).toReversed());
}

/** A signature whose R is `r + extra`, by a key that is the sound one plus `keyExtra`, over the first message of which k is as wanted. */
function crafted(extra: Point, keyExtra: Point, isWanted: (k: bigint) => boolean): Partial<Signed> {
  const nonce = 12_345n;
  const key = A.add(keyExtra).toBytes();
  const r = Point.BASE.multiply(nonce).add(extra).toBytes();
  for (let i = 0; ; i++) {
    const message = utf8(`message ${i}`);
    const k = challenge(r, key, message) % L;
    if (!isWanted(k)) continue;
    const s = little((nonce + k * A_SCALAR) % L);
    return { spki: encodeEd25519Spki(key), message, signature: concat(r, s) };
  }
}

/** A signature by a key of small order that nobody made: R = S B, where k times the key vanishes. */
function smallKey(key: Uint8Array): Partial<Signed> {
  const s = 54_321n;
  const r = Point.BASE.multiply(s).toBytes();
  for (let i = 0; ; i++) {
    const message = utf8(`message ${i}`);
    if ((challenge(r, key, message) % L) % 8n !== 0n) continue;
    return { spki: encodeEd25519Spki(key), message, signature: concat(r, little(s)) };
  }
}

/** R of small order, and the S that makes the equation hold where R is the neutral element. */
function smallR(r: Uint8Array): Partial<Signed> {
  const s = ((challenge(r, KEY, MESSAGE) % L) * A_SCALAR) % L;
  return { signature: concat(r, little(s)) };
}

/** Spellings of points that are not theirs: y of p and above, and minus zero. */
const NOT_CANONICAL: readonly (readonly [string, Uint8Array])[] = [
  ["y of p", little(P)],
  ["y of p + 1", little(P + 1n)],
  ["y of p + 3", little(P + 3n)],
  ["y of 2^255 - 1", little(2n ** 255n - 1n)],
  ["y of p, and a sign", little(P + 2n ** 255n)],
  ["y of p + 1, and a sign", little(P + 1n + 2n ** 255n)],
  ["all bits", new Uint8Array(32).fill(0xff)],
  ["y of 1, and a sign", little(1n + 2n ** 255n)],
  ["y of -1, and a sign", little(P - 1n + 2n ** 255n)],
];

/** y of 2 is no point's. */
const NO_POINT = little(2n);

/** vectors/crypto/ed25519.json */
export function ed25519Vectors(): readonly Vector[] {
  const spki = encodeEd25519Spki(KEY);
  const signature = ed25519.sign(MESSAGE, SECRET);
  const sound: Signed = { scheme: { kind: "ed25519" }, spki, message: MESSAGE, digest: null, signature };
  return vectors(
    sound,
    [
      ["of no bytes", { message: new Uint8Array(0), signature: ed25519.sign(new Uint8Array(0), SECRET) }],
      // Without the cofactor: what is of small order in the key vanishes for one message of eight.
      [
        "a key with a part of small order, where k makes it vanish",
        crafted(Point.ZERO, TORSION, (k) => k % 8n === 0n),
      ],
      ["a key", byKey(639)],
      ["a key whose SubjectPublicKeyInfo has the FNV-1a hash of the one before", byKey(39_340)],
      ["the key before it again", byKey(639)],
    ],
    [
      ...signatureRows(signature),
      [
        "a key with a part of small order, where k leaves it",
        crafted(Point.ZERO, TORSION, (k) => k % 8n === 1n),
      ],
      ["an R with a part of small order", crafted(TORSION, Point.ZERO, () => true)],
      [
        "an R and a key with parts of small order that vanish times 8 alone",
        crafted(TORSION, TORSION, (k) => k % 8n === 3n),
      ],
      ...SMALL.map((point, i): Row => [`a key of small order, ${i}`, smallKey(point.toBytes())]),
      ...NOT_CANONICAL.map(([claim, key]): Row => [`a key with ${claim}`, smallKey(key)]),
      ...SMALL.map((point, i): Row => [`an R of small order, ${i}`, smallR(point.toBytes())]),
      ...NOT_CANONICAL.map(([claim, r]): Row => [`an R with ${claim}`, smallR(r)]),
      ["a key that is no point", { spki: encodeEd25519Spki(NO_POINT) }],
      ["an R that is no point", { signature: concat(NO_POINT, signature.subarray(32)) }],
      ["a signature with Ed25519ph", { signature: ed25519ph.sign(MESSAGE, SECRET) }],
      [
        "a signature of the hash of the message",
        { signature: ed25519.sign(testCrypto.digest("sha512", MESSAGE), SECRET) },
      ],
      ...keyRows(spki),
    ],
  );
}

/** A sound signature by one of many keys: 32 bits of hash do not tell all of them apart. */
function byKey(number: number): Partial<Signed> {
  const secret = testCrypto.sha256(utf8(`key ${number}`));
  const spki = encodeEd25519Spki(ed25519.getPublicKey(secret));
  return { spki, signature: ed25519.sign(MESSAGE, secret) };
}

/** vectors/crypto/ed25519ph.json */
export function ed25519phVectors(): readonly Vector[] {
  const spki = encodeEd25519Spki(KEY);
  const digest = testCrypto.digest("sha512", MESSAGE);
  const signature = ed25519ph.sign(MESSAGE, SECRET);
  const sound: Signed = { scheme: { kind: "ed25519ph" }, spki, message: MESSAGE, digest, signature };
  const none = new Uint8Array(0);
  const withContext = ed25519ph.sign(MESSAGE, SECRET, { context: utf8("context") });
  return vectors(
    sound,
    [
      [
        "of no bytes",
        { message: none, digest: testCrypto.digest("sha512", none), signature: ed25519ph.sign(none, SECRET) },
      ],
    ],
    [
      ...signatureRows(signature),
      ["a signature with pure Ed25519", { signature: ed25519.sign(MESSAGE, SECRET) }],
      ["a signature with pure Ed25519 of the digest", { signature: ed25519.sign(digest, SECRET) }],
      ["a signature with a context", { signature: withContext }],
      ["a digest by SHA-256", { message: null, digest: testCrypto.digest("sha256", MESSAGE) }],
      ["a digest that is too long", { message: null, digest: concat(digest, new Uint8Array(1)) }],
      ["the message for its digest", { message: null, digest: MESSAGE }],
      ["a key that is no point", { spki: encodeEd25519Spki(NO_POINT) }],
      ["a key of small order", { spki: encodeEd25519Spki(TORSION.toBytes()) }],
      ["an R of small order", { signature: concat(TORSION.toBytes(), signature.subarray(32)) }],
      ...keyRows(spki),
    ],
  );
}

/** A sound signature with something wrong in it, whatever it is over. */
function signatureRows(signature: Uint8Array): readonly Row[] {
  const [r, s] = [signature.subarray(0, 32), signature.subarray(32)];
  const number = integerOf(s.toReversed());
  const other = utf8("massage");
  return [
    ["another message", { message: other, digest: null }],
    ["no bytes", { signature: new Uint8Array(0) }],
    ["a byte too few", { signature: signature.subarray(0, -1) }],
    ["a byte too many", { signature: concat(signature, new Uint8Array(1)) }],
    ["the first bit of R", { signature: signature.with(0, (signature[0] ?? 0) ^ 1) }],
    ["the sign of R", { signature: signature.with(31, (signature[31] ?? 0) ^ 0x80) }],
    ["the first bit of S", { signature: signature.with(32, (signature[32] ?? 0) ^ 1) }],
    ["S plus the order", { signature: concat(r, little(number + L)) }],
    ["S plus eight times the order", { signature: concat(r, little(number + 8n * L)) }],
    ["S of the order", { signature: concat(r, little(L)) }],
    ["S of the order plus 1", { signature: concat(r, little(L + 1n)) }],
    ["S with the highest bit", { signature: concat(r, little(number + 2n ** 255n)) }],
    ["-S", { signature: concat(r, little(L - number)) }],
    ["S of 0", { signature: concat(r, new Uint8Array(32)) }],
    ["S of all bits", { signature: concat(r, new Uint8Array(32).fill(0xff)) }],
    ["R and S swapped", { signature: concat(s, r) }],
    ["zeros", { signature: new Uint8Array(64) }],
  ];
}

function keyRows(spki: Uint8Array): readonly Row[] {
  return [
    ["another key", { spki: encodeEd25519Spki(ed25519.getPublicKey(new Uint8Array(32).fill(2))) }],
    ["the negated key", { spki: encodeEd25519Spki(KEY.with(31, (KEY[31] ?? 0) ^ 0x80)) }],
    ["key: NULL for its parameters", withAlgorithm(spki, derOid(ED25519_OID), derNull())],
    ["key: the name of X25519", withAlgorithm(spki, derOid("1.3.101.110"))],
    ["key: the name of Ed448", withAlgorithm(spki, derOid("1.3.101.113"))],
    ...misspelled(spki).map(([claim, changes]): Row => [`key: ${claim}`, changes]),
  ];
}
