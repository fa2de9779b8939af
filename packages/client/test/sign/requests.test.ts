// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseIdToken, parseTimestampRequest, utf8 } from "@countermark/formats";
import { createP256, nodeCrypto } from "@countermark/log";
import { createSigningWorld } from "@countermark/testkit";
import { requestCertificate } from "../../src/sign/request-certificate.ts";
import { requestLogEntry } from "../../src/sign/request-log-entry.ts";
import { requestTimestamp } from "../../src/sign/request-timestamp.ts";
import type { Fetch } from "../../src/world.ts";
import { fakeFetch, json, toyToken } from "../world.ts";

const { sha256 } = nodeCrypto;
const text = toyToken({ aud: "sigstore", email: "person@example.com" });
const ambient = { text, token: parseIdToken(text) };
const entry = {
  hashAlgorithm: "SHA2_256",
  digest: new Uint8Array(32),
  signature: new Uint8Array(8),
  verifier: { kind: "certificate", der: new Uint8Array(8), keyDetails: "PKIX_ECDSA_P256_SHA_256" },
} as const;
const NONCE = Uint8Array.of(0x80, 1, 2, 3);

test("requestCertificate: proves possession of the key over the address, and sends the token in header and body", async () => {
  let sent: Record<string, Record<string, unknown>> = {};
  const fetch = fakeFetch({
    "POST https://ca.example/api/v2/signingCert": (init) => {
      assert.equal(new Headers(init.headers).get("authorization"), `Bearer ${text}`);
      sent = JSON.parse(String(init.body));
      return json({}, 400);
    },
  });
  const key = createP256();
  await assert.rejects(requestCertificate(fetch, "https://ca.example", ambient, key), {
    code: "authority-refused",
  });
  assert.equal(sent["credentials"]?.["oidcIdentityToken"], text);
  const proof = Buffer.from(String(sent["publicKeyRequest"]?.["proofOfPossession"]), "base64");
  const scheme = { kind: "ecdsa", curve: "p256", hash: "sha256", encoding: "der" } as const;
  assert.ok(nodeCrypto.verify(scheme, key.publicSpki, utf8("person@example.com"), proof));
});

test("requestCertificate: an empty chain is refused", async () => {
  const answer = { signedCertificateEmbeddedSct: { chain: { certificates: [] } } };
  const fetch = fakeFetch({ "POST https://ca.example/api/v2/signingCert": () => json(answer) });
  await assert.rejects(requestCertificate(fetch, "https://ca.example", ambient, createP256()), {
    code: "authority-refused",
  });
});

test("requestTimestamp: asks for the digest of the raw signature, and takes only the answer to its own nonce", async () => {
  const world = await createSigningWorld();
  const url = "https://authority.test/api/v1/timestamp";
  const signature = utf8("a signature");
  let asked: Uint8Array = new Uint8Array();
  let kept: Response | null = null;
  const fetch: Fetch = async (to, init) => {
    asked = init?.body as Uint8Array;
    const answer = kept ?? (await world.network.fetch(to, init));
    kept = answer.clone();
    return answer;
  };
  await requestTimestamp(fetch, url, signature, NONCE, sha256);
  assert.deepEqual(parseTimestampRequest(asked).imprint.digest, sha256(signature));
  await assert.rejects(requestTimestamp(fetch, url, signature, Uint8Array.of(9, 9), sha256), {
    code: "authority-refused",
    message: /nonce/,
  });
  await world.close();
});

test("requestTimestamp: a refusal is told", async () => {
  const fetch = fakeFetch({ "POST https://tsa.example/": () => new Response("no", { status: 400 }) });
  await assert.rejects(requestTimestamp(fetch, "https://tsa.example/", NONCE, NONCE, sha256), {
    code: "authority-refused",
  });
});

test("requestLogEntry: a refusal is told", async () => {
  const fetch = fakeFetch({
    "POST https://log.example/api/v2/log/entries": () => json({ message: "no" }, 409),
  });
  await assert.rejects(requestLogEntry(fetch, "https://log.example", entry), { code: "authority-refused" });
});
