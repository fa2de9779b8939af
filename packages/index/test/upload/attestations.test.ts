// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { SLSA_PROVENANCE_PREDICATE_TYPE } from "@countermark/formats";
import { TOY_TIME } from "../../../verify/test/support/toy-certificates.ts";
import { attest, attestationsField } from "../support/attest.ts";
import { buildSdist, buildWheel } from "../support/build.ts";
import { JOB, openWorld, publisherJson, type World } from "../support/world.ts";

const PROJECT = { name: "toy-box", version: "1.0" };
const FILE = await buildWheel(PROJECT);
const GOOD = attest(FILE);

async function openProject(context: Parameters<typeof openWorld>[0]): Promise<World> {
  const world = await openWorld(context);
  await world.manage("projects", { project: "toy-box", publishers: [publisherJson()] });
  return world;
}

async function upload(world: World, attestations: string, job = JOB): Promise<string> {
  const response = await world.upload(await world.uploadToken(job), PROJECT, FILE, { attestations });
  await response.text();
  return response.headers.get("countermark-code") ?? String(response.status);
}

test("acceptAttestations: publish and SLSA attestations of the uploader's run are taken", async (context) => {
  const world = await openProject(context);
  const slsa = attest(FILE, JOB, SLSA_PROVENANCE_PREDICATE_TYPE);
  assert.equal(await upload(world, attestationsField(slsa, GOOD)), "200");
  const path = `/integrity/toy-box/1.0/${FILE.filename}/provenance`;
  const provenance = await world.request(path);
  const body = (await provenance.json()) as { attestation_bundles: { attestations: unknown[] }[] }; // our own answer
  assert.equal(body.attestation_bundles[0]?.attestations.length, 2);
});

for (const [claim, attestations, code] of [
  ["text that is not JSON", "nonsense", "attestation-malformed"],
  ["an object in place of the list", "{}", "attestation-malformed"],
  ["an empty list", "[]", "attestation-malformed"],
  ["three attestations", attestationsField(GOOD, GOOD, GOOD), "attestation-malformed"],
  ["two of one predicate", attestationsField(GOOD, GOOD), "attestation-malformed"],
  ["an attestation of another version", JSON.stringify([{ version: 2 }]), "attestation-malformed"],
  [
    "an attestation over another file",
    attestationsField(attest(await buildSdist(PROJECT))),
    "attestation-invalid",
  ],
  [
    "an unknown predicate",
    attestationsField(attest(FILE, JOB, "https://example.test/other/v1")),
    "attestation-invalid",
  ],
  ["another run", attestationsField(attest(FILE, { ...JOB, run_id: "900002" })), "attestation-identity"],
  [
    "another commit",
    attestationsField(attest(FILE, { ...JOB, sha: "b".repeat(40) })),
    "attestation-identity",
  ],
  [
    "another repository",
    attestationsField(
      attest(FILE, {
        ...JOB,
        repository: "octo-org/other",
        repository_id: "1",
        workflow_ref: "octo-org/other/.github/workflows/release.yml@refs/heads/main",
        job_workflow_ref: "octo-org/other/.github/workflows/release.yml@refs/heads/main",
      }),
    ),
    "attestation-identity",
  ],
  [
    "another environment",
    attestationsField(attest(FILE, { ...JOB, environment: "dev" })),
    "attestation-identity",
  ],
] as const) {
  test(`acceptAttestations: ${claim} is refused`, async (context) => {
    const world = await openProject(context);
    assert.equal(await upload(world, attestations), code);
  });
}

test("acceptAttestations: another attempt of the same run is the same run", async (context) => {
  const world = await openProject(context);
  assert.equal(await upload(world, attestationsField(attest(FILE, { ...JOB, run_attempt: "2" }))), "200");
});

test("acceptAttestations: a flipped byte in the signature is refused", async (context) => {
  const world = await openProject(context);
  const json = JSON.parse(attestationsField(GOOD)) as { envelope: { signature: string } }[]; // our own text
  const [first] = json;
  assert.ok(first);
  const signature = Buffer.from(first.envelope.signature, "base64");
  signature[20] = (signature[20] ?? 0) ^ 1;
  first.envelope.signature = signature.toString("base64");
  assert.equal(await upload(world, JSON.stringify(json)), "attestation-invalid");
});

test("verifyUpload: attestations with an API token are refused", async (context) => {
  const world = await openWorld(context);
  const token = await world.account("ada");
  const response = await world.upload(token, PROJECT, FILE, { attestations: attestationsField(GOOD) });
  assert.equal(response.headers.get("countermark-code"), "attestation-without-publisher");
});

test("sealUpload: attestations are required where the policy says so", async (context) => {
  const world = await openWorld(context);
  const policy = { uploads: "publisher", attestations: "required", release: "direct", closeDays: null };
  await world.manage("projects", { project: "toy-box", publishers: [publisherJson()], policy });
  const response = await world.upload(await world.uploadToken(), PROJECT, FILE);
  assert.equal(response.headers.get("countermark-code"), "attestation-required");
  const slsa = attest(FILE, JOB, SLSA_PROVENANCE_PREDICATE_TYPE);
  assert.equal(await upload(world, attestationsField(slsa)), "attestation-required");
  assert.equal(await upload(world, attestationsField(GOOD)), "200");
});

test("sealUpload: an attestation too old for the ledger's rules is refused", async (context) => {
  const world = await openProject(context);
  world.now += 21_600 + 600;
  assert.equal(await upload(world, attestationsField(GOOD)), "attestation-time");
});

test("verifyUpload: an attestation from later than the ledger's time waits, and an identical retry completes it", async (context) => {
  const world = await openWorld(context, (options) => options, TOY_TIME - 3_600);
  await world.manage("projects", { project: "toy-box", publishers: [publisherJson()] });
  assert.equal(await upload(world, attestationsField(GOOD)), "attested-ahead");
  world.now = TOY_TIME + 60;
  assert.equal(await upload(world, attestationsField(GOOD)), "200");
});
