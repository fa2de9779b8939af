// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import { encodeHex, utf8 } from "@countermark/formats";
import { createEd25519, createP256, nodeCrypto } from "@countermark/log";

const message = utf8("message");
const ed25519 = createEd25519(new Uint8Array(32).fill(1));
const p256 = createP256();
const p384 = generateKeyPairSync("ec", { namedCurve: "secp384r1" });
const rsa = generateKeyPairSync("rsa", { modulusLength: 2_048 });
const smallRsa = generateKeyPairSync("rsa", { modulusLength: 1_024 });

function spkiOf(pair: typeof rsa): Uint8Array {
  return new Uint8Array(pair.publicKey.export({ format: "der", type: "spki" }));
}

const ED25519 = { kind: "ed25519" } as const;
const P256 = { kind: "ecdsa", curve: "p256", hash: "sha256", encoding: "der" } as const;
const RSA = { kind: "rsa-pkcs1", hash: "sha256" } as const;

test("nodeCrypto.sha256: the hash of no bytes, and of more than the one-shot form takes", () => {
  assert.equal(
    encodeHex(nodeCrypto.sha256(new Uint8Array(0))),
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  );
  assert.equal(
    encodeHex(nodeCrypto.sha256(new Uint8Array(1_000_000).fill(0x61))),
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
  );
});

test("nodeCrypto.digest: 48 and 64 bytes", () => {
  assert.equal(nodeCrypto.digest("sha384", message).length, 48);
  assert.equal(nodeCrypto.digest("sha512", message).length, 64);
});

const signed = [
  ["Ed25519", ED25519, ed25519.publicSpki, ed25519.sign(message)],
  ["P-256, DER", P256, p256.publicSpki, p256.sign(message)],
  ["P-256, raw", { ...P256, encoding: "raw" }, p256.publicSpki, p256.signRaw(message)],
  [
    "P-384 with SHA-384",
    { ...P256, curve: "p384", hash: "sha384" },
    spkiOf(p384),
    new Uint8Array(sign("sha384", message, p384.privateKey)),
  ],
  ["RSA", RSA, spkiOf(rsa), new Uint8Array(sign("sha256", message, rsa.privateKey))],
] as const;

for (const [name, scheme, spki, signature] of signed) {
  test(`nodeCrypto.verify: ${name}, and not with a byte changed`, async () => {
    assert.equal(await nodeCrypto.verify(scheme, spki, message, signature), true);
    assert.equal(await nodeCrypto.verify(scheme, spki, utf8("massage"), signature), false);
    const last = signature.length - 1;
    const changed = signature.with(last, (signature[last] ?? 0) ^ 1);
    assert.equal(await nodeCrypto.verify(scheme, spki, message, changed), false);
    assert.equal(await nodeCrypto.verify(scheme, spki, message, signature.subarray(1)), false);
  });
}

for (const [claim, scheme, spki, signature] of [
  ["a key of another kind is false", ED25519, p256.publicSpki, p256.sign(message)],
  ["another curve is false", { ...P256, curve: "p384" }, p256.publicSpki, p256.sign(message)],
  ["raw for DER is false", P256, p256.publicSpki, p256.signRaw(message)],
  ["DER for raw is false", { ...P256, encoding: "raw" }, p256.publicSpki, p256.sign(message)],
  ["bytes that are no key are false", ED25519, new Uint8Array(44), ed25519.sign(message)],
  [
    "a key with a byte after it is false",
    ED25519,
    new Uint8Array([...ed25519.publicSpki, 0]),
    ed25519.sign(message),
  ],
  [
    "RSA of 1,024 bits is false",
    RSA,
    spkiOf(smallRsa),
    new Uint8Array(sign("sha256", message, smallRsa.privateKey)),
  ],
] as const) {
  test(`nodeCrypto.verify: ${claim}`, async () => {
    assert.equal(await nodeCrypto.verify(scheme, spki, message, signature), false);
  });
}

const PREHASHED = [
  ["P-256", "sha256", { kind: "ecdsa", curve: "p256", hash: "sha256", encoding: "der" }, p256Pair()],
  ["P-384", "sha384", { kind: "ecdsa", curve: "p384", hash: "sha384", encoding: "der" }, p384],
  ["RSA", "sha256", { kind: "rsa-pkcs1", hash: "sha256" }, rsa],
] as const;

for (const [name, hash, scheme, pair] of PREHASHED) {
  test(`nodeCrypto.verifyDigest: ${name} agrees with the platform, and no bit of the signature may change`, async () => {
    const signature = new Uint8Array(sign(hash, message, pair.privateKey));
    const digest = nodeCrypto.digest(hash, message);
    const holds = (bytes: Uint8Array, over: Uint8Array) =>
      nodeCrypto.verifyDigest(scheme, spkiOf(pair), over, bytes);
    assert.equal(await holds(signature, digest), true);
    assert.equal(await holds(signature, nodeCrypto.digest(hash, utf8("massage"))), false);
    assert.equal(await holds(signature, digest.subarray(1)), false);
    for (let i = 0; i < signature.length; i += 7) {
      assert.equal(await holds(signature.with(i, (signature[i] ?? 0) ^ 1), digest), false, `byte ${i}`);
    }
  });
}

function p256Pair() {
  return generateKeyPairSync("ec", { namedCurve: "prime256v1" });
}
