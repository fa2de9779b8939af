// SPDX-License-Identifier: Apache-2.0
// The upload token of a CI job leaks. It is good for fifteen minutes, for one project, and for attestations of the same run.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import {
  buildWheel,
  createWorld,
  INDEX_URL,
  type JobClaims,
  jobEnvironment,
  keepCertificate,
  postUpload,
  releaseJob,
  signByHand,
  type ToyProject,
  toyProject,
  uploadForm,
} from "@countermark/testkit";

const world = await createWorld();
after(() => world.close());
const claims = releaseJob("example/sampleproject");
const attestations = { uploads: "publisher", attestations: "required", release: "direct", closeDays: null };
await world.registerProject("another", releaseJob("example/another"));
await world.registerProject("sampleproject", claims);
await world.manage("projects/sampleproject/configure", { policy: attestations });
const project = toyProject("sampleproject", "1.0.0");

test("for another project: refused", async () => {
  const answer = await upload(await leak(), toyProject("another", "1.0.0"), null);
  assert.equal(answer.status, 403);
  assert.equal(await codeOf(answer), "token-project");
});

test("without an attestation, where the project promised them: refused by the ledger's rules", async () => {
  const answer = await upload(await leak(), project, null);
  assert.equal(await codeOf(answer), "attestation-required");
});

test("with an attestation by the thief's own repository: refused", async () => {
  const answer = await upload(await leak(), project, releaseJob("thief/sampleproject"));
  assert.equal(await codeOf(answer), "attestation-identity");
});

test("with an attestation by the same workflow in another run: refused", async () => {
  const answer = await upload(await leak(), project, { ...claims, runId: "424242" });
  assert.equal(await codeOf(answer), "attestation-identity");
});

test("sixteen minutes later: refused", async () => {
  const token = await leak();
  world.clock.advance(960);
  const answer = await upload(token, project, claims);
  assert.equal(answer.status, 403);
  assert.equal(await codeOf(answer), "token-expired");
});

test("by the job itself: accepted", async () => {
  const answer = await upload(await leak(), project, claims);
  assert.equal(answer.status, 200, await answer.text());
});

async function leak(): Promise<string> {
  const run = await world.countermark(["exchange-token"], jobEnvironment(await world.startJob(claims)));
  assert.equal(run.status, 0, run.output);
  return run.stdout.trim();
}

async function upload(token: string, of: ToyProject, signer: JobClaims | null): Promise<Response> {
  const file = buildWheel(of);
  const form = uploadForm(of, file);
  if (signer === null) return await postUpload(world.network.fetch, INDEX_URL, token, form);
  const kept = await keepCertificate(world, await world.startJob(signer));
  const { json } = await signByHand(world, kept, file);
  return await postUpload(world.network.fetch, INDEX_URL, token, { ...form, attestations: [json] });
}

/** The refusal's code: the last word of a legacy answer's text. */
async function codeOf(answer: Response): Promise<string> {
  return (await answer.text()).trim().split("\n").at(-1) ?? "";
}
