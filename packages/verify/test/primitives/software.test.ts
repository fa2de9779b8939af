// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeEd25519Spki, parseHex } from "@countermark/formats";
import { createCryptoPort, type Platform } from "../../src/primitives/crypto-port.ts";
import { SOFTWARE, testCrypto } from "../support/node-crypto.ts";

/** A platform that has nothing but hashes. */
const BARE: Platform<null> = {
  digest: testCrypto.digest,
  importKey: () => null,
  ecdsaEncoding: "raw",
  verify: () => null,
  loadSoftware: async () => SOFTWARE,
};

const ED25519 = { kind: "ed25519" } as const;
const SPKI = encodeEd25519Spki(
  parseHex("8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c", 32, "key"),
);
/** What has the form of a signature, and is none. */
const FORM = new Uint8Array(64).fill(3);

for (const [claim, change, wanted] of [
  ["a platform that says yes is believed", { verify: () => true }, true],
  ["a platform that says so later is believed", { verify: async () => true }, true],
  ["a platform that says no is believed", { verify: () => false }, false],
  ["a platform that throws says no", { verify: () => assert.fail("bad signature") }, false],
  ["a platform that throws later says no", { verify: async () => assert.fail("bad signature") }, false],
  ["a platform that has it not leaves it to software", { verify: () => null }, false],
  ["a platform that finds out later leaves it to software", { verify: async () => null }, false],
  [
    "a key that the platform does not import signs nothing",
    { importKey: () => assert.fail("bad key"), verify: () => true },
    false,
  ],
] as const) {
  test(`createCryptoPort: ${claim}`, async () => {
    const port = createCryptoPort({ ...BARE, ...change });
    assert.equal(await port.verify(ED25519, SPKI, new Uint8Array(0), FORM), wanted);
  });
}

test("createCryptoPort: software that does not load says nothing about a signature", async () => {
  const port = createCryptoPort({ ...BARE, loadSoftware: () => Promise.reject(new TypeError("no network")) });
  await assert.rejects(async () => await port.verify(ED25519, SPKI, new Uint8Array(0), FORM), TypeError);
});
