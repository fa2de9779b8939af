// SPDX-License-Identifier: Apache-2.0
// The fault table of design.md section 6: every write of a log's life fails once, in every way it can.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { leafHash, parseCheckpoint, utf8 } from "@countermark/formats";
import {
  createLogReader,
  fileStorage,
  type Lock,
  LogError,
  memoryLock,
  memoryStorage,
  nodeCrypto,
  type SealedItem,
  Sequencer,
  type Storage,
  sqliteLock,
} from "@countermark/log";
import { verifyInclusion } from "@countermark/verify";
import { type FaultMode, type Tear, withFault } from "./support/faults.ts";
import { headOf, ORIGIN, rememberingSigner, rootOf, toyComposer, toyOptions } from "./support/toy-log.ts";

/** Batches that cross a full tile, so that every kind of write occurs: partial, full, level 1, bundles, removals. */
const BATCHES: readonly (readonly string[])[] = [
  ["a0"],
  Array.from({ length: 254 }, (_, i) => `b${i}`),
  ["c0", "bad c1", "c2"],
  ["d0"],
];

interface Backend {
  readonly storage: Storage;
  readonly lock: Lock;
  /** What a torn write leaves behind here. */
  readonly tear: Tear;
}

interface Acknowledged extends SealedItem {
  readonly item: string;
}

interface Life {
  readonly signer: ReturnType<typeof rememberingSigner>;
  readonly composer: ReturnType<typeof toyComposer>;
  readonly acknowledged: Acknowledged[];
}

/** Adds one batch; what is acknowledged is remembered. Returns whether every good item was. */
async function addBatch(
  sequencer: Sequencer<string>,
  items: readonly string[],
  life: Life,
): Promise<boolean> {
  const results = await Promise.allSettled(items.map((item) => sequencer.add(item)));
  for (const [i, result] of results.entries()) {
    const item = items[i] ?? "";
    if (result.status === "fulfilled") life.acknowledged.push({ ...result.value, item });
    else if (item.startsWith("bad")) assert.ok(result.reason instanceof RangeError || isStop(result.reason));
    else assert.ok(isStop(result.reason), String(result.reason));
  }
  return results.every((result, i) => result.status === "fulfilled" || items[i]?.startsWith("bad"));
}

function isStop(error: unknown): boolean {
  return error instanceof LogError && error.code === "sequencer-stopped";
}

/** Opens, runs the batches, and at the first failure leaves everything as it lies. Returns how many batches went through. */
async function liveUntilFault(parts: { storage: Storage; lock: Lock }, life: Life): Promise<number> {
  let sequencer: Sequencer<string>;
  try {
    sequencer = await Sequencer.open(toyOptions({ ...parts, signer: life.signer, composer: life.composer }));
  } catch {
    return 0;
  }
  for (const [i, items] of BATCHES.entries()) {
    const ok = await addBatch(sequencer, items, life);
    if (!ok) {
      await assert.rejects(sequencer.add("late"), { code: "sequencer-stopped" });
      return i;
    }
  }
  return BATCHES.length;
}

/** Opens again without faults, retries the batch that failed and runs the rest: a client that was not answered asks again. */
async function liveOn(backend: Backend, from: number, life: Life): Promise<Sequencer<string>> {
  const options = toyOptions({ ...backend, signer: life.signer, composer: life.composer });
  const sequencer = await Sequencer.open(options);
  for (const items of BATCHES.slice(from)) assert.ok(await addBatch(sequencer, items, life));
  return sequencer;
}

/** What must hold at any moment, before anything is recovered: a signed head never runs ahead of its tiles. */
async function checkAsItLies(backend: Backend): Promise<void> {
  const sealed = await backend.storage.read("sealed");
  if (sealed === null) return;
  const head = headOf(sealed);
  const entries = await createLogReader(backend.storage, head, nodeCrypto.sha256).readEntries(0, head.size);
  assert.deepEqual(rootOf(entries), head.root);
}

/** Everything that must hold whatever went wrong. */
async function checkLog(backend: Backend, sequencer: Sequencer<string>, life: Life): Promise<void> {
  const head = sequencer.head();
  // No two trees of one size were signed, and the lock store ends where the log does.
  const roots = new Map<number, string>();
  for (const text of life.signer.signed) {
    const { size, root } = parseCheckpoint(text);
    const hex = Buffer.from(root).toString("hex");
    assert.equal(roots.get(size) ?? hex, hex, `two trees of ${size} were signed`);
    roots.set(size, hex);
  }
  const sealed = await backend.storage.read("sealed");
  assert.ok(sealed !== null);
  assert.deepEqual(headOf(sealed).root, head.root);
  // Every tile and bundle is right, and the entries are those that were committed.
  const reader = createLogReader(backend.storage, head, nodeCrypto.sha256);
  const entries = await reader.readEntries(0, head.size);
  assert.deepEqual(rootOf(entries), head.root);
  const committed = new Map<number, string>();
  for (const batch of life.composer.batches) {
    for (const [i, leaf] of batch.leaves.entries())
      committed.set(batch.firstIndex + i, Buffer.from(leaf).toString());
  }
  assert.equal(committed.size, head.size, "the composer was told of every batch");
  for (const [index, text] of committed) assert.equal(Buffer.from(entries[index] ?? []).toString(), text);
  // Whatever was acknowledged is where it was said to be, under a head that the log signed and that covers it.
  for (const { item, index, size, root } of life.acknowledged) {
    assert.deepEqual(entries[index], utf8(item));
    assert.ok(index < size);
    assert.equal(roots.get(size), Buffer.from(root).toString("hex"));
  }
  const [first] = life.acknowledged;
  if (first !== undefined) {
    const { item, index, size, root } = first;
    const hash = leafHash(nodeCrypto.sha256, utf8(item));
    const proof = await reader.inclusionProof(index, size);
    verifyInclusion({ leafHash: hash, index, size, root, proof }, nodeCrypto.sha256);
  }
  // Each earlier head that was signed is a beginning of this one, and no frozen batch is left.
  for (const [size, hex] of roots) assert.equal(Buffer.from(await reader.rootAt(size)).toString("hex"), hex);
  assert.deepEqual(await backend.storage.list("pending/"), []);
}

function newLife(): Life {
  return { signer: rememberingSigner(), composer: toyComposer(), acknowledged: [] };
}

/** A memory backend in which a torn write leaves half of the bytes under the frozen batch's own name, or nothing. */
async function memoryBackend(): Promise<Backend> {
  const storage = memoryStorage();
  const tear: Tear = async (path, half) => {
    if (path.startsWith("pending/")) await storage.replace(path, half);
  };
  return { storage, lock: memoryLock(), tear };
}

const folders: string[] = [];
after(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});

/** Files and SQLite, where a torn write leaves half a temporary file. */
async function fileBackend(): Promise<Backend> {
  const folder = await mkdtemp(join(tmpdir(), "countermark-log-"));
  folders.push(folder);
  const storage = fileStorage(join(folder, "data"));
  await storage.replace("made", utf8("x"));
  await storage.remove("made");
  const tear: Tear = async (_path, half) => {
    await writeFile(join(folder, "data", ".tmp", "torn"), half);
  };
  return { storage, lock: sqliteLock(join(folder, "lock", "lock.sqlite")), tear };
}

async function writesOf(makeBackend: () => Promise<Backend>): Promise<readonly string[]> {
  const backend = await makeBackend();
  const faults = withFault(backend.storage, backend.lock, null, backend.tear);
  const life = newLife();
  assert.equal(await liveUntilFault(faults, life), BATCHES.length);
  const sequencer = await Sequencer.open(toyOptions({ ...backend, composer: toyComposer() }));
  await checkLog(backend, sequencer, life);
  return faults.writes;
}

const BACKENDS = [
  ["memory", memoryBackend],
  ["files and SQLite", fileBackend],
] as const;
const MODES: readonly FaultMode[] = ["undone", "done", "torn"];

// All before the first test is declared: the hook above runs as soon as none is left to run.
const writesByBackend = new Map<string, readonly string[]>();
for (const [name, makeBackend] of BACKENDS) writesByBackend.set(name, await writesOf(makeBackend));

for (const [name, makeBackend] of BACKENDS) {
  const writes = writesByBackend.get(name) ?? [];

  test(`Sequencer on ${name}: the table has every kind of write`, () => {
    const kinds = new Set(
      writes.map((what) => what.replace(/[0-9]+-[0-9a-f]{64}/, "*").replace(/p\/[0-9]+/, "p/*")),
    );
    for (const kind of [
      `swap ${ORIGIN}`,
      "replace sealed",
      "replace pending/*",
      "remove pending/*",
      "create tile/0/000.p/*",
      "create tile/0/000",
      "create tile/0/001.p/*",
      "create tile/1/000.p/*",
      "create tile/entries/000.p/*",
      "create tile/entries/000",
      "create tile/entries/001.p/*",
    ]) {
      assert.ok(kinds.has(kind), `${kind} is not among ${[...kinds].join(", ")}`);
    }
  });

  for (const mode of MODES) {
    test(`Sequencer on ${name}: each of ${writes.length} writes ${mode}, then opened again`, async () => {
      for (const at of writes.keys()) {
        const backend = await makeBackend();
        const faults = withFault(backend.storage, backend.lock, { at, mode }, backend.tear);
        const life = newLife();
        const reached = await liveUntilFault(faults, life);
        assert.ok(faults.hit(), `write ${at} did not happen`);
        try {
          await checkAsItLies(backend);
          await checkLog(backend, await liveOn(backend, reached, life), life);
        } catch (cause) {
          throw new Error(`after ${mode} ${writes[at]} (write ${at})`, { cause });
        }
      }
    });
  }
}

test("Sequencer: recovery itself may fail at each of its writes, and is tried again", async () => {
  // The batch is committed and nothing after it: every write of recovery is still to come.
  const swap = (await writesOf(memoryBackend)).findLastIndex((what) => what.startsWith("swap"));
  let at = 0;
  for (; ; at++) {
    const backend = await memoryBackend();
    const life = newLife();
    const first = withFault(backend.storage, backend.lock, { at: swap, mode: "done" }, backend.tear);
    const reached = await liveUntilFault(first, life);
    const second = withFault(
      backend.storage,
      backend.lock,
      { at, mode: at % 2 === 0 ? "done" : "undone" },
      backend.tear,
    );
    const options = toyOptions({ ...second, signer: life.signer, composer: life.composer });
    const opened = await Sequencer.open(options).catch(() => null);
    if (!second.hit()) break;
    assert.equal(opened, null);
    await checkLog(backend, await liveOn(backend, reached, life), life);
  }
  assert.ok(at >= 4, `recovery made ${at} writes`);
});
