// SPDX-License-Identifier: Apache-2.0
// An owner's API token is stolen and one more file appears in a release. Nobody can stop it; the publisher's own check finds it.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { buildSdist, buildWheel, createWorld, INDEX_URL, postUpload, toyProject } from "@countermark/testkit";

const world = await createWorld();
after(() => world.close());
const project = toyProject("sampleproject", "1.0.0");
const mine = buildWheel(project);
const { token } = (await world.manage("accounts", { name: "maintainer" })) as { token: string };

test("the first file comes with the API token of an account: the project is its own", async () => {
  const first = buildWheel(toyProject("sampleproject", "0.9.0"));
  const form = { file: first, name: "sampleproject", version: "0.9.0", attestations: null, fields: {} };
  const answer = await postUpload(world.network.fetch, INDEX_URL, token, form);
  assert.equal(answer.status, 200, await answer.text());
});

test("check-mine: a release that holds what the maintainer built, and nothing else", async () => {
  await upload(mine, "1.0.0");
  const run = await world.countermark(["check-mine", world.writeFile(mine)]);
  assert.equal(run.status, 0, run.output);
});

test("a thief with the token adds a file to the release", async () => {
  await upload(buildSdist(project), "1.0.0");
});

test("check-mine: names the file that the maintainer did not build", async () => {
  const run = await world.countermark(["check-mine", world.writeFile(mine)]);
  assert.equal(run.status, 1, run.output);
  assert.match(run.output, /sampleproject-1\.0\.0\.tar\.gz/);
  assert.match(run.output, /not-mine/);
});

async function upload(file: { filename: string; bytes: Uint8Array }, version: string): Promise<void> {
  const form = { file, name: "sampleproject", version, attestations: null, fields: {} };
  const answer = await postUpload(world.network.fetch, INDEX_URL, token, form);
  assert.equal(answer.status, 200, await answer.text());
}
