// SPDX-License-Identifier: Apache-2.0
// The index is restored from a backup: what was shown after it would be forgotten, and signed anew as something else.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  buildWheel,
  createWorld,
  INDEX_URL,
  ORIGIN,
  releaseJob,
  toyProject,
  type World,
} from "@countermark/testkit";

const claims = releaseJob("example/sampleproject");

test("storage from a backup, the lock store as it is: the index serves what it has, and takes nothing", async () => {
  const world = await publishTwice();
  await world.crashIndex();
  await expectReadOnly(world);
  await world.close();
});

test("storage and lock store from a backup: the cosigners remember, and the index takes nothing", async () => {
  const world = await publishTwice();
  const now = await world.lock.read(ORIGIN);
  await world.lock.swap(ORIGIN, now, world.backupLock);
  await world.crashIndex();
  await expectReadOnly(world);
  await world.close();
});

test("the true storage is put back: the index catches up by itself, and takes uploads", async () => {
  const world = await publishTwice();
  await world.crashIndex();
  await expectReadOnly(world);
  for (const [path, bytes] of world.present) await world.storage.replace(path, bytes);
  await world.tick();
  assert.equal(world.readOnly(), null);
  assert.match(await readPage(world), /sampleproject-2\.0\.0/);
  await publish(world, "3.0.0");
  await world.close();
});

async function expectReadOnly(world: World): Promise<void> {
  assert.equal(world.readOnly()?.code, "behind-own-head");
  const before = await world.lock.read(ORIGIN);
  assert.match(await readPage(world), /sampleproject-1\.0\.0/);
  const run = await world.publish({ ...claims, runId: "99" }, [
    buildWheel(toyProject("sampleproject", "9.0.0")),
  ]);
  assert.equal(run.status, 3, run.output);
  await world.tick();
  assert.equal(world.readOnly()?.code, "behind-own-head");
  assert.deepEqual(await world.lock.read(ORIGIN), before);
}

async function readPage(world: World): Promise<string> {
  return await (await world.network.fetch(`${INDEX_URL}/simple/sampleproject/`)).text();
}

interface RolledBack extends World {
  readonly backupLock: Uint8Array;
  /** The storage as it was before the backup was put back. */
  readonly present: ReadonlyMap<string, Uint8Array>;
}

/** A world with a release, a backup, another release, and the backup of the storage put back. */
async function publishTwice(): Promise<RolledBack> {
  const world = await createWorld();
  await world.registerProject("sampleproject", claims);
  await publish(world, "1.0.0");
  const backup = await copyStorage(world);
  const backupLock = await world.lock.read(ORIGIN);
  assert.ok(backupLock);
  await publish(world, "2.0.0");
  const present = await copyStorage(world);
  for (const path of present.keys()) await world.storage.remove(path);
  for (const [path, bytes] of backup) await world.storage.replace(path, bytes);
  return { ...world, backupLock, present };
}

async function copyStorage(world: World): Promise<Map<string, Uint8Array>> {
  const copy = new Map<string, Uint8Array>();
  for (const path of await world.storage.list("")) {
    const bytes = await world.storage.read(path);
    if (bytes !== null) copy.set(path, bytes);
  }
  return copy;
}

async function publish(world: World, version: string): Promise<void> {
  const run = await world.publish({ ...claims, runId: `1${version.replaceAll(".", "")}` }, [
    buildWheel(toyProject("sampleproject", version)),
  ]);
  assert.equal(run.status, 0, run.output);
  assert.equal((await world.network.fetch(`${INDEX_URL}/simple/sampleproject/`)).status, 200);
}
