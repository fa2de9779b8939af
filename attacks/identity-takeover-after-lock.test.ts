// SPDX-License-Identifier: Apache-2.0
// Whoever rules the account of a project makes his own repository its publisher. It takes him a week, in public; and whoever
// installed the project before is told.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import {
  buildWheel,
  createWorld,
  download,
  ISSUER_URL,
  publisherOf,
  releaseJob,
  toyProject,
} from "@countermark/testkit";

const DAY = 86_400;
const world = await createWorld();
after(() => world.close());
const owner = releaseJob("example/sampleproject");
const thief = releaseJob("thief/sampleproject");
const lock = join(world.dir, "countermark.lock");
const wanted = { publishers: [publisherOf(ISSUER_URL, thief)] };
await world.registerProject("sampleproject", owner);
const published = await world.publish(owner, [buildWheel(toyProject("sampleproject", "1.0.0"))]);
assert.equal(published.status, 0, published.output);
const first = await download(world.countermark, "sampleproject", "", ["--lock", lock]);
assert.equal(first.status, 0, first.output);

test("the account asks for another publisher: nothing changes today", async () => {
  await world.manage("projects/sampleproject/configure", { ...wanted, act: "ask", way: "account" });
  const run = await world.publish(thief, [buildWheel(toyProject("sampleproject", "6.6.6"))]);
  assert.equal(run.status, 1, run.output);
  assert.match(run.output, /no corresponding publisher/);
});

test("after six days it is still too early", async () => {
  await passDays(6);
  await assert.rejects(world.manage("projects/sampleproject/configure", { act: "take" }), /too-early/);
});

test("after a week the change can be taken, and the thief publishes", async () => {
  await passDays(2);
  await world.manage("projects/sampleproject/configure", { act: "take" });
  const run = await world.publish({ ...thief, runId: "99" }, [
    buildWheel(toyProject("sampleproject", "6.6.6")),
  ]);
  assert.equal(run.status, 0, run.output);
});

test("who has the lock does not get the thief's file, and is told what was locked and what was seen", async () => {
  const run = await download(world.countermark, "sampleproject", "6.6.6", ["--lock", lock]);
  assert.equal(run.status, 1, run.output);
  assert.match(run.output, /\[identity-changed\]/);
  assert.match(run.output, /example\/sampleproject/);
  assert.match(run.output, /thief\/sampleproject/);
});

test("who has the lock gets the old file as before", async () => {
  const run = await download(world.countermark, "sampleproject", "1.0.0", ["--lock", lock]);
  assert.equal(run.status, 0, run.output);
});

/** The ledger's time follows the cosigners': it moves when heads are released and stated in the next seal. */
async function passDays(days: number): Promise<void> {
  for (let quarter = 0; quarter < days * 4; quarter++) {
    world.clock.advance(DAY / 4);
    await world.tick();
    await world.tick();
  }
}
