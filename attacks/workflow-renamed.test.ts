// SPDX-License-Identifier: Apache-2.0
// Whoever can push to the repository adds a workflow of his own beside the registered one. Names are compared exactly.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { createWorld, INDEX_URL, type JobClaims, releaseJob, requestIdToken } from "@countermark/testkit";

const world = await createWorld();
after(() => world.close());
const claims = releaseJob("example/sampleproject");
await world.registerProject("sampleproject", claims);

const ATTACKS: readonly (readonly [string, Partial<JobClaims>])[] = [
  ["another workflow", { workflow: ".github/workflows/release2.yml" }],
  ["a workflow whose name has the registered one in it", { workflow: ".github/workflows/my-release.yml" }],
  ["the registered name in other letters", { workflow: ".github/workflows/Release.yml" }],
  ["another environment", { environment: "testing" }],
  ["no environment", { environment: null }],
  ["the repository's name, taken by another owner id", { ownerId: "666" }],
  ["the repository's name, made anew with another id", { repositoryId: "666" }],
  ["a repository in other letters", { repository: "example/SampleProject" }],
];

const mint = async (changes: Partial<JobClaims>): Promise<Response> => {
  const job = await world.startJob({ ...claims, ...changes });
  const token = await requestIdToken(job, "index.test", world.network.fetch);
  return await world.network.fetch(`${INDEX_URL}/_/oidc/mint-token`, {
    method: "POST",
    body: JSON.stringify({ token }),
  });
};

test("the registered publisher gets a token", async () => {
  assert.equal((await mint({})).status, 200);
});

for (const [claim, changes] of ATTACKS) {
  test(`${claim}: no publisher of that identity`, async () => {
    const response = await mint(changes);
    assert.equal(response.status, 422);
    assert.equal(((await response.json()) as { code: string }).code, "no-publisher"); // our own answer
  });
}
