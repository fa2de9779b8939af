// SPDX-License-Identifier: Apache-2.0
// An owner's API token is stolen and one more file appears in a release. Nobody can stop it; the publisher's own check finds it.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import {
  type BuiltFile,
  buildSdist,
  buildWheel,
  createWorld,
  INDEX_URL,
  postUpload,
  toyProject,
  uploadForm,
} from "@countermark/testkit";

const world = await createWorld();
after(() => world.close());
const project = toyProject("sampleproject", "1.0.0");
const mine = buildWheel(project);
const { token } = (await world.manage("accounts", { name: "maintainer" })) as { token: string };

test("check-mine: a release that holds what the maintainer built, and nothing else", async () => {
  await upload(mine);
  const run = await world.countermark(["check-mine", world.writeFile(mine)]);
  assert.equal(run.status, 0, run.output);
});

test("a thief with the token adds a file to the release", () => upload(buildSdist(project)));

test("check-mine: names the file that the maintainer did not build", async () => {
  const run = await world.countermark(["check-mine", world.writeFile(mine)]);
  assert.equal(run.status, 1, run.output);
  assert.match(run.output, /sampleproject-1\.0\.0\.tar\.gz.*\[not-mine\]/);
});

async function upload(file: BuiltFile): Promise<void> {
  const answer = await postUpload(world.network.fetch, INDEX_URL, token, uploadForm(project, file));
  assert.equal(answer.status, 200, await answer.text());
}
