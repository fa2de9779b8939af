// SPDX-License-Identifier: Apache-2.0
// What was installed once is installed again as before, by whoever has the lock; a client without it begins anew.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { buildSdist, buildWheel, createWorld, download, releaseJob, toyProject } from "@countermark/testkit";

const world = await createWorld();
after(() => world.close());
const claims = releaseJob("example/sampleproject");
const project = toyProject("sampleproject", "1.0.0");
const lock = join(world.dir, "countermark.lock");
await world.registerProject("sampleproject", claims);
const published = await world.publish(claims, [buildWheel(project), buildSdist(project)]);
assert.equal(published.status, 0, published.output);

test("the first install writes the lock", async () => {
  const run = await download(world.countermark, "sampleproject", "", ["--lock", lock]);
  assert.equal(run.status, 0, run.output);
  assert.match(run.output, /locked now, on first use/);
  assert.match(run.output, /locked: a new file of the same identity/);
  assert.match(readFileSync(lock, "utf8"), /sampleproject/);
});

test("the second one says: as before, and leaves the lock as it is", async () => {
  const before = readFileSync(lock);
  const run = await download(world.countermark, "sampleproject", "", ["--lock", lock]);
  assert.equal(run.status, 0, run.output);
  assert.match(run.output, /countermark\.lock: as before/);
  assert.deepEqual(readFileSync(lock), before);
});

test("another machine with the same lock: as before", async () => {
  const run = await download(world.createClient(), "sampleproject", "", ["--lock", lock]);
  assert.match(run.output, /countermark\.lock: as before/, run.output);
});

test("a lock that is no lock is refused, and stays as it is", async () => {
  const broken = join(world.dir, "broken.lock");
  writeFileSync(broken, "{}");
  const run = await download(world.countermark, "sampleproject", "", ["--lock", broken]);
  assert.equal(run.status, 4, run.output);
  assert.equal(readFileSync(broken, "utf8"), "{}");
});
