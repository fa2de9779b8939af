// SPDX-License-Identifier: Apache-2.0
// The index is restored from a backup: what was shown after it would be forgotten, and signed anew as something else.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  buildWheel,
  createWorld,
  expectRefusal,
  INDEX_URL,
  ORIGIN,
  releaseJob,
  toyProject,
  type World,
} from "@countermark/testkit";

const claims = releaseJob("example/sampleproject");

test("storage from a backup, the lock store as it is: the index does not start", async () => {
  const world = await publishTwice();
  await expectRefusal(world.crashIndex(), "behind-own-head");
  await world.close();
});

test("storage and lock store from a backup: the cosigners remember, and the index does not start", async () => {
  const world = await publishTwice();
  const now = await world.lock.read(ORIGIN);
  await world.lock.swap(ORIGIN, now, world.backupLock);
  await expectRefusal(world.crashIndex(), "behind-own-head");
  await world.close();
});

interface RolledBack extends World {
  readonly backupLock: Uint8Array;
}

/** A world with a release, a backup, another release, and the backup of the storage put back. */
async function publishTwice(): Promise<RolledBack> {
  const world = await createWorld();
  await world.registerProject("sampleproject", claims);
  await publish(world, "1.0.0");
  const backup = new Map<string, Uint8Array>();
  for (const path of await world.storage.list("")) {
    const bytes = await world.storage.read(path);
    if (bytes !== null) backup.set(path, bytes);
  }
  const backupLock = await world.lock.read(ORIGIN);
  assert.ok(backupLock);
  await publish(world, "2.0.0");
  for (const path of await world.storage.list("")) await world.storage.remove(path);
  for (const [path, bytes] of backup) await world.storage.replace(path, bytes);
  return { ...world, backupLock };
}

async function publish(world: World, version: string): Promise<void> {
  const run = await world.publish({ ...claims, runId: `1${version.replaceAll(".", "")}` }, [
    buildWheel(toyProject("sampleproject", version)),
  ]);
  assert.equal(run.status, 0, run.output);
  assert.equal((await world.network.fetch(`${INDEX_URL}/simple/sampleproject/`)).status, 200);
}
