// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import { createAuthority } from "@countermark/authority";
import {
  derBitString,
  derImplicitConstructed,
  derInteger,
  derSequence,
  EXTENDED_KEY_USAGE_OIDS,
  encodePem,
  encodeSignatureAlgorithm,
  equalBytes,
  parseCertificate,
  parseFulcioExtensions,
  parseIdToken,
  parseJwks,
  parsePemBlock,
  parseSctList,
  utf8,
} from "@countermark/formats";
import { createEd25519, createP256, nodeCrypto, type PrivateKey } from "@countermark/log";
import { identityFromCertificate, identityFromIdToken, verifyIdToken } from "@countermark/verify";
import {
  base64,
  claimsOf,
  createWorld,
  postJson,
  ROW,
  readJson,
  requestIdToken,
  START,
  signingRequest,
} from "../world.ts";

const world = await createWorld();
const { app } = world.authority;
const SUBJECT = "repo:octo-org/sampleproject:environment:pypi";

async function post(body: unknown, headers: Record<string, string> = {}) {
  const response = await app.request("/api/v2/signingCert", postJson(body, headers));
  return { status: response.status, body: await readJson(response) };
}

async function leafOf(body: unknown, headers: Record<string, string> = {}) {
  const answer = await post(body, headers);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  const [leaf = ""] = answer.body.signedCertificateEmbeddedSct.chain.certificates;
  return parseCertificate(parsePemBlock(leaf, "CERTIFICATE", "leaf"));
}

test("signingCert: the certificate has the form that Fulcio's documents fix", async () => {
  const key = createP256();
  const leaf = await leafOf(signingRequest(await requestIdToken(world.issuer, "sigstore"), key, SUBJECT));
  assert.deepEqual([...leaf.subject], [0x30, 0]);
  assert.deepEqual([leaf.notBefore, leaf.notAfter], [START, START + 600]);
  assert.equal(leaf.serial.length, 20);
  assert.ok(equalBytes(leaf.publicKey.spki, key.publicSpki));
  assert.deepEqual([...(leaf.keyUsage ?? [])], ["digitalSignature"]);
  const oldIssuer = leaf.extensions.find(({ oid }) => oid === "1.3.6.1.4.1.57264.1.1");
  assert.equal(new TextDecoder().decode(oldIssuer?.value), parseFulcioExtensions(leaf).issuer);
  assert.deepEqual(leaf.extendedKeyUsage, [EXTENDED_KEY_USAGE_OIDS.codeSigning]);
  assert.equal(leaf.basicConstraints, null);
  assert.deepEqual(leaf.subjectAltName, [
    {
      kind: "uri",
      value: "https://github.com/octo-org/sampleproject/.github/workflows/release.yml@refs/tags/v1",
    },
  ]);
  const criticals = leaf.extensions.filter(({ critical }) => critical).map(({ oid }) => oid);
  assert.deepEqual(criticals, ["2.5.29.15", "2.5.29.17"]);
  assert.ok(leaf.subjectKeyId?.length === 20 && leaf.authorityKeyId?.length === 20);
  assert.equal(parseSctList(leaf).length, 1);
});

test("signingCert: the extensions .8 to .24 say what the token said", async () => {
  const token = await requestIdToken(world.issuer, "sigstore");
  const leaf = await leafOf(signingRequest(token, createP256(), SUBJECT));
  const claims = parseFulcioExtensions(leaf);
  assert.ok(Object.values(claims).every((text) => text !== null));
  assert.deepEqual(
    [claims.issuer, claims.sourceRepositoryId, claims.ownerId, claims.environment, claims.subject],
    ["http://issuer.test", "4242", "17", "pypi", SUBJECT],
  );
  assert.equal(
    claims.runInvocationUri,
    "https://github.com/octo-org/sampleproject/actions/runs/900001/attempts/1",
  );
  const [name] = leaf.subjectAltName ?? assert.fail();
  assert.ok(name !== undefined);
  assert.equal(identityFromCertificate(ROW, claims, name).runId, "900001");
});

test("signingCert: the chain is leaf, intermediate, root, as the trust bundle has it", async () => {
  const answer = await post(
    signingRequest(await requestIdToken(world.issuer, "sigstore"), createP256(), SUBJECT),
  );
  const { certificates } = answer.body.signedCertificateEmbeddedSct.chain;
  const bundle = await (await app.request("/api/v2/trustBundle")).json();
  assert.equal(certificates.length, 3);
  assert.deepEqual(bundle, { chains: [{ certificates: certificates.slice(1) }] });
});

test("signingCert: the token may come in the header, or in both places", async () => {
  const token = await requestIdToken(world.issuer, "sigstore");
  const { publicKeyRequest, ...rest } = signingRequest(token, createP256(), SUBJECT);
  await leafOf({ publicKeyRequest }, { authorization: `Bearer ${token}` });
  await leafOf({ publicKeyRequest }, { authorization: `bearer ${token}` });
  await leafOf({ publicKeyRequest, ...rest }, { authorization: `Bearer ${token}` });
  const other = await requestIdToken(world.issuer, "sigstore");
  const both = await post({ publicKeyRequest, ...rest }, { authorization: `Bearer ${other}` });
  assert.deepEqual([both.status, both.body.code], [400, "credentials-differ"]);
});

/** A PKCS #10 request with an empty subject, signed by `signer`. */
function certificateRequest(key: PrivateKey, signer: PrivateKey = key): string {
  const info = derSequence(derInteger(0), derSequence(), key.publicSpki, derImplicitConstructed(0));
  const algorithm = encodeSignatureAlgorithm({ kind: "ecdsa", hash: "sha256" });
  const der = derSequence(info, algorithm, derBitString(signer.sign(info)));
  return base64(utf8(encodePem("CERTIFICATE REQUEST", der)));
}

test("signingCert: a certificate signing request proves possession too", async () => {
  const key = createP256();
  const token = await requestIdToken(world.issuer, "sigstore");
  const leaf = await leafOf(
    { certificateSigningRequest: certificateRequest(key) },
    { authorization: `Bearer ${token}` },
  );
  assert.ok(equalBytes(leaf.publicKey.spki, key.publicSpki));
});

for (const [name, pair, hash] of [
  ["P-384", generateKeyPairSync("ec", { namedCurve: "secp384r1" }), "sha384"],
  ["Ed25519", generateKeyPairSync("ed25519"), null],
  ["RSA", generateKeyPairSync("rsa", { modulusLength: 2048 }), "sha256"],
] as const) {
  test(`signingCert: a key of ${name} is certified`, async () => {
    const spki = new Uint8Array(pair.publicKey.export({ format: "der", type: "spki" }));
    const body = {
      credentials: { oidcIdentityToken: await requestIdToken(world.issuer, "sigstore") },
      publicKeyRequest: {
        publicKey: { content: encodePem("PUBLIC KEY", spki) },
        proofOfPossession: base64(sign(hash, utf8(SUBJECT), pair.privateKey)),
      },
    };
    assert.ok(equalBytes((await leafOf(body)).publicKey.spki, spki));
  });
}

const key = createP256();
const good = signingRequest(await requestIdToken(world.issuer, "sigstore"), key, SUBJECT);
const goodKey = good["publicKeyRequest"] as { publicKey: { content: string }; proofOfPossession: string }; // as made in world.ts

for (const [claim, body, status, code] of [
  ["no token", { publicKeyRequest: goodKey }, 401, "credentials-missing"],
  ["a token that is none", { ...good, credentials: { oidcIdentityToken: "x" } }, 400, "malformed"],
  ["no key", { credentials: good["credentials"] }, 400, "key-request-ambiguous"],
  [
    "a key and a signing request",
    { ...good, certificateSigningRequest: certificateRequest(key) },
    400,
    "key-request-ambiguous",
  ],
  [
    "a proof over another subject",
    {
      ...good,
      publicKeyRequest: { ...goodKey, proofOfPossession: base64(key.sign(utf8("repo:evil/evil"))) },
    },
    400,
    "proof-of-possession",
  ],
  [
    "a proof by another key",
    {
      ...good,
      publicKeyRequest: { ...goodKey, proofOfPossession: base64(createP256().sign(utf8(SUBJECT))) },
    },
    400,
    "proof-of-possession",
  ],
  [
    "a signing request that another key signed",
    { credentials: good["credentials"], certificateSigningRequest: certificateRequest(key, createP256()) },
    400,
    "proof-of-possession",
  ],
  [
    "a signing request whose algorithm is not its key's",
    { credentials: good["credentials"], certificateSigningRequest: certificateRequest(createEd25519()) },
    400,
    "key-mismatch",
  ],
  [
    "a key called by another algorithm",
    { ...good, publicKeyRequest: { ...goodKey, publicKey: { ...goodKey.publicKey, algorithm: "ED25519" } } },
    400,
    "key-mismatch",
  ],
  ["a field that is not known", { ...good, extra: 1 }, 400, "unknown-field"],
  ["a body above the limit", { ...good, extra: "a".repeat(70_000) }, 413, "body-too-large"],
] as const) {
  test(`signingCert: ${claim} is refused`, async () => {
    const answer = await post(body);
    assert.deepEqual([answer.status, answer.body.code], [status, code]);
    assert.equal(typeof answer.body.message, "string");
  });
}

test("signingCert: a token for another audience, an expired one and a forged one are refused", async () => {
  const codeOf = async (token: string): Promise<readonly unknown[]> => {
    const { status, body } = await post(signingRequest(token, key, SUBJECT));
    return [status, body.code];
  };
  const token = await requestIdToken(world.issuer, "sigstore");
  assert.deepEqual(await codeOf(await requestIdToken(world.issuer, "pypi")), [401, "id-token-audience"]);
  const [header = "", claims = ""] = token.split(".");
  const forged = Buffer.from(JSON.stringify({ ...claimsOf(token), repository_id: "1" })).toString(
    "base64url",
  );
  assert.deepEqual(await codeOf(`${header}.${forged}.${token.split(".")[2]}`), [401, "id-token-signature"]);
  const stranger = Buffer.from(JSON.stringify({ ...claimsOf(token), iss: "http://evil.test" })).toString(
    "base64url",
  );
  assert.deepEqual(await codeOf(`${header}.${stranger}.${token.split(".")[2]}`), [401, "issuer-unknown"]);
  const unknownKey = Buffer.from('{"alg":"RS256","kid":"other"}').toString("base64url");
  assert.deepEqual(await codeOf(`${unknownKey}.${claims}.AQID`), [401, "id-token-key-unknown"]);
  world.now += 331;
  assert.deepEqual(await codeOf(token), [401, "id-token-expired"]);
  world.now = START;
});

test("signingCert: a refusal does not repeat the token", async () => {
  const token = await requestIdToken(world.issuer, "pypi");
  const { body } = await post(signingRequest(token, key, SUBJECT));
  assert.ok(!JSON.stringify(body).includes(token.split(".")[1] ?? "x"));
});

test("signingCert: an issuer that does not answer is not the client's fault", async () => {
  const authority = await createAuthority({
    store: { kind: "memory" },
    hostname: "authority.test",
    publicUrl: "http://authority.test",
    issuers: [ROW],
    audience: "sigstore",
    clock: () => START,
    fetch: async () => new Response(null, { status: 500 }),
  });
  const response = await authority.app.request("/api/v2/signingCert", postJson(good));
  const { code } = await readJson(response);
  assert.deepEqual([response.status, code], [503, "issuer-unavailable"]);
  await authority.close();
});

test("signingCert: token and certificate of one run say one identity", async () => {
  const text = await requestIdToken(world.issuer, "sigstore", { environment: null });
  const keys = parseJwks(
    new Uint8Array(await (await world.issuer.request("http://issuer.test/jwks")).arrayBuffer()),
  );
  const expected = { row: ROW, keys, audience: "sigstore", now: START, leewaySeconds: 0 };
  const token = await verifyIdToken(parseIdToken(text), expected, nodeCrypto);
  const leaf = await leafOf(
    signingRequest(text, createP256(), "repo:octo-org/sampleproject:ref:refs/tags/v1"),
  );
  const [name] = leaf.subjectAltName ?? assert.fail();
  assert.ok(name !== undefined);
  assert.deepEqual(
    identityFromCertificate(ROW, parseFulcioExtensions(leaf), name),
    identityFromIdToken(ROW, token),
  );
});

test("configuration: says which issuers and audience are served", async () => {
  assert.deepEqual(await (await app.request("/api/v2/configuration")).json(), {
    issuers: [
      {
        issuerUrl: "http://issuer.test",
        audience: "sigstore",
        challengeClaim: "sub",
        issuerType: "ci-provider",
      },
    ],
  });
});

test("createRoutes: another path is refused", async () => {
  const response = await app.request("/api/v1/signingCert");
  assert.deepEqual([response.status, (await readJson(response)).code], [404, "not-found"]);
});
