// SPDX-License-Identifier: Apache-2.0
// The identity token of a CI job is read from its memory and exchanged once more.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { createWorld, INDEX_URL, releaseJob, requestIdToken } from "@countermark/testkit";

const world = await createWorld();
after(() => world.close());
const claims = releaseJob("example/sampleproject");
await world.registerProject("sampleproject", claims);

const mint = (token: string): Promise<Response> =>
  world.network.fetch(`${INDEX_URL}/_/oidc/mint-token`, { method: "POST", body: JSON.stringify({ token }) });
const codeOf = async (response: Response): Promise<string> =>
  ((await response.json()) as { code: string }).code; // our own answer

test("exchanged twice: the second time is refused", async () => {
  const token = await requestIdToken(await world.startJob(claims), "index.test", world.network.fetch);
  assert.equal((await mint(token)).status, 200);
  const again = await mint(token);
  assert.equal(again.status, 422);
  assert.equal(await codeOf(again), "id-token-reused");
});

test("exchanged twice, and the index was started anew in between: still refused", async () => {
  const token = await requestIdToken(await world.startJob(claims), "index.test", world.network.fetch);
  assert.equal((await mint(token)).status, 200);
  await world.crashIndex();
  assert.equal(await codeOf(await mint(token)), "id-token-reused");
});

test("made for another audience: refused, whoever asks first", async () => {
  const token = await requestIdToken(await world.startJob(claims), "sigstore", world.network.fetch);
  assert.equal(await codeOf(await mint(token)), "id-token-invalid");
});

test("kept until it expired: refused", async () => {
  const token = await requestIdToken(await world.startJob(claims), "index.test", world.network.fetch);
  world.clock.advance(3_600);
  assert.equal(await codeOf(await mint(token)), "id-token-invalid");
});
