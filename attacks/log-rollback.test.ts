// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  type AttackRun,
  attack,
  buildWheel,
  INDEX_URL,
  ORIGIN,
  type SampleWorld,
  sampleWorld,
  toyProject,
} from "@countermark/testkit";

attack(
  {
    by: "accident",
    tries: "restores the index from a backup: what was shown since would be forgotten and signed anew",
    stoppedBy:
      "the lock store outside the data, and the cosigners, are asked for our own head before the first signature",
    noticedBy: "the operator, and every publisher",
    when: "at the start, before anything is signed",
  },
  async (t) => {
    await t.test(
      "storage from a backup, the lock store as it is: serves what it has, takes nothing",
      async () => {
        const world = await rolledBack(t);
        await world.crashIndex();
        await expectReadOnly(world);
        t.saw("the operator", world.readOnly()?.message ?? "");
      },
    );
    await t.test(
      "storage and lock store from a backup: the cosigners remember, nothing is taken",
      async () => {
        const world = await rolledBack(t);
        const now = await world.lock.read(ORIGIN);
        await world.lock.swap(ORIGIN, now, world.backupLock);
        await world.crashIndex();
        const said = await expectReadOnly(world);
        t.saw("a publisher", said);
      },
    );
    await t.test(
      "the true storage is put back: the index catches up by itself, and takes uploads",
      async () => {
        const world = await rolledBack(t);
        await world.crashIndex();
        await expectReadOnly(world);
        for (const [path, bytes] of world.present) await world.storage.replace(path, bytes);
        await world.tick();
        assert.equal(world.readOnly(), null);
        assert.match(await readPage(world), /sampleproject-2\.0\.0/);
        await publish(world, "3.0.0");
      },
    );
  },
);

/** @returns what a publisher is told */
async function expectReadOnly(world: SampleWorld): Promise<string> {
  assert.equal(world.readOnly()?.code, "behind-own-head");
  const before = await world.lock.read(ORIGIN);
  assert.match(await readPage(world), /sampleproject-1\.0\.0/);
  const wheel = buildWheel(toyProject("sampleproject", "9.0.0"));
  const run = await world.publish({ ...world.claims, runId: "99" }, [wheel]);
  assert.equal(run.status, 3, run.output);
  await world.tick();
  assert.equal(world.readOnly()?.code, "behind-own-head");
  assert.deepEqual(await world.lock.read(ORIGIN), before);
  return run.stderr;
}

async function readPage(world: SampleWorld): Promise<string> {
  return await (await world.network.fetch(`${INDEX_URL}/simple/sampleproject/`)).text();
}

interface RolledBack extends SampleWorld {
  readonly backupLock: Uint8Array;
  /** The storage as it was before the backup was put back. */
  readonly present: ReadonlyMap<string, Uint8Array>;
}

/** A world with a release, a backup, another release, and the backup of the storage put back. */
async function rolledBack(t: AttackRun): Promise<RolledBack> {
  const world = await sampleWorld(t);
  const backup = await copyStorage(world);
  const backupLock = await world.lock.read(ORIGIN);
  assert.ok(backupLock);
  await publish(world, "2.0.0");
  const present = await copyStorage(world);
  for (const path of present.keys()) await world.storage.remove(path);
  for (const [path, bytes] of backup) await world.storage.replace(path, bytes);
  return { ...world, backupLock, present };
}

async function copyStorage(world: SampleWorld): Promise<Map<string, Uint8Array>> {
  const copy = new Map<string, Uint8Array>();
  for (const path of await world.storage.list("")) {
    const bytes = await world.storage.read(path);
    if (bytes !== null) copy.set(path, bytes);
  }
  return copy;
}

async function publish(world: SampleWorld, version: string): Promise<void> {
  const claims = { ...world.claims, runId: `1${version.replaceAll(".", "")}` };
  const run = await world.publish(claims, [buildWheel(toyProject("sampleproject", version))]);
  assert.equal(run.status, 0, run.output);
}
