// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { utf8 } from "@countermark/formats";
import { createEd25519, memoryLock, memoryStorage, type Storage } from "@countermark/log";
import { openEntryLog } from "../src/entry-log.ts";

const OPTIONS = { origin: "log.test", key: createEd25519(), clock: () => 1_800_000_000, onStop: () => {} };

test("openEntryLog: each entry is there once, whenever it is sent", async () => {
  const log = await openEntryLog({ ...OPTIONS, storage: memoryStorage(), lock: memoryLock() });
  assert.deepEqual(await Promise.all(["a", "b", "a"].map((text) => log.append(utf8(text)))), [0, 1, 0]);
  assert.equal(await log.append(utf8("b")), 1);
  assert.equal(await log.append(utf8("c")), 2);
  assert.equal((await log.prove(0)).treeSize, 3);
  await log.close();
});

test("openEntryLog: after a restart it knows its entries", async () => {
  const [storage, lock] = [memoryStorage(), memoryLock()];
  const before = await openEntryLog({ ...OPTIONS, storage, lock });
  for (let i = 0; i < 300; i++) void before.append(utf8(`entry ${i}`));
  await before.append(utf8("last"));
  await before.close();
  const after = await openEntryLog({ ...OPTIONS, storage, lock });
  assert.equal(await after.append(utf8("entry 299")), 299);
  assert.equal(await after.append(utf8("last")), 300);
  assert.equal(await after.append(utf8("new")), 301);
  await after.close();
});

test("openEntryLog: an entry that could not be sealed is not remembered as if it were", async () => {
  const storage = memoryStorage();
  let broken = false;
  const failing: Storage = {
    ...storage,
    replace: async (path, bytes) => {
      if (broken) throw new Error("disk full");
      await storage.replace(path, bytes);
    },
  };
  const lock = memoryLock();
  const stops: string[] = [];
  const onStop = (error: Error): void => void stops.push(error.message);
  const log = await openEntryLog({ ...OPTIONS, storage: failing, lock, onStop });
  await log.append(utf8("a"));
  broken = true;
  await assert.rejects(log.append(utf8("b")), { code: "sequencer-stopped" });
  await assert.rejects(log.append(utf8("b")), { code: "sequencer-stopped" });
  assert.equal(stops.length, 1);
  broken = false;
  const again = await openEntryLog({ ...OPTIONS, storage: failing, lock });
  assert.equal(await again.append(utf8("b")), 1);
  await again.close();
});
