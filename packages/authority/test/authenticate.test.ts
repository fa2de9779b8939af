// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { test } from "node:test";
import { createIssuerSigningKey } from "@countermark/authority";
import { providerRow } from "@countermark/verify";
import { SignJWT } from "jose";
import { authenticate } from "../src/authenticate.ts";
import { START } from "./world.ts";

const key = createIssuerSigningKey();
const row = providerRow({
  provider: "google",
  issuer: "https://accounts.google.com",
  serverUrl: "https://accounts.google.com",
});
const spki = new Uint8Array(createPublicKey(key.privateKey).export({ format: "der", type: "spki" }));

async function authenticatePerson(claims: Record<string, unknown>) {
  const token = await new SignJWT({ email: "a@example.org", email_verified: true, ...claims })
    .setProtectedHeader({ alg: "RS256", kid: key.keyId })
    .setIssuer(row.issuer)
    .setSubject("1234567")
    .setAudience("sigstore")
    .setIssuedAt(START)
    .setExpirationTime(START + 300)
    .sign(key.privateKey);
  return await authenticate(token, {
    issuers: [row],
    issuerKeys: { keysOf: async () => [{ keyId: key.keyId, algorithm: "RS256", spki }] },
    audience: "sigstore",
    clock: () => START,
  });
}

test("authenticate: a person is certified by the address, and signs it to prove possession", async () => {
  const { challenge, template } = await authenticatePerson({});
  assert.equal(challenge, "a@example.org");
  assert.deepEqual(template.name, { kind: "email", value: "a@example.org" });
  assert.deepEqual([template.fields.issuer, template.fields.subject], [row.issuer, "1234567"]);
});

test("authenticate: an address that its provider does not vouch for is refused", async () => {
  await assert.rejects(authenticatePerson({ email_verified: false }), { code: "identity-unverified" });
  await assert.rejects(authenticatePerson({ email: undefined }), { code: "identity-incomplete" });
});
