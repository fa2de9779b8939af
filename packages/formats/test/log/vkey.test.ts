// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { createVkey, encodeBase64, encodeHex, encodeVkey, parseVkey } from "@countermark/formats";
import { sha256 } from "./support.ts";

/** The example of c2sp.org/signed-note. */
const EXAMPLE = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
/** A sunlight witness, type 4. */
const WITNESS = "witness.example.org+b8a2cf20+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN";

test("parseVkey: the specification's example", () => {
  const vkey = parseVkey(EXAMPLE, sha256);
  assert.equal(vkey.name, "example.com/foo");
  assert.equal(encodeHex(vkey.keyId), "530d903a");
  assert.equal(vkey.algorithm, 1);
  assert.equal(vkey.key.length, 32);
});

test("parseVkey: a cosigner's key", () => {
  assert.equal(parseVkey(WITNESS, sha256).algorithm, 4);
});

test("parseVkey: an ML-DSA-44 key is read", () => {
  const text = encodeVkey("pq.example", 6, new Uint8Array(1_312), sha256);
  assert.equal(parseVkey(text, sha256).algorithm, 6);
});

test("encodeVkey: gives the text that was parsed", () => {
  for (const text of [EXAMPLE, WITNESS]) {
    const { name, algorithm, key } = parseVkey(text, sha256);
    assert.equal(encodeVkey(name, algorithm, key, sha256), text);
  }
});

test("parseVkey: an ECDSA key has the id of its SPKI alone", () => {
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const spki = new Uint8Array(publicKey.export({ format: "der", type: "spki" }));
  const vkey = parseVkey(encodeVkey("ec.example", 2, spki, sha256), sha256);
  assert.deepEqual(encodeHex(vkey.keyId), encodeHex(sha256(spki).subarray(0, 4)));
});

const [, , key = ""] = EXAMPLE.split("+");
for (const [claim, text, code] of [
  ["two parts are refused", "example.com/foo+530d903a", "malformed"],
  ["a name with a space is refused", EXAMPLE.replace("/foo", "/f oo"), "malformed"],
  ["an empty name is refused", EXAMPLE.replace("example.com/foo", ""), "malformed"],
  ["upper-case hexadecimal is refused", EXAMPLE.replace("530d", "530D"), "not-hex"],
  ["a short key id is refused", EXAMPLE.replace("530d903a", "530d90"), "not-hex"],
  ["another key id is refused", EXAMPLE.replace("530d903a", "530d903b"), "not-canonical"],
  ["another name under the same id is refused", EXAMPLE.replace("foo", "fop"), "not-canonical"],
  ["base64 without its padding is refused", WITNESS.replace("qUN", "qU"), "not-base64"],
  ["type 5 is refused", EXAMPLE.replace(key, `BQ${key.slice(2)}`), "unsupported"],
  ["a short key is refused", EXAMPLE.replace(key, key.slice(0, -4)), "out-of-range"],
  ["no key at all is refused", "example.com/foo+530d903a+", "unsupported"],
  ["a text above the limit is refused", `${"x".repeat(4_096)}+530d903a+${key}`, "too-large"],
] as const) {
  test(`parseVkey: ${claim}`, () => {
    assert.throws(() => parseVkey(text, sha256), { code });
  });
}

test("createVkey: an ECDSA key that is not on P-256 is refused", () => {
  assert.throws(() => createVkey("ec.example", 2, new Uint8Array(91), sha256), { code: "unsupported" });
});

test("createVkey: says the same in its text as in its fields", () => {
  const vkey = createVkey("a.example", 4, new Uint8Array(32), sha256);
  assert.equal(
    vkey.text,
    `a.example+${encodeHex(vkey.keyId)}+${encodeBase64(new Uint8Array([4, ...vkey.key]))}`,
  );
});
