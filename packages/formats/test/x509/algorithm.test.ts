// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type DigestName,
  derExplicit,
  derInteger,
  derNull,
  derOid,
  derSequence,
  digestOid,
  encodeSignatureAlgorithm,
  parseHex,
  RSA_ENCRYPTION_OID,
  readCmsSignatureAlgorithm,
  readDer,
  readSignatureAlgorithm,
} from "../../src/index.ts";

const read = (der: Uint8Array) => readSignatureAlgorithm(readDer(der, "test"), "test");

for (const algorithm of [
  { kind: "ecdsa", hash: "sha384" },
  { kind: "rsa-pkcs1", hash: "sha512" },
  { kind: "rsa-pss", hash: "sha256" },
  { kind: "rsa-pss", hash: "sha384" },
  { kind: "rsa-pss", hash: "sha512" },
  { kind: "ed25519" },
] as const) {
  const name = "hash" in algorithm ? `${algorithm.kind} with ${algorithm.hash}` : algorithm.kind;
  test(`readSignatureAlgorithm: ${name} is read as it is written`, () => {
    assert.deepEqual(read(encodeSignatureAlgorithm(algorithm)), algorithm);
    assert.deepEqual(
      readCmsSignatureAlgorithm(readDer(encodeSignatureAlgorithm(algorithm), "test"), "sha256", "test"),
      algorithm,
    );
  });
}

test("encodeSignatureAlgorithm: RSA-PSS with SHA-256 is written as RFC 4055 says", () => {
  const der =
    "304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120";
  assert.deepEqual(encodeSignatureAlgorithm({ kind: "rsa-pss", hash: "sha256" }), parseHex(der, 67, "test"));
});

test("readCmsSignatureAlgorithm: plain rsaEncryption takes its hash from the digest beside it", () => {
  const der = derSequence(derOid(RSA_ENCRYPTION_OID), derNull());
  const found = readCmsSignatureAlgorithm(readDer(der, "test"), "sha384", "test");
  assert.deepEqual(found, { kind: "rsa-pkcs1", hash: "sha384" });
  assert.throws(() => read(der), { code: "unsupported" });
});

const PSS = derOid("1.2.840.113549.1.1.10");
const MGF1 = derOid("1.2.840.113549.1.1.8");
const sha1 = derSequence(derOid("1.3.14.3.2.26"), derNull());
const hashed = (name: DigestName) => derSequence(derOid(digestOid(name)), derNull());
const bare = derSequence(derOid(digestOid("sha256")));
const hash = derExplicit(0, hashed("sha256"));
const mask = derExplicit(1, derSequence(MGF1, hashed("sha256")));
const salt = derExplicit(2, derInteger(32));
const pss = (...fields: readonly Uint8Array[]) => derSequence(PSS, derSequence(...fields));

test("readSignatureAlgorithm: the hashes of RSA-PSS may leave their NULL out", () => {
  const found = read(pss(derExplicit(0, bare), derExplicit(1, derSequence(MGF1, bare)), salt));
  assert.deepEqual(found, { kind: "rsa-pss", hash: "sha256" });
});

for (const [claim, der, code] of [
  ["no parameters", derSequence(PSS), "truncated"],
  ["NULL for parameters", derSequence(PSS, derNull()), "not-der"],
  ["parameters that are all defaults", pss(), "truncated"],
  ["the default hash", pss(mask, salt), "not-der"],
  ["the default mask", pss(hash, salt), "not-der"],
  ["the default salt", pss(hash, mask), "truncated"],
  ["the default trailer, written out", pss(hash, mask, salt, derExplicit(3, derInteger(1))), "trailing-data"],
  ["another trailer", pss(hash, mask, salt, derExplicit(3, derInteger(2))), "trailing-data"],
  ["SHA-1", pss(derExplicit(0, sha1), derExplicit(1, derSequence(MGF1, sha1)), salt), "unsupported"],
  [
    "a mask by another hash",
    pss(hash, derExplicit(1, derSequence(MGF1, hashed("sha384"))), salt),
    "unsupported",
  ],
  ["another mask", pss(hash, derExplicit(1, derSequence(PSS, hashed("sha256"))), salt), "unsupported"],
  ["a mask without a hash", pss(hash, derExplicit(1, derSequence(MGF1)), salt), "truncated"],
  ["a salt of 31 bytes", pss(hash, mask, derExplicit(2, derInteger(31))), "unsupported"],
  ["a salt of 20 bytes, written out", pss(hash, mask, derExplicit(2, derInteger(20))), "unsupported"],
  ["fields in another order", pss(mask, hash, salt), "not-der"],
  ["two hashes", pss(derExplicit(0, hashed("sha256"), hashed("sha256")), mask, salt), "trailing-data"],
  ["two masks", pss(hash, derExplicit(1, derSequence(MGF1, bare), derNull()), salt), "trailing-data"],
  ["a mask with more", pss(hash, derExplicit(1, derSequence(MGF1, bare, derNull())), salt), "trailing-data"],
  ["two salts", pss(hash, mask, derExplicit(2, derInteger(32), derInteger(32))), "trailing-data"],
  [
    "something after the parameters",
    derSequence(PSS, derSequence(hash, mask, salt), derNull()),
    "trailing-data",
  ],
] as const) {
  test(`readSignatureAlgorithm: RSA-PSS with ${claim} is refused`, () => {
    assert.throws(() => read(der), { code });
  });
}
