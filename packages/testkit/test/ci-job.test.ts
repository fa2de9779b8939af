// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { encodePublisher, parseIdToken } from "@countermark/formats";
import { jobEnvironment, publisherOf, releaseJob, requestIdToken } from "../src/ci-job.ts";
import { createSigningWorld, ISSUER_URL } from "../src/signing-world.ts";

const world = await createSigningWorld();
after(() => world.close());
const claims = releaseJob("example/sampleproject");

test("releaseJob: the same repository is the same job, another one has other ids", () => {
  assert.deepEqual(releaseJob("example/sampleproject"), claims);
  assert.notEqual(releaseJob("example/another").repositoryId, claims.repositoryId);
  assert.equal(releaseJob("example/another").ownerId, claims.ownerId);
});

test("requestIdToken: the token says of the job what was registered", async () => {
  const token = parseIdToken(
    await requestIdToken(await world.startJob(claims), "somewhere", world.network.fetch),
  );
  assert.deepEqual(token.audiences, ["somewhere"]);
  assert.equal(token.claims.text("repository", { charsMax: 100 }), claims.repository);
  assert.equal(token.claims.text("run_id", { charsMax: 100 }), claims.runId);
});

test("jobEnvironment: has what a GitHub runner sets", async () => {
  const env = jobEnvironment(await world.startJob(claims));
  assert.equal(env["GITHUB_ACTIONS"], "true");
  assert.match(env["ACTIONS_ID_TOKEN_REQUEST_URL"] ?? "", /^https:\/\/issuer\.test\//);
});

test("publisherOf: is a publisher record that can be encoded", () => {
  const { v, ...record } = publisherOf(ISSUER_URL, claims);
  assert.equal(v, 1);
  assert.ok(encodePublisher(record).length > 0);
});
