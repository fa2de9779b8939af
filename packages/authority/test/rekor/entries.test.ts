// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import {
  createVkey,
  encodeBase64,
  encodeHashedRekordRequest,
  type HashedRekord,
  JSON_DEPTH_MAX,
  leafHash,
  parseEd25519Spki,
  parseEntryBundle,
  parseJsonObject,
  parsePemBlock,
  parseTlogEntry,
  parseTrustedRoot,
  utf8,
} from "@countermark/formats";
import { createEd25519, createP256, nodeCrypto } from "@countermark/log";
import { verifyCheckpoint, verifyInclusion } from "@countermark/verify";
import { base64, certify, createWorld, sha256, temporaryFolder, type World } from "../world.ts";

const world = await createWorld();
const key = createP256();

function entry(text: string, changes: Partial<HashedRekord> = {}): HashedRekord {
  return {
    hashAlgorithm: "SHA2_256",
    digest: sha256(utf8(text)),
    signature: key.sign(utf8(text)),
    verifier: { kind: "public-key", der: key.publicSpki, keyDetails: "PKIX_ECDSA_P256_SHA_256" },
    ...changes,
  };
}

async function post(body: Uint8Array<ArrayBuffer> | string, at: World = world) {
  const response = await at.authority.app.request("/api/v2/log/entries", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  return { status: response.status, bytes: new Uint8Array(await response.arrayBuffer()) };
}

const codeOf = (bytes: Uint8Array): unknown => JSON.parse(Buffer.from(bytes).toString()).code;

function parseAnswer(bytes: Uint8Array) {
  return parseTlogEntry(
    parseJsonObject(bytes, { bytesMax: 65_536, depthMax: JSON_DEPTH_MAX }, "answer"),
    "proof",
  );
}

async function verifyAnswer(bytes: Uint8Array, at: World): Promise<number> {
  const logged = parseAnswer(bytes);
  const log = parseTrustedRoot(at.authority.trustedRoot()).tlogs[0] ?? assert.fail();
  assert.deepEqual(logged.logId, log.logId);
  const vkey = createVkey("authority.test", 1, parseEd25519Spki(log.publicKey.spki), nodeCrypto.sha256);
  const { checkpoint, hashes, logIndex } = logged.inclusionProof ?? assert.fail();
  const head = await verifyCheckpoint(checkpoint, { vkeys: [vkey], origin: "authority.test" }, nodeCrypto);
  const hash = leafHash(nodeCrypto.sha256, logged.canonicalizedBody);
  verifyInclusion(
    { leafHash: hash, index: logIndex, size: head.size, root: head.root, proof: hashes },
    nodeCrypto.sha256,
  );
  return logIndex;
}

test("log entries: the answer is 201, with a proof under a checkpoint signed by the trusted root's log", async () => {
  const answer = await post(encodeHashedRekordRequest(entry("a")));
  assert.equal(answer.status, 201);
  assert.equal(await verifyAnswer(answer.bytes, world), 0);
  const { kind, version, integratedTime } = parseAnswer(answer.bytes);
  assert.deepEqual([kind, version, integratedTime], ["hashedrekord", "0.0.2", 0]);
});

test("log entries: the same request has the same answer, byte for byte, however the log grew", async () => {
  const first = await post(encodeHashedRekordRequest(entry("b", { signature: key.sign(utf8("b")) })));
  const request = encodeHashedRekordRequest({ ...parseRequestOf(first.bytes) });
  await post(encodeHashedRekordRequest(entry("c")));
  const again = await post(request);
  assert.equal(again.status, 201);
  assert.deepEqual(again.bytes, first.bytes);
});

/** The entry that an answer is about. */
function parseRequestOf(answer: Uint8Array): HashedRekord {
  const body = JSON.parse(Buffer.from(parseAnswer(answer).canonicalizedBody).toString());
  const { data, signature } = body.spec.hashedRekordV002;
  const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64"));
  return {
    hashAlgorithm: data.algorithm,
    digest: bytes(data.digest),
    signature: bytes(signature.content),
    verifier: { kind: "public-key", der: key.publicSpki, keyDetails: signature.verifier.keyDetails },
  };
}

test("log entries: one request sent many times at once is one entry with one answer", async () => {
  const request = encodeHashedRekordRequest(entry("d"));
  const answers = await Promise.all(Array.from({ length: 8 }, () => post(request)));
  const indexes = new Set(answers.map(({ bytes }) => parseAnswer(bytes).logIndex));
  assert.equal(indexes.size, 1);
  assert.equal(new Set(answers.map(({ bytes }) => base64(bytes))).size, 1);
});

test("log entries: after a restart the same request has the same answer", async () => {
  const store = { kind: "dir", dir: temporaryFolder() } as const;
  const request = encodeHashedRekordRequest(entry("e"));
  const before = await createWorld(store);
  const first = await post(request, before);
  const root = before.authority.trustedRoot();
  await before.authority.close();
  const after = await createWorld(store);
  assert.deepEqual(after.authority.trustedRoot(), root);
  assert.deepEqual((await post(request, after)).bytes, first.bytes);
  assert.equal(
    await verifyAnswer((await post(encodeHashedRekordRequest(entry("f")), after)).bytes, after),
    1,
  );
  await after.authority.close();
});

test("log entries: a certificate may stand for its key", async () => {
  const { key: certified, chain } = await certify(world);
  const der = parsePemBlock(chain[0] ?? "", "CERTIFICATE", "leaf");
  const request = entry("g", {
    signature: certified.sign(utf8("g")),
    verifier: { kind: "certificate", der, keyDetails: "PKIX_ECDSA_P256_SHA_256" },
  });
  const answer = await post(encodeHashedRekordRequest(request));
  assert.equal(answer.status, 201);
  await verifyAnswer(answer.bytes, world);
});

test("log entries: RSA and P-384 keys are logged under their own names", async () => {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const p384 = generateKeyPairSync("ec", { namedCurve: "secp384r1" });
  for (const [pair, hash, keyDetails] of [
    [rsa, "sha256", "PKIX_RSA_PKCS1V15_2048_SHA256"],
    [p384, "sha384", "PKIX_ECDSA_P384_SHA_384"],
  ] as const) {
    const request = encodeHashedRekordRequest({
      hashAlgorithm: "SHA2_256", // not in the request
      digest: nodeCrypto.digest(hash, utf8("h")),
      signature: new Uint8Array(sign(hash, utf8("h"), pair.privateKey)),
      verifier: {
        kind: "public-key",
        der: new Uint8Array(pair.publicKey.export({ format: "der", type: "spki" })),
        keyDetails,
      },
    });
    assert.equal((await post(request)).status, 201);
  }
});

test("log entries: tiles and checkpoint are served below /api/v2", async () => {
  const get = async (path: string) => await world.authority.app.request(path);
  const note = await (await get("/api/v2/checkpoint")).text();
  const [origin, size] = note.split("\n");
  assert.equal(origin, "authority.test");
  const bundle = await get(`/api/v2/tile/entries/000.p/${size}`);
  const entries = parseEntryBundle(new Uint8Array(await bundle.arrayBuffer()));
  assert.equal(entries.length, Number(size));
  assert.match(Buffer.from(entries[0] ?? []).toString(), /^\{"apiVersion":"0\.0\.2","kind":"hashedrekord"/);
});

const ed25519 = createEd25519();
for (const [claim, body, code] of [
  [
    "a signature over something else",
    encodeHashedRekordRequest(entry("i", { signature: key.sign(utf8("j")) })),
    "signature-invalid",
  ],
  [
    "a signature by another key",
    encodeHashedRekordRequest(entry("i", { signature: createP256().sign(utf8("i")) })),
    "signature-invalid",
  ],
  [
    "another digest",
    encodeHashedRekordRequest(entry("i", { digest: sha256(utf8("j")) })),
    "signature-invalid",
  ],
  ["a short digest", encodeHashedRekordRequest(entry("i", { digest: new Uint8Array(20) })), "digest-length"],
  [
    "a key called by another name",
    encodeHashedRekordRequest(
      entry("i", {
        verifier: { kind: "public-key", der: key.publicSpki, keyDetails: "PKIX_ECDSA_P384_SHA_384" },
      }),
    ),
    "key-mismatch",
  ],
  [
    "a pure Ed25519 key",
    encodeHashedRekordRequest(
      entry("i", { verifier: { kind: "public-key", der: ed25519.publicSpki, keyDetails: "PKIX_ED25519" } }),
    ),
    "key-mismatch",
  ],
  [
    "a key that is no point of its curve",
    encodeHashedRekordRequest(
      entry("i", {
        verifier: {
          kind: "public-key",
          der: key.publicSpki.with(-1, (key.publicSpki.at(-1) ?? 0) ^ 1),
          keyDetails: "PKIX_ECDSA_P256_SHA_256",
        },
      }),
    ),
    "signature-invalid",
  ],
  ["a DSSE request", '{"dsseRequestV002":{}}', "request-kind"],
  ["a Rekor v1 entry", '{"apiVersion":"0.0.1","kind":"hashedrekord","spec":{}}', "request-kind"],
  ["an empty object", "{}", "request-kind"],
  ["no JSON", "x", "not-json"],
  ["a body above the limit", `{"a":"${"a".repeat(70_000)}"}`, "body-too-large"],
] as const) {
  test(`log entries: ${claim} is refused, and nothing is logged`, async () => {
    const sizeOf = async () =>
      (await (await world.authority.app.request("/api/v2/checkpoint")).text()).split("\n")[1];
    const before = await sizeOf();
    const answer = await post(body);
    assert.ok(answer.status === 400 || answer.status === 413);
    assert.equal(codeOf(answer.bytes), code);
    assert.equal(await sizeOf(), before);
  });
}

test("log entries: the log id is the whole hash that the key id begins", () => {
  const [log] = JSON.parse(Buffer.from(world.authority.trustedRoot()).toString()).tlogs;
  const spki = new Uint8Array(Buffer.from(log.publicKey.rawBytes, "base64"));
  const vkey = createVkey("authority.test", 1, parseEd25519Spki(spki), nodeCrypto.sha256);
  assert.ok(log.logId.keyId.startsWith(encodeBase64(vkey.keyId).slice(0, 5)));
  assert.equal(log.checkpointKeyId, undefined);
  assert.equal(log.baseUrl, "https://authority.test");
});
