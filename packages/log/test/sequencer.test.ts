// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyRoot, parseCheckpoint, utf8 } from "@countermark/formats";
import {
  createEd25519,
  createLogReader,
  createNoteSigner,
  LogError,
  memoryLock,
  memoryStorage,
  nodeCrypto,
  Sequencer,
  type Storage,
  signNote,
} from "@countermark/log";
import { verifyCheckpoint } from "@countermark/verify";
import {
  LOG_KEY,
  ORIGIN,
  rememberingSigner,
  rootOf,
  toyComposer,
  toyLeaves,
  toyLog,
  toyOptions,
} from "./support/toy-log.ts";

test("Sequencer.open: a new log has the empty tree as its first signed head", async () => {
  const sequencer = await Sequencer.open(toyOptions());
  const { size, root, note } = sequencer.head();
  assert.equal(size, 0);
  assert.deepEqual(root, emptyRoot(nodeCrypto.sha256));
  const vkeys = [createNoteSigner(ORIGIN, LOG_KEY).vkey];
  await verifyCheckpoint(note, { vkeys, origin: ORIGIN }, nodeCrypto);
});

test("Sequencer.add: what is added in one turn is one batch, in order", async () => {
  const composer = toyComposer();
  const { sequencer } = await toyLog(5, { composer });
  assert.equal(composer.batches.length, 1);
  assert.deepEqual(composer.batches[0]?.leaves, toyLeaves(5));
  assert.deepEqual(sequencer.head().root, rootOf(toyLeaves(5)));
});

test("Sequencer.add: resolves with the index, and a head that covers it", async () => {
  const { sequencer } = await toyLog(3);
  const added = await Promise.all([sequencer.add("x"), sequencer.add("y")]);
  assert.deepEqual(
    added.map(({ index, size }) => [index, size]),
    [
      [3, 5],
      [4, 5],
    ],
  );
  assert.deepEqual(added[0]?.root, sequencer.head().root);
});

test("Sequencer.add: a refused item gets its own error, the others are sealed", async () => {
  const { sequencer } = await toyLog(0);
  const [good, bad] = await Promise.allSettled([sequencer.add("good"), sequencer.add("bad 1")]);
  assert.equal(good.status, "fulfilled");
  assert.ok(bad.status === "rejected" && bad.reason instanceof RangeError);
  assert.equal(sequencer.head().size, 1);
});

test("Sequencer.add: a batch of refusals only seals nothing", async () => {
  const { sequencer } = await toyLog(1);
  await assert.rejects(sequencer.add("bad 1"), RangeError);
  assert.equal(sequencer.head().size, 1);
});

test("Sequencer.add: a composer that throws refuses the batch, and the log goes on", async () => {
  const composer = toyComposer();
  let throwing = true;
  const compose: typeof composer.compose = async (items, at) => {
    if (throwing) throw new RangeError("no database");
    return await composer.compose(items, at);
  };
  const sequencer = await Sequencer.open(toyOptions({ composer: { ...composer, compose } }));
  await assert.rejects(sequencer.add("x"), { message: "no database" });
  throwing = false;
  assert.equal((await sequencer.add("x")).index, 0);
});

test("Sequencer.add: results that do not fit the items are our mistake", async () => {
  const compose = async () => ({ leaves: [utf8("x")], sidecar: utf8(""), results: [] });
  const sequencer = await Sequencer.open(toyOptions({ composer: { ...toyComposer(), compose } }));
  await assert.rejects(sequencer.add("x"), TypeError);
});

test("Sequencer.add: a leaf above 65,535 bytes is our mistake, and is not sealed", async () => {
  const sequencer = await Sequencer.open(toyOptions());
  await assert.rejects(sequencer.add("x".repeat(65_536)), TypeError);
  assert.equal(sequencer.head().size, 0);
});

test("Sequencer.seal: with nothing waiting the composer decides", async () => {
  const { sequencer } = await toyLog(2);
  assert.equal(await sequencer.seal(), null);
  const compose = async () => ({ leaves: [utf8("state")], sidecar: utf8(""), results: [] });
  const other = await Sequencer.open(toyOptions({ composer: { ...toyComposer(), compose } }));
  assert.equal((await other.seal())?.size, 1);
});

test("Sequencer.add: items beyond the batch's limit go into the next", async () => {
  const composer = toyComposer();
  await toyLog(5, { composer, batchItemsMax: 2 });
  assert.deepEqual(
    composer.batches.map((batch) => batch.leaves.length),
    [2, 2, 1],
  );
});

test("Sequencer.add: an item added as another resolves is not forgotten", async () => {
  const { sequencer } = await toyLog(0);
  for (let i = 0; i < 50; i++) assert.equal((await sequencer.add(`leaf ${i}`)).index, i);
});

test("Sequencer.close: refuses what comes later", async () => {
  const { sequencer } = await toyLog(1);
  await sequencer.close();
  await assert.rejects(sequencer.add("x"), { code: "sequencer-stopped" });
  await assert.rejects(sequencer.seal(), { code: "sequencer-stopped" });
});

test("Sequencer.open: a log that was closed goes on, over several tiles", async () => {
  const parts = { storage: memoryStorage(), lock: memoryLock() };
  await toyLog(300, parts);
  const sequencer = await Sequencer.open(toyOptions(parts));
  assert.equal((await sequencer.add("next")).index, 300);
  const leaves = [...toyLeaves(300), utf8("next")];
  assert.deepEqual(sequencer.head().root, rootOf(leaves));
  const reader = createLogReader(parts.storage, sequencer.head(), nodeCrypto.sha256);
  assert.deepEqual(await reader.readEntries(0, 301), leaves);
});

test("Sequencer: two on one log: the second to seal stops, nothing is forked", async () => {
  const parts = { storage: memoryStorage(), lock: memoryLock() };
  const first = await Sequencer.open(toyOptions(parts));
  let told: LogError | null = null;
  const second = await Sequencer.open(toyOptions({ ...parts, onStop: (error) => (told = error) }));
  await first.add("first");
  await assert.rejects(second.add("second"), { code: "sequencer-stopped" });
  assert.ok(second.stopped()?.cause instanceof LogError);
  assert.equal(told, second.stopped());
  assert.equal((await (await Sequencer.open(toyOptions(parts))).add("third")).index, 1);
});

async function copyOf(storage: Storage): Promise<Storage> {
  const copy = memoryStorage();
  for (const path of await storage.list("")) await copy.replace(path, (await storage.read(path)) ?? utf8(""));
  return copy;
}

test("Sequencer.open: a storage restored from a backup is behind-own-head", async () => {
  const { sequencer, storage, lock } = await toyLog(2);
  const backup = await copyOf(storage);
  await sequencer.add("later");
  await assert.rejects(Sequencer.open(toyOptions({ storage: backup, lock })), { code: "behind-own-head" });
});

test("Sequencer.open: storage and lock store both restored: a cosigner's head of ours is behind-own-head", async () => {
  const { sequencer, storage, lock } = await toyLog(2);
  const backup = await copyOf(storage);
  const oldLock = memoryLock();
  await oldLock.swap(ORIGIN, null, (await lock.read(ORIGIN)) ?? utf8(""));
  await sequencer.add("later");
  const ownHeads = async () => [sequencer.head()];
  await assert.rejects(Sequencer.open(toyOptions({ storage: backup, lock: oldLock, ownHeads })), {
    code: "behind-own-head",
  });
});

test("Sequencer.open: everything lost: a cosigner's head of ours is behind-own-head, and nothing is written", async () => {
  const { sequencer } = await toyLog(2);
  const parts = { storage: memoryStorage(), lock: memoryLock() };
  const ownHeads = async () => [sequencer.head()];
  await assert.rejects(Sequencer.open(toyOptions({ ...parts, ownHeads })), { code: "behind-own-head" });
  assert.equal(await parts.lock.read(ORIGIN), null);
});

test("Sequencer.open: a cosigner's other tree of our size is behind-own-head", async () => {
  const { storage, lock } = await toyLog(2);
  const ownHeads = async () => [{ size: 2, root: new Uint8Array(32) }];
  await assert.rejects(Sequencer.open(toyOptions({ storage, lock, ownHeads })), { code: "behind-own-head" });
});

test("Sequencer.open: a cosigner that is behind is no reason to refuse", async () => {
  const { storage, lock } = await toyLog(2);
  const ownHeads = async () => [{ size: 1, root: rootOf(toyLeaves(1)) }];
  assert.equal((await Sequencer.open(toyOptions({ storage, lock, ownHeads }))).head().size, 2);
});

test("Sequencer.open: a lost lock store is lock-behind", async () => {
  const { storage } = await toyLog(2);
  await assert.rejects(Sequencer.open(toyOptions({ storage })), { code: "lock-behind" });
});

test("Sequencer.open: a lock store restored from a backup is lock-behind", async () => {
  const { sequencer, storage, lock } = await toyLog(2);
  const oldLock = memoryLock();
  await oldLock.swap(ORIGIN, null, (await lock.read(ORIGIN)) ?? utf8(""));
  await sequencer.add("later");
  await assert.rejects(Sequencer.open(toyOptions({ storage, lock: oldLock })), { code: "lock-behind" });
});

for (const [when, pending] of [
  ["at rest", false],
  ["with a batch to finish", true],
] as const) {
  test(`Sequencer.open: ${when}, a smaller head of ours that is no beginning of what we hold is behind-own-head`, async () => {
    const { storage, lock } = await toyLog(3);
    const signer = rememberingSigner();
    if (pending) {
      const stopping = { ...storage, create: async () => await Promise.reject(new Error("disk full")) };
      const torn = await Sequencer.open(toyOptions({ storage: stopping, lock }));
      await assert.rejects(torn.add("x"), { code: "sequencer-stopped" });
    }
    const ownHeads = async () => [{ size: 2, root: rootOf(toyLeaves(3)) }];
    const opening = Sequencer.open(toyOptions({ storage, lock, signer, ownHeads }));
    await assert.rejects(opening, { code: "behind-own-head" });
    assert.deepEqual(signer.signed, []);
  });
}

test("Sequencer.open: a lock store with another tree of that size is fork-refused", async () => {
  const { storage } = await toyLog(2);
  const other = await toyLog(0);
  await Promise.all([other.sequencer.add("x"), other.sequencer.add("y")]);
  await assert.rejects(Sequencer.open(toyOptions({ storage, lock: other.lock })), { code: "fork-refused" });
});

for (const [claim, damage] of [
  ["a tile that is gone", (storage: Storage) => storage.remove("tile/0/000.p/2")],
  ["a tile with other hashes", (storage: Storage) => storage.replace("tile/0/000.p/2", new Uint8Array(64))],
  ["a tile that is too short", (storage: Storage) => storage.replace("tile/0/000.p/2", new Uint8Array(32))],
  ["a bundle that is gone", (storage: Storage) => storage.remove("tile/entries/000.p/2")],
  [
    "a bundle with other entries",
    (storage: Storage) => storage.replace("tile/entries/000.p/2", new Uint8Array(4)),
  ],
  ["a bundle that is none", (storage: Storage) => storage.replace("tile/entries/000.p/2", new Uint8Array(3))],
  ["a sealed note that is none", (storage: Storage) => storage.replace("sealed", utf8("x"))],
] as const) {
  test(`Sequencer.open: ${claim} is storage-damaged`, async () => {
    const { storage, lock } = await toyLog(2);
    await damage(storage);
    await assert.rejects(Sequencer.open(toyOptions({ storage, lock })), { code: "storage-damaged" });
  });
}

/** A log whose last batch is committed, frozen, and otherwise undone. */
async function unfinishedLog() {
  const { sequencer, storage, lock } = await toyLog(2);
  const failing: Storage = { ...storage, create: async () => Promise.reject(new Error("disk full")) };
  await sequencer.close();
  const second = await Sequencer.open(toyOptions({ storage: failing, lock }));
  await assert.rejects(second.add("third"), { code: "sequencer-stopped" });
  const [path = ""] = await storage.list("pending/");
  return { storage, lock, path };
}

test("Sequencer.open: finishes a committed batch, and tells the composer once", async () => {
  const { storage, lock } = await unfinishedLog();
  const composer = toyComposer();
  const sequencer = await Sequencer.open(toyOptions({ storage, lock, composer }));
  assert.deepEqual(sequencer.head().root, rootOf([...toyLeaves(2), utf8("third")]));
  assert.deepEqual(
    composer.batches.map(({ firstIndex, leaves, sidecar }) => [firstIndex, leaves, sidecar]),
    [[2, [utf8("third")], utf8("third")]],
  );
});

test("Sequencer: a composer that cannot take what is committed stops the log, and is told again", async () => {
  const parts = { storage: memoryStorage(), lock: memoryLock() };
  const broken = { ...toyComposer(), committed: async () => Promise.reject(new Error("no database")) };
  const sequencer = await Sequencer.open(toyOptions({ ...parts, composer: broken }));
  await assert.rejects(sequencer.add("x"), { code: "sequencer-stopped" });
  const composer = toyComposer();
  assert.equal((await Sequencer.open(toyOptions({ ...parts, composer }))).head().size, 1);
  assert.deepEqual(composer.batches[0]?.leaves, [utf8("x")]);
});

test("Sequencer.open: a frozen batch with a byte changed is storage-damaged", async () => {
  const { storage, lock, path } = await unfinishedLog();
  const bytes = (await storage.read(path)) ?? utf8("");
  await storage.replace(path, bytes.with(bytes.length - 40, 0xff));
  await assert.rejects(Sequencer.open(toyOptions({ storage, lock })), { code: "storage-damaged" });
});

test("Sequencer.open: a frozen batch of another tree under that name is storage-damaged", async () => {
  const { storage, lock, path } = await unfinishedLog();
  const other = await unfinishedLogOf("another");
  await storage.replace(path, other);
  await assert.rejects(Sequencer.open(toyOptions({ storage, lock })), { code: "storage-damaged" });
});

async function unfinishedLogOf(item: string): Promise<Uint8Array> {
  const { sequencer, storage, lock } = await toyLog(2);
  const failing: Storage = { ...storage, create: async () => Promise.reject(new Error("disk full")) };
  await sequencer.close();
  const second = await Sequencer.open(toyOptions({ storage: failing, lock }));
  await assert.rejects(second.add(item), { code: "sequencer-stopped" });
  const [path = ""] = await storage.list("pending/");
  return (await storage.read(path)) ?? utf8("");
}

test("Sequencer: signs nothing but what the lock store holds when it looks", async () => {
  const { storage, lock } = await toyLog(1);
  const signer = createNoteSigner(ORIGIN, LOG_KEY);
  const signed: string[] = [];
  const sequencer = await Sequencer.open(
    toyOptions({
      storage,
      lock: { ...lock, read: async (origin) => (armed ? utf8("stolen\n") : await lock.read(origin)) },
      signer: {
        vkey: signer.vkey,
        sign(text) {
          signed.push(text);
          return signer.sign(text);
        },
      },
    }),
  );
  armed = true;
  await assert.rejects(sequencer.add("x"), { code: "sequencer-stopped" });
  assert.ok(sequencer.stopped()?.cause instanceof LogError);
  assert.deepEqual(
    signed.map((text) => parseCheckpoint(text).size),
    [1],
  );
});
let armed = false;

test("Sequencer.open: a sealed note that was lost, or is by an old key, is written again", async () => {
  const { storage, lock, sequencer } = await toyLog(1);
  const text = new TextDecoder().decode(sequencer.head().note).split("\n\n")[0] ?? "";
  await storage.replace("sealed", signNote(`${text}\n`, createNoteSigner(ORIGIN, createEd25519())));
  await Sequencer.open(toyOptions({ storage, lock }));
  assert.deepEqual(await storage.read("sealed"), sequencer.head().note);
});

test("Sequencer.open: a signer of another name is our mistake", async () => {
  const signer = createNoteSigner("other.example", LOG_KEY);
  await assert.rejects(Sequencer.open(toyOptions({ signer })), TypeError);
});
