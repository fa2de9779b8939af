// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { encodeHex, parseCheckpoint, parseNote } from "@countermark/formats";
import { type Lock, nodeCrypto } from "@countermark/log";
import { type BuiltFile, buildWheel } from "../support/build.ts";
import { faultyStorage, openWorld, publisherJson, type World } from "../support/world.ts";

const PROJECT = { name: "toy-box", version: "1.0" };

/** One write of the log or its lock store, counted while armed. */
interface Faults {
  armed: boolean;
  count: number;
  /** The write that fails, and whether it happened all the same. */
  at: number;
  kind: "before" | "after";
}

function next(faults: Faults): "before" | "after" | null {
  if (!faults.armed) return null;
  faults.count++;
  return faults.count === faults.at ? faults.kind : null;
}

function faultyLock(inner: Lock, faults: Faults): Lock {
  return {
    read: (origin) => inner.read(origin),
    async swap(origin, expected, body) {
      const fault = next(faults);
      if (fault === "before") throw new Error("swap failed");
      await inner.swap(origin, expected, body);
      if (fault === "after") throw new Error("swap failed");
    },
  };
}

async function openProject(context: TestContext, faults: Faults): Promise<World> {
  const world = await openFaulty(context, faults);
  await world.manage("projects", { project: "toy-box", publishers: [publisherJson()] });
  return world;
}

async function openFaulty(context: TestContext, faults: Faults): Promise<World> {
  return await openWorld(context, (options) => ({
    ...options,
    storage: faultyStorage(options.storage, () => next(faults)),
    lock: faultyLock(options.lock, faults),
    releaseWaitMs: 300,
  }));
}

async function isShown(world: World): Promise<boolean> {
  const page = await world.request("/simple/toy-box/");
  return (await page.text()).includes("toy_box-1.0-py3-none-any.whl");
}

async function fetchFile(world: World, { filename, bytes }: BuiltFile): Promise<Uint8Array> {
  const sha256 = encodeHex(nodeCrypto.sha256(bytes));
  const response = await world.request(`/files/${sha256.slice(0, 2)}/${sha256}/${filename}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** The size of the checkpoint that the world serves: cosigned, or it is not there. */
async function releasedSize(world: World): Promise<number> {
  const response = await world.request("/checkpoint");
  const note = parseNote(new Uint8Array(await response.arrayBuffer()));
  assert.ok(note.signatures.length >= 3, "the log and two witnesses");
  return parseCheckpoint(note.text).size;
}

async function countWrites(context: TestContext): Promise<number> {
  const faults: Faults = { armed: false, count: 0, at: 0, kind: "before" };
  const world = await openProject(context, faults);
  const token = await world.uploadToken();
  faults.armed = true;
  assert.equal((await world.upload(token, PROJECT, await buildWheel(PROJECT))).status, 200);
  return faults.count;
}

test("publish: whichever write of the log fails, a file is visible only under a cosigned head that covers it", async (context) => {
  const writes = await countWrites(context);
  assert.ok(writes >= 8, `${writes} writes`);
  for (let at = 1; at <= writes; at++) {
    for (const kind of ["before", "after"] as const) {
      await context.test(`write ${at} fails ${kind} it happens`, async (inner) => {
        const faults: Faults = { armed: false, count: 0, at, kind };
        const world = await openProject(inner, faults);
        const token = await world.uploadToken();
        const file = await buildWheel(PROJECT);
        const sizeBefore = await releasedSize(world);
        faults.armed = true;
        const { status } = await world.upload(token, PROJECT, file);
        faults.armed = false;
        if (await isShown(world)) assert.ok((await releasedSize(world)) > sizeBefore);
        if (status === 200) assert.ok(await isShown(world), "an accepted file is visible");
        await world.restart();
        if (await isShown(world)) assert.ok((await releasedSize(world)) > sizeBefore);
        await world.index.tick();
        assert.equal(
          (await world.upload(token, PROJECT, file)).status,
          200,
          "an identical retry completes it",
        );
        assert.ok(await isShown(world));
        assert.deepEqual(await fetchFile(world, file), file.bytes, "and its bytes are there");
      });
    }
  }
});

/** What is sealed before the file of a new project, and what a write that fails then could leave behind. */
const FIRST = {
  "an account's first upload": {
    prepare: (world: World) => world.account("ada"),
    attempt: async (world: World, token: string) =>
      (await world.upload(token, PROJECT, await buildWheel(PROJECT))).status,
    wanted: [200],
  },
  "a project with a publisher": {
    prepare: async () => "",
    attempt: async (world: World) =>
      (await world.manage("projects", { project: "toy-box", publishers: [publisherJson()] })).status,
    // It is there, from before.
    wanted: [201, 400],
  },
} as const;

for (const [claim, { prepare, attempt, wanted }] of Object.entries(FIRST)) {
  test(`createProject: whichever write of the log fails during ${claim}, the project is its owner's and its publisher's`, async (context) => {
    const counting: Faults = { armed: false, count: 0, at: 0, kind: "before" };
    const counted = await openFaulty(context, counting);
    const by = await prepare(counted);
    counting.armed = true;
    await attempt(counted, by);
    for (let at = 1; at <= counting.count; at++) {
      for (const kind of ["before", "after"] as const) {
        await context.test(`write ${at} fails ${kind} it happens`, async (inner) => {
          const faults: Faults = { armed: false, count: 0, at, kind };
          const world = await openFaulty(inner, faults);
          const token = await prepare(world);
          faults.armed = true;
          await attempt(world, token);
          faults.armed = false;
          await world.restart();
          await world.index.tick();
          const status = await attempt(world, token);
          assert.ok(
            wanted.some((one) => one === status),
            `asked again: ${status}`,
          );
          if (token === "") assert.equal((await world.mint(world.idToken())).status, 200);
        });
      }
    }
  });
}
