// SPDX-License-Identifier: Apache-2.0
// The index dies between two uploads and is opened again: nothing that was shown is lost, nothing is signed twice.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { buildWheel, createWorld, download, INDEX_URL, releaseJob, toyProject } from "@countermark/testkit";

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

test("with all witnesses gone nothing new is shown, and what was shown stays", async () => {
  for (const name of ["oak", "ash", "elm"])
    world.network.intercept(`${name}.test`, () => Promise.reject(new TypeError("down")));
  const before = await readHead();
  const job = await world.startJob({ ...claims, runId: "779" });
  assert.ok(job.requestUrl);
  await assert.rejects(world.manage("projects", { project: "another", publishers: [] }), /503/);
  assert.equal(await readHead(), before);
  const run = await download(world.countermark, "sampleproject", "1.0.0");
  assert.equal(run.status, 0, run.output);
});
