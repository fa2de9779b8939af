// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  encodeCanonicalJson,
  encodeHashedRekordBody,
  encodeHashedRekordRequest,
  type HashedRekord,
  jsonInput,
  loggedKeyOf,
  parseHashedRekordBody,
  parseHashedRekordRequest,
  parseJson,
  parseUtf8,
  utf8,
} from "../../src/index.ts";

const entry: HashedRekord = {
  hashAlgorithm: "SHA2_256",
  digest: new Uint8Array(32),
  signature: Uint8Array.of(1, 2, 3),
  verifier: { kind: "certificate", der: Uint8Array.of(0x30, 0), keyDetails: "PKIX_ECDSA_P256_SHA_256" },
};

test("encodeHashedRekordBody: is the leaf that Rekor v2 stores", () => {
  assert.equal(
    parseUtf8(encodeHashedRekordBody(entry), "test"),
    `{"apiVersion":"0.0.2","kind":"hashedrekord","spec":{"hashedRekordV002":{"data":{"algorithm":"SHA2_256","digest":"${"A".repeat(43)}="},"signature":{"content":"AQID","verifier":{"keyDetails":"PKIX_ECDSA_P256_SHA_256","x509Certificate":{"rawBytes":"MAA="}}}}}}`,
  );
});

for (const kind of ["certificate", "public-key"] as const) {
  test(`parseHashedRekordBody: reads what was encoded, with a ${kind}`, () => {
    const of = { ...entry, verifier: { ...entry.verifier, kind } };
    const body = encodeHashedRekordBody(of);
    assert.deepEqual(parseHashedRekordBody(body), of);
    const limits = { bytesMax: body.length, depthMax: 8 };
    assert.deepEqual(encodeCanonicalJson(jsonInput(parseJson(body, limits, "test"))), body);
    const { hashAlgorithm: _, ...request } = of;
    assert.deepEqual(parseHashedRekordRequest(encodeHashedRekordRequest(of)), request);
  });
}

const body = parseUtf8(encodeHashedRekordBody(entry), "test");
for (const [what, text, code] of [
  ["another version", body.replace("0.0.2", "0.0.1"), "unsupported"],
  ["another kind", body.replace('"hashedrekord"', '"dsse"'), "unsupported"],
  ["another hash", body.replace("SHA2_256", "SHA1"), "unsupported"],
  ["an unknown field", body.replace("{", '{"x":1,'), "unknown-field"],
] as const) {
  test(`parseHashedRekordBody: ${what} is refused`, () => {
    assert.throws(() => parseHashedRekordBody(utf8(text)), { code });
  });
}

test("parseHashedRekordRequest: the removed DSSE request is refused", () => {
  assert.throws(() => parseHashedRekordRequest(utf8('{"dsseRequestV002":{}}')), { code: "missing-field" });
});

const spki = new Uint8Array(0);
const parts = { spki, point: spki, modulus: spki, key: spki };
for (const [key, keyDetails] of [
  [{ kind: "ecdsa", curve: "p256", ...parts }, "PKIX_ECDSA_P256_SHA_256"],
  [{ kind: "ecdsa", curve: "p384", ...parts }, "PKIX_ECDSA_P384_SHA_384"],
  [{ kind: "ecdsa", curve: "p521", ...parts }, "PKIX_ECDSA_P521_SHA_512"],
  [{ kind: "rsa", bits: 3072, ...parts }, "PKIX_RSA_PKCS1V15_3072_SHA256"],
  [{ kind: "ed25519", ...parts }, "PKIX_ED25519_PH"],
] as const) {
  test(`loggedKeyOf: names ${keyDetails}`, () => assert.equal(loggedKeyOf(key).keyDetails, keyDetails));
}

for (const key of [
  { kind: "ml-dsa-44", ...parts },
  { kind: "rsa", bits: 2049, ...parts },
] as const) {
  test(`loggedKeyOf: a key of kind ${key.kind} that no log takes is refused`, () => {
    assert.throws(() => loggedKeyOf(key), { code: "unsupported" });
  });
}
