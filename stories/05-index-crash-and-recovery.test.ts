// SPDX-License-Identifier: Apache-2.0
// The index dies between two uploads and is opened again: nothing that was shown is lost, nothing is signed twice.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import {
  buildWheel,
  createWorld,
  download,
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

const readHead = async (): Promise<string> => {
  const text = await (await world.network.fetch(`${INDEX_URL}/checkpoint`)).text();
  return text.split("\n").slice(0, 3).join("\n");
};

test("a release is published, and the index dies", async () => {
  const published = await world.publish(claims, [buildWheel(toyProject("sampleproject", "1.0.0"))]);
  assert.equal(published.status, 0, published.output);
  const before = await readHead();
  await world.crashIndex();
  assert.equal(await readHead(), before);
});

test("what was published is there, verified as before", async () => {
  const run = await download(world.countermark, "sampleproject");
  assert.equal(run.status, 0, run.output);
});

test("publishing goes on, in the same log", async () => {
  const published = await world.publish({ ...claims, runId: "778" }, [
    buildWheel(toyProject("sampleproject", "1.1.0")),
  ]);
  assert.equal(published.status, 0, published.output);
  const run = await download(world.countermark, "sampleproject", "1.1.0");
  assert.match(run.output, /a new file of the same identity/, run.output);
});

test("with all witnesses gone nothing new is shown, and what was shown stays; an identical retry completes the upload", async () => {
  const down = () => Promise.reject(new TypeError("fetch failed"));
  const restores = ["oak", "ash", "elm"].map((name) => world.network.intercept(`${name}.test`, down));
  const before = await readHead();
  const project = toyProject("sampleproject", "1.2.0");
  const job = await world.startJob({ ...claims, runId: "779" });
  const token = (await world.countermark(["exchange-token"], jobEnvironment(job))).stdout.trim();
  const form = uploadForm(project, buildWheel(project));
  const waiting = await postUpload(world.network.fetch, INDEX_URL, token, form);
  assert.equal(waiting.status, 503, await waiting.text());
  assert.ok(waiting.headers.get("retry-after"));
  assert.equal(await readHead(), before);
  assert.equal((await download(world.countermark, "sampleproject", "1.0.0")).status, 0);
  for (const restore of restores) restore();
  const completed = await postUpload(world.network.fetch, INDEX_URL, token, form);
  assert.equal(completed.status, 200, await completed.text());
  assert.notEqual(await readHead(), before);
});
