// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { encodeHex, encodeInTotoStatement, parseBundle } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import {
  AUTHORITY_URL,
  createSigningWorld,
  ISSUER_URL,
  releaseJob,
  requestIdToken,
} from "@countermark/testkit";
import { runSigstoreConformance } from "../../src/conformance/sigstore.ts";

const world = await createSigningWorld();
after(() => world.close());
const at = (name: string): string => join(world.dir, name);
const artifact = at("a.txt");
await writeFile(artifact, "an artifact\n");
await writeFile(at("trusted_root.json"), world.authority.trustedRoot());
const config = await world.network.fetch(`${AUTHORITY_URL}/signing_config.json`);
await writeFile(at("signing_config.json"), new Uint8Array(await config.arrayBuffer()));
const sha256 = nodeCrypto.sha256(await readFile(artifact));
const statement = encodeInTotoStatement({ filename: "a.txt", sha256 }, "https://example.test/said", { n: 1 });
await writeFile(at("statement.json"), statement);
const claims = releaseJob("example/sampleproject");
const NAME = `https://github.com/${claims.repository}/${claims.workflow}@${claims.ref}`;
const ROOT = ["--trusted-root", at("trusted_root.json")];
const digest = `sha256:${encodeHex(sha256)}`;

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  let stderr = "";
  const status = await runSigstoreConformance(args, {
    env,
    now: world.clock.now,
    stderr: (text) => {
      stderr += text;
    },
    createFetch: () => world.network.fetch,
  });
  return { status, stderr };
}

async function sign(bundle: string, file: string, ...flags: readonly string[]) {
  const token = await requestIdToken(await world.startJob(claims), "sigstore", world.network.fetch);
  const files = [...ROOT, "--signing-config", at("signing_config.json")];
  return await run(["sign-bundle", ...flags, "--identity-token", token, "--bundle", bundle, ...files, file]);
}

function verifyArguments(bundle: string, file: string, name = NAME, issuer: string = ISSUER_URL): string[] {
  const identity = ["--certificate-identity", name, "--certificate-oidc-issuer", issuer];
  return ["verify-bundle", "--bundle", bundle, ...identity, ...ROOT, file];
}

test("runSigstoreConformance: an artifact that it signs is believed, by path and by digest", async () => {
  const bundle = at("a.txt.sigstore.json");
  const signed = await sign(bundle, artifact);
  assert.equal(signed.status, 0, signed.stderr);
  assert.equal(parseBundle(await readFile(bundle), "0.3").content.kind, "message-signature");
  for (const about of [artifact, digest]) {
    const verified = await run(verifyArguments(bundle, about));
    assert.equal(verified.status, 0, verified.stderr);
  }
});

test("runSigstoreConformance: an artifact that is too long to hold is believed, and refused when its end is another", async () => {
  const long = at("long");
  await writeFile(long, Buffer.alloc(17_000_000, "long"));
  await sign(at("long.sigstore.json"), long);
  assert.equal((await run(verifyArguments(at("long.sigstore.json"), long))).status, 0);
  await writeFile(long, Buffer.concat([Buffer.alloc(16_999_999, "long"), Buffer.from("!")]));
  assert.equal((await run(verifyArguments(at("long.sigstore.json"), long))).status, 1);
});

test("runSigstoreConformance: a statement that it signs keeps its bytes and is about its subject", async () => {
  const bundle = at("statement.sigstore.json");
  const signed = await sign(bundle, at("statement.json"), "--in-toto");
  assert.equal(signed.status, 0, signed.stderr);
  const { content } = parseBundle(await readFile(bundle), "0.3");
  assert.deepEqual(content.kind === "dsse" && content.payload, statement);
  for (const about of [artifact, digest]) {
    assert.equal((await run(verifyArguments(bundle, about))).status, 0);
  }
  assert.equal((await run(verifyArguments(bundle, at("statement.json")))).status, 1);
});

for (const [claim, file, name, issuer, code] of [
  ["another name", artifact, `${NAME}x`, ISSUER_URL, "identity-name"],
  ["another issuer", artifact, NAME, `${ISSUER_URL}x`, "identity-issuer"],
  ["another digest", `sha256:${"0".repeat(64)}`, NAME, ISSUER_URL, "digest-mismatch"],
] as const) {
  test(`runSigstoreConformance: ${claim} is refused`, async () => {
    await sign(at("other.sigstore.json"), artifact);
    const { status, stderr } = await run(verifyArguments(at("other.sigstore.json"), file, name, issuer));
    assert.equal(status, 1);
    assert.match(stderr, new RegExp(`\\[${code}\\]`));
  });
}

test("runSigstoreConformance: a digest of another length is a path", async () => {
  assert.equal((await run(verifyArguments(at("a.txt.sigstore.json"), "sha256:00"))).status, 2);
});

for (const [claim, args] of [
  ["no command", []],
  ["an unknown command", ["attest", artifact]],
  ["an unknown option", ["verify-bundle", "--bundel", "x", artifact]],
  ["two files", [...verifyArguments(at("a.txt.sigstore.json"), artifact), artifact]],
  ["nobody named as signer", ["verify-bundle", "--bundle", at("a.txt.sigstore.json"), ...ROOT, artifact]],
] as const) {
  test(`runSigstoreConformance: ${claim} is a wrong call`, async () => {
    assert.equal((await run(args)).status, 2);
  });
}

test("runSigstoreConformance: without a trusted root it says where it would look for the public one", async () => {
  const identity = ["--certificate-identity", NAME, "--certificate-oidc-issuer", ISSUER_URL];
  const args = ["verify-bundle", "--bundle", at("a.txt.sigstore.json"), ...identity, artifact];
  const lost = await run(args);
  assert.equal(lost.status, 2);
  assert.match(lost.stderr, /SIGSTORE_TRUSTED_ROOT.*\[no-trust\]/);
  assert.equal((await run(args, { SIGSTORE_TRUSTED_ROOT: at("trusted_root.json") })).status, 0);
  assert.equal((await run(args, { CONFORMANCE_DIR: "/nowhere" })).status, 2);
});

test("runSigstoreConformance: what could not be verified is not written", async () => {
  const token = await requestIdToken(await world.startJob(claims), "sigstore", world.network.fetch);
  const other = await createSigningWorld();
  await writeFile(at("other_root.json"), other.authority.trustedRoot());
  await other.close();
  const bundle = at("never.sigstore.json");
  const files = ["--trusted-root", at("other_root.json"), "--signing-config", at("signing_config.json")];
  const { status } = await run([
    "sign-bundle",
    "--identity-token",
    token,
    "--bundle",
    bundle,
    ...files,
    artifact,
  ]);
  assert.equal(status, 1);
  await assert.rejects(readFile(bundle), { code: "ENOENT" });
});
