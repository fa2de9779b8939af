// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { isKnownKeyDetails, keyAlgorithmOf, type PublicKey } from "../../src/index.ts";

const spki = new Uint8Array(0);
const p256: PublicKey = { kind: "ecdsa", curve: "p256", point: spki, spki };
const rsa: PublicKey = { kind: "rsa", bits: 3072, modulus: spki, spki };
const ed25519: PublicKey = { kind: "ed25519", point: spki, spki };

for (const [keyDetails, key, kind] of [
  ["PKIX_ECDSA_P256_SHA_256", p256, "ecdsa"],
  ["PKIX_RSA_PKCS1V15_3072_SHA256", rsa, "rsa-pkcs1"],
  ["PKIX_RSA_PSS_3072_SHA256", rsa, "rsa-pss"],
  ["PKCS1_RSA_PKCS1V5", rsa, "rsa-pkcs1"],
  ["PKIX_ED25519", ed25519, "ed25519"],
  ["PKIX_ED25519_PH", ed25519, "ed25519ph"],
] as const) {
  test(`keyAlgorithmOf: ${keyDetails} signs with ${kind}`, () => {
    assert.ok(isKnownKeyDetails(keyDetails));
    assert.equal(keyAlgorithmOf(keyDetails, key).kind, kind);
  });
}

for (const [keyDetails, key] of [
  ["PKIX_ECDSA_P384_SHA_384", p256],
  ["PKIX_ED25519", p256],
  ["PKIX_RSA_PKCS1V15_2048_SHA256", rsa],
  ["PKIX_ECDSA_P256_SHA_256", rsa],
  ["PKIX_ED25519", rsa],
  ["PKIX_ECDSA_P256_SHA_256", ed25519],
  ["PKCS1_RSA_PKCS1V5", ed25519],
] as const) {
  test(`keyAlgorithmOf: ${keyDetails} of a key of kind ${key.kind} is refused`, () => {
    assert.throws(() => keyAlgorithmOf(keyDetails, key), { code: "malformed" });
  });
}

test("keyAlgorithmOf: an algorithm that is not known here is refused", () => {
  assert.ok(!isKnownKeyDetails("ML_DSA_65"));
  assert.throws(() => keyAlgorithmOf("ML_DSA_65", p256), { code: "unsupported" });
});
