// SPDX-License-Identifier: Apache-2.0
// What a browser really gives is in vectors/ledger/assertions.json; here is what no browser gave us.
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import {
  type Assertion,
  type AssertionAsked,
  concat,
  ParseError,
  parseAssertion,
  parsePasskeySpki,
  u8,
  u32,
  utf8,
  webauthnClientData,
} from "@countermark/formats";

const CHALLENGE = new Uint8Array(32).fill(7);
const RP_ID_HASH = "ab".repeat(32);
const WEB_ORIGIN = "https://index.example.com";
const ED25519: AssertionAsked = {
  challenge: CHALLENGE,
  webOrigin: WEB_ORIGIN,
  rpIdHash: RP_ID_HASH,
  key: { algorithm: "Ed25519", key: new Uint8Array(32).fill(1) },
  salt: "cd".repeat(32),
};
const ES256: AssertionAsked = { ...ED25519, key: { algorithm: "ES256", key: new Uint8Array(64).fill(1) } };
const RP_ID = new Uint8Array(32).fill(0xab);

function authenticatorData(flags = 0x05, ...more: readonly Uint8Array[]): Uint8Array {
  return concat(RP_ID, u8(flags), u32(9), ...more);
}

const GOOD: Assertion = {
  authenticatorData: authenticatorData(),
  clientData: webauthnClientData(0, CHALLENGE, WEB_ORIGIN) ?? utf8(""),
  signature: new Uint8Array(64).fill(3),
};
/** r is one byte, s has its first bit set. */
const DER = concat(Uint8Array.of(0x30, 0x26, 2, 1, 1, 2, 33, 0), new Uint8Array(32).fill(0xee));

test("parseAssertion: keeps what a reader cannot rebuild, and nothing else", () => {
  const { key, salt, sig, ...rest } = parseAssertion(GOOD, ED25519);
  assert.deepEqual(rest, { kind: "passkey", alg: "Ed25519", counter: 9, flags: 5, form: 0 });
  assert.deepEqual([key, salt, sig], ["01".repeat(32), ED25519.salt, "03".repeat(64)]);
});

test("parseAssertion: r and s of DER are as long as the order, a high s stays", () => {
  assert.equal(
    parseAssertion({ ...GOOD, signature: DER }, ES256).sig,
    `${"00".repeat(31)}01${"ee".repeat(32)}`,
  );
});

for (const [claim, change, asked, code] of [
  ["another relying party", {}, { ...ED25519, rpIdHash: "ac".repeat(32) }, "unsupported"],
  ["another origin", {}, { ...ED25519, webOrigin: "https://evil.example" }, "unsupported"],
  ["no user present", { authenticatorData: authenticatorData(0x04) }, ED25519, "unsupported"],
  [
    "a flag for data that is not there",
    { authenticatorData: authenticatorData(0x85) },
    ED25519,
    "unsupported",
  ],
  ["a new credential's data", { authenticatorData: authenticatorData(0x45) }, ED25519, "unsupported"],
  ["data without a flag", { authenticatorData: authenticatorData(5, u8(0xa0)) }, ED25519, "trailing-data"],
  ["half of authenticator data", { authenticatorData: RP_ID }, ED25519, "truncated"],
  [
    "client data with another end",
    { clientData: concat(GOOD.clientData, utf8(" ")) },
    ED25519,
    "unsupported",
  ],
  ["client data that is not text", { clientData: u8(0xff) }, ED25519, "not-utf8"],
  ["client data of any length", { clientData: new Uint8Array(1025).fill(0x20) }, ED25519, "too-large"],
  ["a raw signature by a key that signs DER", {}, ES256, "not-der"],
  ["a short signature", { signature: GOOD.signature.subarray(1) }, ED25519, "out-of-range"],
  ["DER by a key that signs raw", { signature: DER }, ED25519, "out-of-range"],
] as const satisfies readonly (readonly [string, Partial<Assertion>, AssertionAsked, string])[]) {
  test(`parseAssertion: ${claim} is refused`, () => {
    assert.throws(() => parseAssertion({ ...GOOD, ...change }, asked), { name: "ParseError", code });
  });
}

test("parsePasskeySpki: P-256 and Ed25519, no other key", () => {
  const spki = (key: { export(options: { format: "der"; type: "spki" }): Buffer }): Uint8Array =>
    new Uint8Array(key.export({ format: "der", type: "spki" }));
  const p256 = spki(generateKeyPairSync("ec", { namedCurve: "prime256v1" }).publicKey);
  assert.deepEqual(parsePasskeySpki(p256), { algorithm: "ES256", key: p256.subarray(27) });
  const ed25519 = spki(generateKeyPairSync("ed25519").publicKey);
  assert.deepEqual(parsePasskeySpki(ed25519), { algorithm: "Ed25519", key: ed25519.subarray(12) });
  const p384 = spki(generateKeyPairSync("ec", { namedCurve: "secp384r1" }).publicKey);
  assert.throws(
    () => parsePasskeySpki(p384),
    (error) => error instanceof ParseError && error.code === "unsupported",
  );
});
