// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import { browserCrypto } from "../src/port.ts";

const MESSAGE = new TextEncoder().encode("a message");

function spkiOf(key: { export(options: { type: "spki"; format: "der" }): Buffer }): Uint8Array {
  return new Uint8Array(key.export({ type: "spki", format: "der" }));
}

test("browserCrypto: an Ed25519 signature holds, and not over other bytes or by another key", async () => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const spki = spkiOf(publicKey);
  const signature = sign(null, MESSAGE, privateKey);
  assert.equal(await browserCrypto.verify({ kind: "ed25519" }, spki, MESSAGE, signature), true);
  assert.equal(await browserCrypto.verify({ kind: "ed25519" }, spki, MESSAGE.slice(1), signature), false);
  assert.equal(await browserCrypto.verify({ kind: "ed25519" }, spki.slice(1), MESSAGE, signature), false);
  assert.equal(await browserCrypto.verify({ kind: "ed25519" }, spki, MESSAGE, signature.subarray(1)), false);
});

for (const [curve, name, hash] of [
  ["p256", "prime256v1", "sha256"],
  ["p384", "secp384r1", "sha384"],
  ["p521", "secp521r1", "sha512"],
] as const) {
  test(`browserCrypto: an ECDSA ${curve} signature holds in both encodings`, async () => {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: name });
    const spki = spkiOf(publicKey);
    for (let i = 0; i < 20; i++) {
      const der = sign(hash, MESSAGE, privateKey);
      const raw = sign(hash, MESSAGE, { key: privateKey, dsaEncoding: "ieee-p1363" });
      for (const [encoding, signature] of [
        ["der", der],
        ["raw", raw],
      ] as const) {
        const scheme = { kind: "ecdsa", curve, hash, encoding } as const;
        assert.equal(await browserCrypto.verify(scheme, spki, MESSAGE, signature), true);
        assert.equal(await browserCrypto.verify(scheme, spki, MESSAGE.slice(1), signature), false);
      }
    }
  });
}
