// SPDX-License-Identifier: Apache-2.0
// A second release, by another run of the same workflow: the same publisher, and the lock says so.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { buildWheel, createWorld, download, releaseJob, toyProject } from "@countermark/testkit";

const world = await createWorld();
after(() => world.close());
const claims = releaseJob("example/sampleproject");
await world.registerProject("sampleproject", claims);

test("the first release is published, installed and locked", async () => {
  const published = await world.publish(claims, [buildWheel(toyProject("sampleproject", "1.0.0"))]);
  assert.equal(published.status, 0, published.output);
  const run = await download(world.countermark, "sampleproject");
  assert.equal(run.status, 0, run.output);
  assert.match(run.output, /locked now, on first use/);
});

test("a month later another run publishes the second one", async () => {
  world.clock.advance(30 * 86_400);
  await world.tick();
  const published = await world.publish({ ...claims, runId: "777", ref: "refs/tags/v2" }, [
    buildWheel(toyProject("sampleproject", "2.0.0")),
  ]);
  assert.equal(published.status, 0, published.output);
});

test("who installed the first one is told: a new file of the same identity", async () => {
  const run = await download(world.countermark, "sampleproject", "2.0.0");
  assert.equal(run.status, 0, run.output);
  assert.match(run.output, /locked: a new file of the same identity/);
});
