// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { type ProviderRow, verifyIdToken } from "@countermark/verify";
import { testCrypto as crypto } from "../support/node-crypto.ts";
import { type Claims, GITHUB, GITHUB_CLAIMS, KEYS, NOW, signToken } from "./tokens.ts";

const EXPECTED = { row: GITHUB, keys: KEYS, audience: "pypi", now: NOW, leewaySeconds: 30 };

test("verifyIdToken: a good token is believed", async () => {
  const token = await verifyIdToken(signToken(GITHUB_CLAIMS), EXPECTED, crypto);
  assert.equal(token.issuer, GITHUB.issuer);
});

for (const algorithm of ["ES256", "EdDSA"] as const) {
  test(`verifyIdToken: ${algorithm} is believed where the provider uses it`, async () => {
    const row: ProviderRow = { ...GITHUB, algorithms: [algorithm] };
    const token = signToken(GITHUB_CLAIMS, { alg: algorithm, kid: algorithm }, algorithm);
    assert.equal((await verifyIdToken(token, { ...EXPECTED, row }, crypto)).algorithm, algorithm);
    await assert.rejects(verifyIdToken(token, EXPECTED, crypto), { code: "id-token-algorithm" });
  });
}

test("verifyIdToken: the leeway is exact at both ends", async () => {
  const at = (claims: Claims): Promise<unknown> =>
    verifyIdToken(signToken({ ...GITHUB_CLAIMS, ...claims }), EXPECTED, crypto);
  await at({ exp: NOW - 29 });
  await assert.rejects(at({ exp: NOW - 30 }), { code: "id-token-expired" });
  await at({ nbf: NOW + 30 });
  await assert.rejects(at({ nbf: NOW + 31 }), { code: "id-token-not-yet-valid" });
  await at({ iat: NOW + 30 });
  await assert.rejects(at({ iat: NOW + 31 }), { code: "id-token-from-future" });
});

for (const [claim, changed, code] of [
  ["another issuer is refused", { iss: "https://gitlab.com" }, "id-token-issuer"],
  ["the issuer with a slash is refused", { iss: `${GITHUB.issuer}/` }, "id-token-issuer"],
  ["the issuer of an enterprise is refused", { iss: `${GITHUB.issuer}/octo` }, "id-token-issuer"],
  ["the issuer in capitals is refused", { iss: GITHUB.issuer.toUpperCase() }, "id-token-issuer"],
  ["another audience is refused", { aud: "testpypi" }, "id-token-audience"],
  ["the audience as a prefix is refused", { aud: "pypi.example" }, "id-token-audience"],
  ["two audiences are refused, ours among them", { aud: ["pypi", "testpypi"] }, "id-token-audience"],
  ["our audience twice is refused", { aud: ["pypi", "pypi"] }, "id-token-audience"],
  ["a token without jti is refused", { jti: undefined }, "id-token-without-id"],
  ["an expired token is refused", { exp: NOW - 31 }, "id-token-expired"],
] as const) {
  test(`verifyIdToken: ${claim}`, async () => {
    const token = signToken({ ...GITHUB_CLAIMS, ...changed });
    await assert.rejects(verifyIdToken(token, EXPECTED, crypto), { name: "VerifyError", code });
  });
}

test("verifyIdToken: an unknown key id is told apart from a bad signature", async () => {
  const unknown = signToken(GITHUB_CLAIMS, { alg: "RS256", kid: "rotated" });
  await assert.rejects(verifyIdToken(unknown, EXPECTED, crypto), { code: "id-token-key-unknown" });
  const token = signToken(GITHUB_CLAIMS);
  const signature = token.signature.with(0, (token.signature[0] ?? 0) ^ 1);
  await assert.rejects(verifyIdToken({ ...token, signature }, EXPECTED, crypto), {
    code: "id-token-signature",
  });
});

test("verifyIdToken: the key decides the algorithm, not the header", async () => {
  const row: ProviderRow = { ...GITHUB, algorithms: ["RS256", "ES256"] };
  const token = signToken(GITHUB_CLAIMS, { alg: "ES256", kid: "RS256" });
  await assert.rejects(verifyIdToken(token, { ...EXPECTED, row }, crypto), { code: "id-token-algorithm" });
});
