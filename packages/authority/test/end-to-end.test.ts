// SPDX-License-Identifier: Apache-2.0
// From a CI job's token to a bundle that verifiers believe: ours, sigstore-js, and OpenSSL for what it knows.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  attestationFromBundle,
  dssePae,
  encodeBundle,
  encodeHashedRekordRequest,
  encodeInTotoStatement,
  encodePem,
  encodeTimestampRequest,
  IN_TOTO_PAYLOAD_TYPE,
  JSON_DEPTH_MAX,
  PUBLISH_PREDICATE_TYPE,
  parseBundle,
  parseCertificate,
  parseJsonObject,
  parsePemBlock,
  parseTimestamp,
  parseTlogEntry,
  parseTrustedRoot,
  type SigstoreBundle,
  utf8,
} from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import {
  contentOfBytes,
  identityFromCertificate,
  ORDINARY_DEMANDS,
  prepareTrustedRoot,
  verifyAttestation,
  verifyBundle,
} from "@countermark/verify";
import { bundleFromJSON } from "@sigstore/bundle";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import { certify, createWorld, ROW, START, sha256, temporaryFolder } from "./world.ts";

const FILE = { filename: "sampleproject-1.0.tar.gz", sha256: sha256(utf8("the file")) };
const IDENTITY = "https://github.com/octo-org/sampleproject/.github/workflows/release.yml@refs/tags/v1";

const world = await createWorld();
const { app } = world.authority;

async function post(path: string, type: string, body: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const response = await app.request(path, { method: "POST", headers: { "content-type": type }, body });
  const bytes = new Uint8Array(await response.arrayBuffer());
  assert.equal(response.status, 201, Buffer.from(bytes).toString());
  return bytes;
}

/** Signs as a client does: certificate, signature, timestamp over the signature, log entry. */
async function signFile(content: "dsse" | "message-signature"): Promise<SigstoreBundle> {
  const { key, chain } = await certify(world);
  const certificate = parseCertificate(parsePemBlock(chain[0] ?? "", "CERTIFICATE", "leaf"));
  const payload = encodeInTotoStatement(FILE, PUBLISH_PREDICATE_TYPE, null);
  const message = content === "dsse" ? dssePae(IN_TOTO_PAYLOAD_TYPE, payload) : utf8("the file");
  const signature = key.sign(message);
  const imprint = { algorithm: "sha256", digest: sha256(signature) } as const;
  const timestamp = await post(
    "/api/v1/timestamp",
    "application/timestamp-query",
    encodeTimestampRequest(imprint, false),
  );
  const request = encodeHashedRekordRequest({
    hashAlgorithm: "SHA2_256",
    digest: sha256(message),
    signature,
    verifier: { kind: "certificate", der: certificate.der, keyDetails: "PKIX_ECDSA_P256_SHA_256" },
  });
  const entry = await post("/api/v2/log/entries", "application/json", request);
  const limits = { bytesMax: 65_536, depthMax: JSON_DEPTH_MAX };
  return {
    version: "0.3",
    signer: { kind: "certificate", certificate },
    timestamps: [parseTimestamp(timestamp)],
    tlogEntries: [parseTlogEntry(parseJsonObject(entry, limits, "log entry"), "proof")],
    content:
      content === "dsse"
        ? { kind: "dsse", payloadType: IN_TOTO_PAYLOAD_TYPE, payload, signature }
        : { kind: "message-signature", digest: { algorithm: "SHA2_256", value: FILE.sha256 }, signature },
  };
}

function demands() {
  const artifact = contentOfBytes(utf8("the file"));
  return { ...ORDINARY_DEMANDS, artifact, signer: { kind: "any-identity" } } as const;
}

const dsse = await signFile("dsse");
const plain = await signFile("message-signature");
const root = await prepareTrustedRoot(parseTrustedRoot(world.authority.trustedRoot()), nodeCrypto);

test("createAuthority: our verifier believes a PEP 740 attestation made with it", async () => {
  const attestation = attestationFromBundle(dsse);
  const evidence = await verifyAttestation(attestation, FILE, root, nodeCrypto);
  assert.equal(evidence.signedAt, START);
  assert.equal(evidence.predicateType, PUBLISH_PREDICATE_TYPE);
  const identity = identityFromCertificate(ROW, evidence.claims, evidence.san);
  assert.deepEqual(
    [identity.project, identity.projectId, identity.environment, identity.runId],
    ["octo-org/sampleproject", "4242", "pypi", "900001"],
  );
});

test("createAuthority: our verifier believes bundles made with it, as they are written and read", async () => {
  for (const bundle of [dsse, plain]) {
    const read = parseBundle(encodeBundle(bundle), "0.3");
    const signing = await verifyBundle(read, demands(), root, nodeCrypto);
    assert.equal(signing.signedAt, START);
  }
});

test("createAuthority: another authority's trusted root does not believe them", async () => {
  const other = await createWorld();
  const otherRoot = await prepareTrustedRoot(parseTrustedRoot(other.authority.trustedRoot()), nodeCrypto);
  await assert.rejects(verifyBundle(dsse, demands(), otherRoot, nodeCrypto), { name: "VerifyError" });
  await other.authority.close();
});

test("createAuthority: sigstore-js believes bundles made with it", () => {
  const json: unknown = JSON.parse(Buffer.from(world.authority.trustedRoot()).toString());
  const verifier = new Verifier(toTrustMaterial(TrustedRoot.fromJSON(json)), {
    ctlogThreshold: 1,
    tlogThreshold: 1,
    timestampThreshold: 1,
  });
  const policy = { subjectAlternativeName: IDENTITY, extensions: { issuer: ROW.issuer } };
  for (const [bundle, artifact] of [
    [dsse, undefined],
    [plain, Buffer.from("the file")],
  ] as const) {
    const parsed = bundleFromJSON(JSON.parse(Buffer.from(encodeBundle(bundle)).toString()));
    const signer = verifier.verify(toSignedEntity(parsed, artifact), policy);
    assert.equal(signer.identity?.subjectAlternativeName, IDENTITY);
  }
});

test("createAuthority: sigstore-js refuses a bundle with one flipped bit in its signature", () => {
  assert.ok(plain.content.kind === "message-signature");
  const signature = plain.content.signature.with(20, (plain.content.signature[20] ?? 0) ^ 1);
  const tampered = encodeBundle({ ...plain, content: { ...plain.content, signature } });
  const json: unknown = JSON.parse(Buffer.from(world.authority.trustedRoot()).toString());
  const verifier = new Verifier(toTrustMaterial(TrustedRoot.fromJSON(json)), { tlogThreshold: 1 });
  const parsed = bundleFromJSON(JSON.parse(Buffer.from(tampered).toString()));
  assert.throws(() => verifier.verify(toSignedEntity(parsed, Buffer.from("the file"))));
});

const openssl = spawnSync("openssl", ["version"]).status === 0;
const skip = openssl ? false : "openssl is not installed";
const folder = temporaryFolder();

/** Writes what OpenSSL reads, and runs it at the time of the false clock. */
function runOpenssl(files: Readonly<Record<string, Uint8Array | string>>, args: readonly string[]): string {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const { status, stdout, stderr } = spawnSync("openssl", args, { cwd: folder, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return stdout;
}

test("createAuthority: OpenSSL verifies the certificate's chain", { skip }, async () => {
  const { chain } = await certify(world);
  const [leaf = "", intermediate = "", caRoot = ""] = chain;
  const files = { "leaf.pem": leaf, "intermediate.pem": intermediate, "root.pem": caRoot };
  const trust = ["-CAfile", "root.pem", "-untrusted", "intermediate.pem", "-x509_strict"];
  const said = runOpenssl(files, ["verify", "-attime", String(START + 599), ...trust, "leaf.pem"]);
  assert.equal(said, "leaf.pem: OK\n");
  assert.throws(() => runOpenssl(files, ["verify", "-attime", String(START + 601), ...trust, "leaf.pem"]));
});

test("createAuthority: OpenSSL verifies the timestamp, with and without its certificate inside", {
  skip,
}, async () => {
  const data = utf8("raw signature bytes");
  const [leaf, tsaRoot] =
    parseTrustedRoot(world.authority.trustedRoot()).timestampAuthorities[0]?.certificates ?? [];
  assert.ok(leaf !== undefined && tsaRoot !== undefined);
  const pem = {
    "tsa.pem": encodePem("CERTIFICATE", leaf.der),
    "tsa-root.pem": encodePem("CERTIFICATE", tsaRoot.der),
  };
  for (const [embedded, untrusted] of [
    [true, []],
    [false, ["-untrusted", "tsa.pem"]],
  ] as const) {
    const request = encodeTimestampRequest({ algorithm: "sha256", digest: sha256(data) }, embedded);
    const reply = await post("/api/v1/timestamp", "application/timestamp-query", request);
    const files = { ...pem, data, "reply.tsr": reply, "request.tsq": request };
    const at = ["-attime", String(START + 1), "-CAfile", "tsa-root.pem", ...untrusted];
    runOpenssl(files, ["ts", "-verify", "-data", "data", "-in", "reply.tsr", ...at]);
    runOpenssl(files, ["ts", "-verify", "-queryfile", "request.tsq", "-in", "reply.tsr", ...at]);
  }
});
