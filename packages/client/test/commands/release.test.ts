// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, test } from "node:test";
import {
  buildWheel,
  createWorld,
  INDEX_URL,
  jobEnvironment,
  postUpload,
  releaseJob,
  toyProject,
  uploadForm,
} from "@countermark/testkit";

const world = await createWorld();
after(() => world.close());
const claims = releaseJob("example/sampleproject");
await world.registerProject("sampleproject", claims);
const policy = { uploads: "any", attestations: "optional", release: "staged", closeDays: null };
await world.manage("projects/sampleproject/configure", { policy });
const { token } = (await world.manage("accounts", { name: "mallory" })) as { token: string }; // the index's answer
const wheel = world.writeFile(buildWheel(toyProject("sampleproject", "1.0.0")));

async function page(): Promise<string> {
  return await (await world.network.fetch(`${INDEX_URL}/simple/sampleproject/`)).text();
}

test("publish: a staged file is said to be staged, and nobody sees it", async () => {
  const run = await world.countermark(["publish", wheel], jobEnvironment(await world.startJob(claims)));
  assert.equal(run.status, 0, run.output);
  assert.match(run.stdout, /accepted by the index, staged: shown when its release is published/);
  assert.doesNotMatch(await page(), /sampleproject-1\.0\.0/);
});

test("release: needs a release, and the token of who may", async () => {
  const without = await world.countermark(["release", "sampleproject", "1.0.0"]);
  assert.equal(without.status, 2, without.output);
  assert.match(without.output, /COUNTERMARK_TOKEN/);
  const partial = await world.countermark(["release", "sampleproject"], { COUNTERMARK_TOKEN: token });
  assert.equal(partial.status, 2, partial.output);
  for (const more of [[], ["--close"]]) {
    const refused = await world.countermark(["release", ...more, "sampleproject", "1.0.0"], {
      COUNTERMARK_TOKEN: token,
    });
    assert.equal(refused.status, 1, refused.output);
    assert.match(refused.output, /management-refused/);
    assert.ok(!refused.output.includes(token));
  }
});

test("release: an owner shows the staged files, then closes the release", async () => {
  const account = (await world.manage("accounts", { name: "ada" })) as { token: string }; // the index's answer
  const headers = { authorization: `Bearer ${account.token}` };
  const created = await world.network.fetch(`${INDEX_URL}/_/manage/projects`, {
    method: "POST",
    headers,
    body: JSON.stringify({ project: "toy-box", policy }),
  });
  assert.equal(created.status, 201);
  const env = { COUNTERMARK_TOKEN: account.token };
  const none = await world.countermark(["release", "toy-box", "1.0"], env);
  assert.equal(none.status, 1, none.output);
  assert.match(none.output, /nothing-staged/);
  const toy = toyProject("toy-box", "1.0");
  const form = uploadForm(toy, buildWheel(toy));
  assert.equal((await postUpload(world.network.fetch, INDEX_URL, account.token, form)).status, 200);
  const shown = await world.countermark(["release", "--json", "toy-box", "1.0"], env);
  assert.equal(shown.status, 0, shown.output);
  assert.equal(JSON.parse(shown.stdout).answer.released, true);
  const listed = await (await world.network.fetch(`${INDEX_URL}/simple/toy-box/`)).text();
  assert.match(listed, /toy_box-1\.0/);
  const closed = await world.countermark(["release", "--close", "toy-box", "1.0"], env);
  assert.equal(closed.status, 0, closed.output);
  assert.match(closed.output, /toy-box 1\.0 takes no more files/);
  const again = await world.countermark(["release", "--close", "toy-box", "1.0"], env);
  assert.match(again.output, /release-closed/);
});
