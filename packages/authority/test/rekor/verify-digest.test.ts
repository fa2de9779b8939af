// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { test } from "node:test";
import { type DigestName, derInteger, derSequence, parsePublicKey } from "@countermark/formats";
import { verifyDigest } from "../../src/rekor/verify-digest.ts";

const PAIRS: readonly (readonly [string, DigestName, { publicKey: KeyObject; privateKey: KeyObject }])[] = [
  ["P-256", "sha256", generateKeyPairSync("ec", { namedCurve: "prime256v1" })],
  ["P-384", "sha384", generateKeyPairSync("ec", { namedCurve: "secp384r1" })],
  ["P-521", "sha512", generateKeyPairSync("ec", { namedCurve: "secp521r1" })],
  ["RSA", "sha256", generateKeyPairSync("rsa", { modulusLength: 2048 })],
];

for (const [name, hash, { publicKey, privateKey }] of PAIRS) {
  const key = parsePublicKey(new Uint8Array(publicKey.export({ format: "der", type: "spki" })), "key");
  const digestOf = (text: string): Uint8Array => new Uint8Array(createHash(hash).update(text).digest());

  test(`verifyDigest: ${name} agrees with the platform on its own signatures`, () => {
    for (const text of ["", "a", "countermark", "x".repeat(1000)]) {
      const signature = new Uint8Array(sign(hash, Buffer.from(text), privateKey));
      assert.equal(verifyDigest(key, hash, digestOf(text), signature), true);
      assert.equal(verifyDigest(key, hash, digestOf(`${text}!`), signature), false);
    }
  });

  test(`verifyDigest: ${name} refuses a flipped bit anywhere`, () => {
    const signature = new Uint8Array(sign(hash, Buffer.from("a"), privateKey));
    for (let i = 0; i < signature.length; i += 7) {
      const flipped = signature.with(i, (signature[i] ?? 0) ^ 1);
      assert.equal(verifyDigest(key, hash, digestOf("a"), flipped), false, `byte ${i}`);
    }
    assert.equal(verifyDigest(key, hash, digestOf("a"), signature.subarray(1)), false);
    assert.equal(verifyDigest(key, hash, digestOf("a"), new Uint8Array()), false);
  });
}

test("verifyDigest: ECDSA refuses r and s of zero, of the order and below zero", () => {
  const [, , { publicKey }] = PAIRS[0] ?? assert.fail();
  const key = parsePublicKey(new Uint8Array(publicKey.export({ format: "der", type: "spki" })), "key");
  const order = "022100ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
  for (const body of [
    "020100020100",
    "020101020100",
    "020100020101",
    `020101${order}`,
    `${order}020101`,
    "0201ff020101",
  ]) {
    const bytes = Buffer.from(body, "hex");
    const signature = new Uint8Array(Buffer.concat([Buffer.from([0x30, bytes.length]), bytes]));
    assert.equal(verifyDigest(key, "sha256", new Uint8Array(32), signature), false, body);
  }
});

test("verifyDigest: ECDSA refuses s plus the order, which is the same number to arithmetic", () => {
  const [, , { publicKey, privateKey }] = PAIRS[0] ?? assert.fail();
  const key = parsePublicKey(new Uint8Array(publicKey.export({ format: "der", type: "spki" })), "key");
  const raw = sign("sha256", Buffer.from("a"), { key: privateKey, dsaEncoding: "ieee-p1363" });
  const integer = (value: bigint): Uint8Array =>
    derInteger(new Uint8Array(Buffer.from(value.toString(16).padStart(66, "0"), "hex")));
  const [r, s] = [raw.subarray(0, 32), raw.subarray(32)].map((half) => BigInt(`0x${half.toString("hex")}`));
  assert.ok(r !== undefined && s !== undefined);
  const digest = new Uint8Array(createHash("sha256").update("a").digest());
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  assert.equal(verifyDigest(key, "sha256", digest, derSequence(integer(r), integer(s))), true);
  assert.equal(verifyDigest(key, "sha256", digest, derSequence(integer(r), integer(s + order))), false);
});

test("verifyDigest: Ed25519 signs no digests", () => {
  const { publicKey } = generateKeyPairSync("ed25519");
  const key = parsePublicKey(new Uint8Array(publicKey.export({ format: "der", type: "spki" })), "key");
  assert.equal(verifyDigest(key, "sha512", new Uint8Array(64), new Uint8Array(64)), false);
});
