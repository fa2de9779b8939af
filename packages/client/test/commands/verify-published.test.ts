// SPDX-License-Identifier: Apache-2.0
// Bundles and attestations of the public instance, as they were published.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { copyFile, mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { runCli } from "../../src/cli.ts";
import { fakeFetch, fakeWorld } from "../world.ts";

const data = process.env["CONFORMANCE_DIR"] ?? "";
const skip = existsSync(data) ? false : "no conformance data: CONFORMANCE_DIR is not set";
const ROOT = ["--trusted-root", `${data}/trust/trusted_root.json`];
const CASES = `${data}/sigstore/bundle-verify`;
const ARTIFACT = `${CASES}/a.txt`;
const SHA256 = "sha256:a0cfc71271d6e278e57cd332ff957c3f7043fdda354c4cbb190a30d56efa01bf";
const BEACON =
  "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
const GITHUB = "https://token.actions.githubusercontent.com";
const SIGNER = ["--certificate-identity", BEACON, "--certificate-oidc-issuer", GITHUB];
const PEP740 = `${data}/pep740`;

async function verify(...args: readonly string[]) {
  const world = fakeWorld(fakeFetch({}));
  const status = await runCli(["verify", ...args], world);
  return { status, text: world.text(), errors: world.errors() };
}

function bundleOf(name: string): readonly string[] {
  return ["--bundle", `${CASES}/${name}/bundle.sigstore.json`];
}

/** With the case's own trusted root. */
function caseOf(name: string): readonly string[] {
  return [...bundleOf(name), "--trusted-root", `${CASES}/${name}/trusted_root.json`];
}

test("verify: a published bundle, of the file and of its digest", { skip }, async () => {
  for (const about of [ARTIFACT, SHA256]) {
    for (const given of [
      [...bundleOf("happy-path-v0.2"), ...ROOT],
      [...bundleOf("happy-path-v0.3"), ...ROOT],
      caseOf("rekor2-happy-path"),
      caseOf("rekor2-dsse-happy-path"),
    ]) {
      const run = await verify(about, ...given, ...SIGNER);
      assert.equal(run.status, 0, run.errors);
      assert.match(run.text, /signed by "https:.*vouched for by .*\n {4}the signer that you demanded/);
    }
  }
});

test("verify: a bundle of version 0.1 is for who asks for it", { skip }, async () => {
  const args = [ARTIFACT, ...bundleOf("happy-path-v0.1"), ...ROOT, ...SIGNER];
  assert.equal((await verify(...args)).status, 4);
  assert.equal((await verify(...args, "--bundle-version-floor", "0.1")).status, 0);
  assert.equal((await verify(...args, "--bundle-version-floor", "0.4")).status, 2);
  const newer = [
    ARTIFACT,
    ...bundleOf("happy-path-v0.2"),
    ...ROOT,
    ...SIGNER,
    "--bundle-version-floor",
    "0.3",
  ];
  assert.equal((await verify(...newer)).status, 4);
});

test("verify: a bundle by a key needs that key", { skip }, async () => {
  const name = "managed-key-happy-path";
  const key = ["--key", `${CASES}/${name}/key.pub`];
  const run = await verify(ARTIFACT, ...bundleOf(name), ...ROOT, ...key, "--explain");
  assert.equal(run.status, 0, run.errors);
  assert.match(run.text, /signed by an ECDSA key on p256/);
  assert.equal((await verify(ARTIFACT, ...bundleOf(name), ...ROOT, "--any-identity")).status, 1);
  assert.equal((await verify(ARTIFACT, ...bundleOf("happy-path-v0.3"), ...ROOT, ...key)).status, 1);
});

test("verify: a bundle by nobody in particular is no success", { skip }, async () => {
  const args = [ARTIFACT, ...bundleOf("happy-path-v0.3"), ...ROOT];
  const run = await verify(...args);
  assert.equal(run.status, 2);
  assert.match(run.text, /not checked: that this is who should have signed/);
  const { error } = JSON.parse((await verify(...args, "--json")).text);
  assert.equal(error.code, "no-signer");
  assert.equal((await verify(...args, "--any-identity")).status, 0);
});

for (const [claim, args] of [
  ["a name without its issuer", ["--certificate-identity", BEACON]],
  ["an issuer without a name", ["--certificate-oidc-issuer", GITHUB]],
  ["a name and anybody", [...SIGNER, "--any-identity"]],
  ["a name and a key", [...SIGNER, "--key", `${CASES}/managed-key-happy-path/key.pub`]],
] as const) {
  test(`verify: ${claim} is a wrong call`, { skip }, async () => {
    const run = await verify(ARTIFACT, ...bundleOf("happy-path-v0.3"), ...ROOT, ...args, "--json");
    assert.equal(run.status, 2);
    assert.equal(JSON.parse(run.text).error.code, "usage");
  });
}

test("verify: cosigners that are demanded must have seen the tree", { skip }, async () => {
  const policy = join(await mkdtemp(join(tmpdir(), "countermark-policy-")), "policy");
  await writeFile(policy, "quorum none\n");
  const args = [ARTIFACT, ...caseOf("rekor2-happy-path"), ...SIGNER, "--cosigners", policy];
  const run = await verify(...args, "--explain");
  assert.equal(run.status, 1);
  assert.match(run.text, /8\. holds: every log entry (?:.*\n)*.*9\. does not hold: a quorum of cosigners/);
  await rm(policy);
});

test("verify: --explain says the steps that held before the one that did not", { skip }, async () => {
  const run = await verify(
    ARTIFACT,
    ...caseOf("rekor2-timestamp-payload-mismatch_fail"),
    ...SIGNER,
    "--explain",
  );
  assert.equal(run.status, 1);
  assert.match(run.text, /1\. holds: the bundle is about this artifact/);
  const { error, refused } = JSON.parse(
    (await verify(ARTIFACT, ...caseOf("rekor2-timestamp-payload-mismatch_fail"), ...SIGNER, "--json")).text,
  );
  assert.equal(error.code, "timestamp-imprint");
  assert.equal(refused.failed.step, "timestamps");
  assert.deepEqual(
    refused.steps.map(({ step }: { step: unknown }) => step),
    ["artifact"],
  );
  assert.match(run.text, /2\. does not hold: every timestamp .*\n {9}what to do: .*\n {9}rfc3161/);
});

test("verify: a published wheel's attestations lie beside it", { skip }, async () => {
  const name =
    "https://github.com/trailofbits/pypi-attestations/.github/workflows/release.yml@refs/tags/v0.0.19";
  const args = ["--certificate-identity", name, "--certificate-oidc-issuer", GITHUB, ...ROOT];
  const run = await verify(`${PEP740}/pypi_attestations-0.0.19.tar.gz`, ...args, "--json");
  assert.equal(run.status, 0, run.errors);
  const { attested, logged, trust, filename } = JSON.parse(run.text);
  assert.deepEqual([logged, trust, filename], [null, null, "pypi_attestations-0.0.19.tar.gz"]);
  assert.deepEqual(
    attested.map((item: { publisherAgrees: unknown; acceptedBy: unknown }) => [
      item.publisherAgrees,
      item.acceptedBy,
    ]),
    [
      [null, "demand"],
      [null, "demand"],
      [true, "demand"],
    ],
  );
  assert.equal(attested[0].steps.at(-1).step, "identity");
});

test("verify: a PEP 740 attestation names its file, so a digest is not enough", { skip }, async () => {
  const attestation = `${PEP740}/sampleproject-3.0.0.tar.gz.publish.attestation`;
  const args = ["--attestation", attestation, ...ROOT, "--any-identity"];
  assert.equal((await verify(SHA256, ...args)).status, 2);
  const key = ["--key", `${CASES}/managed-key-happy-path/key.pub`];
  assert.equal((await verify(attestation, ...ROOT, ...key)).status, 2);
  assert.equal((await verify(attestation, ...ROOT, "--any-identity")).status, 0);
});

test("verify: a long file is hashed, and its bundle refused for its digest", { skip }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "countermark-long-"));
  after(() => rm(folder, { recursive: true }));
  const long = join(folder, "long");
  await copyFile(ARTIFACT, long);
  const file = await open(long, "r+");
  await file.truncate(40_000_000);
  await file.close();
  const run = await verify(long, ...bundleOf("happy-path-v0.3"), ...ROOT, ...SIGNER);
  assert.equal(run.status, 1);
  assert.match(run.errors, /\[digest-mismatch\]/);
});
