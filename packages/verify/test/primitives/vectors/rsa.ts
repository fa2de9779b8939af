// SPDX-License-Identifier: Apache-2.0
import {
  concat,
  derElement,
  derInteger,
  derNull,
  derOctetString,
  derOid,
  derSequence,
  digestOid,
  RSA_ENCRYPTION_OID,
  utf8,
} from "@countermark/formats";
import type { HashName } from "../../../src/port.ts";
import { testCrypto } from "../../support/node-crypto.ts";
import { bytesOf, integerOf, rsaSpki, type ToyRsa, toyRsa } from "../../support/toy-rsa-numbers.ts";
import { misspelled, withAlgorithm, withKey } from "./spki.ts";
import { type Row, type Signed, type Vector, vector, vectors } from "./vector.ts";

type Kind = "rsa-pkcs1" | "rsa-pss";

const MESSAGE = utf8("message");
const KEY = toyRsa("rsa2048");
const LENGTH = KEY.modulus.length;
const SHA256 = digestOf("sha256");

function digestOf(hash: HashName): Uint8Array {
  return testCrypto.digest(hash, MESSAGE);
}

/** vectors/crypto/rsa-pkcs1.json */
export function rsaPkcs1Vectors(): readonly Vector[] {
  const sound = soundOf("rsa-pkcs1");
  return vectors(sound, sizeRows("rsa-pkcs1"), [
    ...encodedPkcs1().map(([claim, encoded]): Row => [claim, { signature: KEY.signEncoded(encoded) }]),
    ["RSA-PSS", { signature: KEY.signEncoded(pss({})) }],
    ...signatureRows("rsa-pkcs1", sound),
    ...keyRows("rsa-pkcs1", sound.spki),
  ]);
}

/** vectors/crypto/rsa-pss.json */
export function rsaPssVectors(): readonly Vector[] {
  const sound = soundOf("rsa-pss");
  return [
    ...vectors(
      sound,
      [
        ["a salt of zeros", { signature: KEY.signEncoded(pss({ salt: new Uint8Array(32) })) }],
        ...sizeRows("rsa-pss"),
      ],
      [
        ...encodedPss().map(([claim, encoded]): Row => [claim, { signature: KEY.signEncoded(encoded) }]),
        ["PKCS #1 v1.5", { signature: KEY.signEncoded(pkcs1(SHA256, "sha256")) }],
        ...signatureRows("rsa-pss", sound),
        ...keyRows("rsa-pss", sound.spki),
      ],
    ),
    oddModulus(),
  ];
}

function soundOf(kind: Kind): Signed {
  const encoded = kind === "rsa-pkcs1" ? pkcs1(SHA256, "sha256") : pss({});
  return {
    scheme: { kind, hash: "sha256" },
    spki: KEY.spki,
    message: MESSAGE,
    digest: SHA256,
    signature: KEY.signEncoded(encoded),
  };
}

/** Every hash, and every length of key. */
function sizeRows(kind: Kind): readonly Row[] {
  const signedBy = (key: ToyRsa, hash: HashName): Partial<Signed> => ({
    scheme: { kind, hash },
    spki: key.spki,
    digest: digestOf(hash),
    signature: signatureBy(kind, key, hash),
  });
  return [
    ["with SHA-384", signedBy(KEY, "sha384")],
    ["with SHA-512", signedBy(KEY, "sha512")],
    ["2,049 bits", signedBy(toyRsa("rsa2049"), "sha256")],
    ["3,072 bits", signedBy(toyRsa("rsa3072"), "sha256")],
    ["4,096 bits", signedBy(toyRsa("rsa4096"), "sha512")],
  ];
}

function signatureBy(kind: Kind, key: ToyRsa, hash: HashName): Uint8Array {
  const length = key.modulus.length;
  if (kind === "rsa-pkcs1") return key.signEncoded(pkcs1(digestOf(hash), hash, length));
  const bits = integerOf(key.modulus).toString(2).length;
  const encoded = pss({ hash, maskHash: hash, digest: digestOf(hash), emBits: bits - 1 });
  return key.signEncoded(concat(new Uint8Array(length - encoded.length), encoded));
}

const digestInfo = (hash: HashName, digest: Uint8Array) =>
  derSequence(derSequence(derOid(digestOid(hash)), derNull()), derOctetString(digest));

/** `0x00 0x01 0xff... 0x00 info`. */
function padded(info: Uint8Array, length = LENGTH): Uint8Array {
  const padding = new Uint8Array(length - info.length - 3).fill(0xff);
  return concat(Uint8Array.of(0, 1), padding, Uint8Array.of(0), info);
}

function pkcs1(digest: Uint8Array, hash: HashName, length = LENGTH): Uint8Array {
  return padded(digestInfo(hash, digest), length);
}

/** Encodings that are nearly PKCS #1 v1.5's. */
function encodedPkcs1(): readonly (readonly [string, Uint8Array])[] {
  const sound = pkcs1(SHA256, "sha256");
  const info = digestInfo("sha256", SHA256);
  const oid = derOid(digestOid("sha256"));
  const algorithm = derSequence(oid, derNull());
  const hashed = derOctetString(SHA256);
  const garbage = new Uint8Array(150).fill(1);
  const long = (tag: number, content: Uint8Array) =>
    concat(Uint8Array.of(tag, 0x81, content.length), content);
  const shortened = concat(Uint8Array.of(0, 1), new Uint8Array(8).fill(0xff), Uint8Array.of(0), info);
  return [
    ["no NULL", padded(derSequence(derSequence(oid), hashed))],
    ["a parameter that is not NULL", padded(derSequence(derSequence(oid, derSequence()), hashed))],
    ["two parameters", padded(derSequence(derSequence(oid, derNull(), derNull()), hashed))],
    ["the name of SHA-384", padded(digestInfo("sha384", SHA256))],
    ["the name of SHA-1", padded(derSequence(derSequence(derOid("1.3.14.3.2.26"), derNull()), hashed))],
    ["the digest without its wrapping", padded(SHA256)],
    ["a digest that is cut short", padded(digestInfo("sha256", SHA256.subarray(0, -1)))],
    [
      "a byte after the digest, inside",
      padded(derSequence(algorithm, derOctetString(SHA256, new Uint8Array(1)))),
    ],
    ["something after the digest", padded(derSequence(algorithm, hashed, derNull()))],
    ["a byte after the whole", padded(concat(info, new Uint8Array(1)))],
    [
      "little padding and garbage after the whole",
      concat(shortened, new Uint8Array(LENGTH - shortened.length).fill(1)),
    ],
    ["garbage in the parameters", padded(derSequence(derSequence(oid, derOctetString(garbage)), hashed))],
    ["a length of the whole in a longer form", padded(long(0x30, concat(algorithm, hashed)))],
    ["a length of the digest in a longer form", padded(derSequence(algorithm, long(4, SHA256)))],
    ["an indefinite length", padded(concat(Uint8Array.of(0x30, 0x80), algorithm, hashed, new Uint8Array(2)))],
    ["a set for the whole", padded(derElement(0x31, algorithm, hashed))],
    ["block type 2", sound.with(1, 2)],
    ["block type 0", sound.with(1, 0)],
    ["a first byte that is not 0", sound.with(0, 1)],
    ["a zero in the padding", sound.with(9, 0)],
    ["a byte of the padding that is not 0xff", sound.with(20, 0xfe)],
    ["no zero after the padding", sound.with(LENGTH - info.length - 1, 0xff)],
    ["no padding", concat(new Uint8Array(LENGTH - info.length - 2), Uint8Array.of(1, 0), info)],
    ["another digest", pkcs1(digestOf("sha512").subarray(0, 32), "sha256")],
  ];
}

interface PssParts {
  readonly hash: HashName;
  readonly maskHash: HashName;
  readonly digest: Uint8Array;
  readonly salt: Uint8Array;
  readonly emBits: number;
  readonly trailer: number;
  /** What stands before the salt: zeros and a one. */
  readonly changePadding: (padding: Uint8Array) => Uint8Array;
  readonly changeHash: (hash: Uint8Array) => Uint8Array;
  readonly prefix: Uint8Array;
}

/** @spec rfc8017#9.1.1 */
function pss(changes: Partial<PssParts>): Uint8Array {
  const parts: PssParts = {
    hash: "sha256",
    maskHash: "sha256",
    digest: SHA256,
    salt: digestOf(changes.hash ?? "sha256").map((byte, i) => byte ^ i),
    emBits: 8 * LENGTH - 1,
    trailer: 0xbc,
    changePadding: (padding) => padding,
    changeHash: (hash) => hash,
    prefix: new Uint8Array(8),
    ...changes,
  };
  const { hash, digest, salt, emBits, trailer } = parts;
  const emLength = Math.ceil(emBits / 8);
  const h = testCrypto.digest(hash, concat(parts.prefix, digest, salt));
  const zeros = new Uint8Array(emLength - h.length - salt.length - 2);
  const db = concat(parts.changePadding(concat(zeros, Uint8Array.of(1))), salt);
  const mask = maskOf(h, db.length, parts.maskHash);
  const masked = db.map((byte, i) => byte ^ (mask[i] ?? 0));
  masked[0] = (masked[0] ?? 0) & (0xff >> (8 * emLength - emBits));
  return concat(masked, parts.changeHash(h), Uint8Array.of(trailer));
}

function maskOf(seed: Uint8Array, length: number, hash: HashName): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let i = 0; i * 32 < length; i++) {
    blocks.push(testCrypto.digest(hash, concat(seed, Uint8Array.of(0, 0, 0, i))));
  }
  return concat(...blocks).subarray(0, length);
}

/** Encodings that are nearly PSS's. */
function encodedPss(): readonly (readonly [string, Uint8Array])[] {
  const salt = (length: number) => pss({ salt: new Uint8Array(length).fill(7) });
  const flip = (offset: number) => (bytes: Uint8Array) => {
    const at = (offset + bytes.length) % bytes.length;
    return bytes.with(at, (bytes[at] ?? 0) ^ 1);
  };
  return [
    ["no salt", salt(0)],
    ["a salt of 20 bytes", salt(20)],
    ["a salt of 31 bytes", salt(31)],
    ["a salt of 33 bytes", salt(33)],
    ["the longest salt", salt(LENGTH - 34)],
    ["another trailer", pss({ trailer: 0xcc })],
    ["a trailer of 0", pss({ trailer: 0 })],
    ["a mask with another hash", pss({ maskHash: "sha512" })],
    ["another hash", pss({ hash: "sha384", maskHash: "sha384", digest: digestOf("sha384") })],
    ["the topmost bit", withTopBit()],
    ["a bit in the first byte of the padding", pss({ changePadding: (padding) => padding.with(0, 1) })],
    ["a bit in the middle of the padding", pss({ changePadding: flip(50) })],
    ["no one before the salt", pss({ changePadding: flip(-1) })],
    ["a two before the salt", pss({ changePadding: (padding) => padding.with(padding.length - 1, 2) })],
    ["a bit of the hash", pss({ changeHash: flip(0) })],
    ["the last bit of the hash", pss({ changeHash: flip(-1) })],
    ["seven zeros before the digest", pss({ prefix: new Uint8Array(7) })],
    ["a prefix that is not zeros", pss({ prefix: new Uint8Array(8).fill(1) })],
    ["another digest", pss({ digest: digestOf("sha512").subarray(0, 32) })],
  ];
}

/** The bit above those that count, in a number that is still below the modulus. */
function withTopBit(): Uint8Array {
  for (let i = 0; ; i++) {
    const encoded = pss({ salt: new Uint8Array(32).fill(i) });
    const changed = encoded.with(0, (encoded[0] ?? 0) | 0x80);
    if (integerOf(changed) < integerOf(KEY.modulus)) return changed;
  }
}

/** Of 2,049 bits: what is encoded is a byte shorter than the modulus, and the byte before it is zero. */
function oddModulus(): Vector {
  const key = toyRsa("rsa2049");
  for (let i = 0; ; i++) {
    const encoded = concat(Uint8Array.of(1), pss({ emBits: 2_048, salt: new Uint8Array(32).fill(i) }));
    if (integerOf(encoded) >= integerOf(key.modulus)) continue;
    const signed = { ...soundOf("rsa-pss"), spki: key.spki, signature: key.signEncoded(encoded) };
    return vector("2,049 bits, and a byte before that is not 0", signed, false);
  }
}

function signatureRows(kind: Kind, { signature }: Signed): readonly Row[] {
  const n = integerOf(KEY.modulus);
  const s = integerOf(signature);
  const massage = utf8("massage");
  const other = kind === "rsa-pkcs1" ? "rsa-pss" : "rsa-pkcs1";
  return [
    ["another message", { message: massage, digest: testCrypto.digest("sha256", massage) }],
    ["a digest that is too short", { message: null, digest: SHA256.subarray(1) }],
    ["a digest by another hash", { message: null, digest: digestOf("sha384") }],
    ["no bytes", { signature: new Uint8Array(0) }],
    ["a zero before the signature", { signature: concat(new Uint8Array(1), signature) }],
    ["a zero after the signature", { signature: concat(signature, new Uint8Array(1)) }],
    ["a byte too few", { signature: signature.subarray(1) }],
    ["the signature plus the modulus", { signature: bytesOf(s + n, LENGTH + 1) }],
    ["the signature plus the modulus, in no more bytes", plusModulus(kind)],
    ["the modulus minus the signature", { signature: bytesOf(n - s, LENGTH) }],
    ["0", { signature: new Uint8Array(LENGTH) }],
    ["1", { signature: bytesOf(1n, LENGTH) }],
    ["the modulus", { signature: KEY.modulus }],
    ["the modulus minus 1", { signature: bytesOf(n - 1n, LENGTH) }],
    ["all bits", { signature: new Uint8Array(LENGTH).fill(0xff) }],
    ["a bit of the signature", { signature: signature.with(LENGTH - 1, (signature[LENGTH - 1] ?? 0) ^ 1) }],
    ["a scheme of another hash", { scheme: { kind, hash: "sha384" }, digest: digestOf("sha384") }],
    ["a scheme of another padding", { scheme: { kind: other, hash: "sha256" } }],
  ];
}

/** The arithmetic holds for it as for the signature: it is a second spelling of one number. */
function plusModulus(kind: Kind): Partial<Signed> {
  const n = integerOf(KEY.modulus);
  for (let i = 0; ; i++) {
    const message = utf8(`message ${i}`);
    const digest = testCrypto.digest("sha256", message);
    const encoded = kind === "rsa-pkcs1" ? pkcs1(digest, "sha256") : pss({ digest });
    const sum = integerOf(KEY.signEncoded(encoded)) + n;
    if (sum < 2n ** BigInt(8 * LENGTH)) return { message, digest, signature: bytesOf(sum, LENGTH) };
  }
}

function keyRows(kind: Kind, spki: Uint8Array): readonly Row[] {
  const by = (key: ToyRsa): Partial<Signed> => ({
    spki: key.spki,
    signature: signatureBy(kind, key, "sha256"),
  });
  const pair = (modulus: Uint8Array, exponent: Uint8Array) => withKey(spki, derSequence(modulus, exponent));
  const [n, e] = [derInteger(KEY.modulus), derInteger(65_537)];
  return [
    ["another key", { spki: toyRsa("rsa3072").spki }],
    ["1,024 bits", by(toyRsa("short1024"))],
    ["2,040 bits", by(toyRsa("short2040"))],
    ["an exponent of 3", by(toyRsa("exponent3"))],
    ["an exponent of 1", { spki: rsaSpki(KEY.modulus, 1), signature: bytesOf(1n, LENGTH) }],
    ["4,104 bits", { spki: rsaSpki(concat(Uint8Array.of(0xc0), toyRsa("rsa4096").modulus), 65_537) }],
    ["key: no NULL for its parameters", withAlgorithm(spki, derOid(RSA_ENCRYPTION_OID))],
    ["key: the name of RSA-PSS", withAlgorithm(spki, derOid("1.2.840.113549.1.1.10"))],
    ["key: a negative modulus", pair(derElement(2, KEY.modulus), e)],
    ["key: a zero too many before the modulus", pair(derElement(2, new Uint8Array(2), KEY.modulus), e)],
    ["key: a zero too many before the exponent", pair(n, derElement(2, Uint8Array.of(0, 1, 0, 1)))],
    ["key: a third number", withKey(spki, derSequence(n, e, e))],
    ["key: no exponent", withKey(spki, derSequence(n))],
    ...misspelled(spki).map(([claim, changes]): Row => [`key: ${claim}`, changes]),
  ];
}
