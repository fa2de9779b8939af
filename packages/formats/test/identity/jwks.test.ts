// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { test } from "node:test";
import { encodeBase64Url, parseJwks, utf8 } from "@countermark/formats";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey;
const p256 = generateKeyPairSync("ec", { namedCurve: "prime256v1" }).publicKey;
const ed25519 = generateKeyPairSync("ed25519").publicKey;
const jwk = (key: KeyObject, more: object = {}): object => ({ ...key.export({ format: "jwk" }), ...more });
const spki = (key: KeyObject): Uint8Array => new Uint8Array(key.export({ format: "der", type: "spki" }));
const set = (...keys: readonly object[]): Uint8Array => utf8(JSON.stringify({ keys }));

test("parseJwks: each kind of key becomes the SPKI that the platform makes of it", () => {
  const keys = parseJwks(
    set(
      jwk(rsa, { kid: "r", use: "sig", alg: "RS256" }),
      jwk(p256, { kid: "p" }),
      jwk(ed25519, { kid: "e", alg: "EdDSA" }),
    ),
  );
  assert.deepEqual(keys, [
    { keyId: "r", algorithm: "RS256", spki: spki(rsa) },
    { keyId: "p", algorithm: "ES256", spki: spki(p256) },
    { keyId: "e", algorithm: "EdDSA", spki: spki(ed25519) },
  ]);
});

test("parseJwks: keys of other types, curves, uses and algorithms, and without an id, are left out", () => {
  const p384 = generateKeyPairSync("ec", { namedCurve: "secp384r1" }).publicKey;
  const keys = parseJwks(
    set(
      { kty: "oct", kid: "o", k: "AQID" },
      jwk(p384, { kid: "p384" }),
      jwk(rsa, { kid: "enc", use: "enc" }),
      jwk(rsa, { kid: "ps", alg: "PS256" }),
      jwk(rsa),
    ),
  );
  assert.deepEqual(keys, []);
});

const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey;

for (const [claim, bytes, code] of [
  [
    "two keys under one id are refused",
    set(jwk(rsa, { kid: "a" }), jwk(p256, { kid: "a" })),
    "duplicate-key",
  ],
  ["an RSA key below 2048 bits is refused", set(jwk(weak, { kid: "a" })), "out-of-range"],
  [
    "a modulus with a leading zero is refused",
    set(jwk(rsa, { kid: "a", n: encodeBase64Url(new Uint8Array(257)) })),
    "not-canonical",
  ],
  ["a short coordinate is refused", set(jwk(p256, { kid: "a", x: "AQID" })), "out-of-range"],
  ["an EC key without y is refused", set({ ...jwk(p256, { kid: "a" }), y: undefined }), "missing-field"],
  ["a key without a type is refused", set({ kid: "a" }), "missing-field"],
  ["a set without keys is refused", utf8("{}"), "missing-field"],
  ["too many keys are refused", set(...Array.from({ length: 65 }, () => ({ kty: "oct" }))), "too-many"],
  ["a set above the limit is refused", new Uint8Array(262_145), "too-large"],
] as const) {
  test(`parseJwks: ${claim}`, () => {
    assert.throws(() => parseJwks(bytes), { name: "ParseError", code });
  });
}
