// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { test } from "node:test";
import {
  derBitString,
  derInteger,
  derNull,
  derOid,
  derSequence,
  EC_PUBLIC_KEY_OID,
  ED25519_OID,
  parsePublicKey,
  RSA_ENCRYPTION_OID,
  spkiFromRsaPublicKey,
} from "../../src/index.ts";

const spkiOf = (key: KeyObject): Uint8Array => new Uint8Array(key.export({ format: "der", type: "spki" }));
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey;

for (const [namedCurve, curve, pointBytes] of [
  ["P-256", "p256", 65],
  ["P-384", "p384", 97],
  ["P-521", "p521", 133],
] as const) {
  test(`parsePublicKey: a key on ${namedCurve} is read`, () => {
    const spki = spkiOf(generateKeyPairSync("ec", { namedCurve }).publicKey);
    assert.deepEqual(parsePublicKey(spki, "key"), {
      kind: "ecdsa",
      curve,
      point: spki.subarray(-pointBytes),
      spki,
    });
  });
}

test("parsePublicKey: an Ed25519 key is read", () => {
  const spki = spkiOf(generateKeyPairSync("ed25519").publicKey);
  assert.deepEqual(parsePublicKey(spki, "key"), { kind: "ed25519", point: spki.subarray(12), spki });
});

test("parsePublicKey: an RSA key of 2048 bits is read, also from its bare form", () => {
  const spki = spkiOf(rsa);
  assert.deepEqual(parsePublicKey(spki, "key"), {
    kind: "rsa",
    bits: 2048,
    modulus: spki.subarray(33, -5),
    spki,
  });
  const bare = new Uint8Array(rsa.export({ format: "der", type: "pkcs1" }));
  assert.deepEqual(spkiFromRsaPublicKey(bare), spki);
});

const p256 = derOid("1.2.840.10045.3.1.7");
const ecKey = (parameters: Uint8Array, point: Uint8Array): Uint8Array =>
  derSequence(derSequence(derOid(EC_PUBLIC_KEY_OID), parameters), derBitString(point));
const rsaKey = (modulus: Uint8Array, exponent: number): Uint8Array =>
  spkiFromRsaPublicKey(derSequence(derInteger(modulus), derInteger(exponent)));
const modulus = new Uint8Array(256).fill(0xff);

const refused: readonly (readonly [string, Uint8Array, string])[] = [
  ["a compressed point", ecKey(p256, Uint8Array.of(2, ...new Uint8Array(32))), "unsupported"],
  ["a point of another length", ecKey(p256, Uint8Array.of(4, ...new Uint8Array(63))), "unsupported"],
  ["another curve", ecKey(derOid("1.3.132.0.10"), Uint8Array.of(4, ...new Uint8Array(64))), "unsupported"],
  ["explicit curve parameters", ecKey(derSequence(), Uint8Array.of(4, ...new Uint8Array(64))), "not-der"],
  [
    "an Ed25519 key of 31 bytes",
    derSequence(derSequence(derOid(ED25519_OID)), derBitString(new Uint8Array(31))),
    "out-of-range",
  ],
  [
    "an Ed25519 key with parameters",
    derSequence(derSequence(derOid(ED25519_OID), derNull()), derBitString(new Uint8Array(32))),
    "trailing-data",
  ],
  ["an RSA key of 2040 bits", rsaKey(modulus.subarray(1), 65_537), "out-of-range"],
  ["an RSA key of 4104 bits", rsaKey(new Uint8Array(513).fill(0xff), 65_537), "out-of-range"],
  ["an RSA key with the exponent 3", rsaKey(modulus, 3), "out-of-range"],
  [
    "an RSA key without NULL",
    derSequence(derSequence(derOid(RSA_ENCRYPTION_OID)), derBitString(Uint8Array.of(0))),
    "truncated",
  ],
  [
    "an RSA modulus that is negative",
    spkiFromRsaPublicKey(derSequence(Uint8Array.of(2, 1, 0x80), derInteger(65_537))),
    "out-of-range",
  ],
  [
    "an unknown algorithm",
    derSequence(derSequence(derOid("1.3.101.113")), derBitString(new Uint8Array(57))),
    "unsupported",
  ],
  ["a byte after the end", Uint8Array.from([...spkiOf(rsa), 0]), "trailing-data"],
];
for (const [what, spki, code] of refused) {
  test(`parsePublicKey: ${what} is refused`, () =>
    assert.throws(() => parsePublicKey(spki, "key"), { code }));
}
