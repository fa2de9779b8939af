// SPDX-License-Identifier: Apache-2.0
// A client that stops at any write, done or not done, goes on from there.
import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryStorage, nodeCrypto, type Storage } from "@countermark/log";
import { createTufSimulator, type TufSimulator } from "@countermark/testkit";
import { TUF_LIMITS } from "@countermark/verify";
import { initTuf, refreshTuf } from "../../src/trust/tuf-commands.ts";
import { createTufFolder } from "../../src/trust/tuf-folder.ts";
import { NOW, published } from "./toy-client.ts";

const context = { now: NOW, mode: { kind: "online" }, limits: TUF_LIMITS, crypto: nodeCrypto } as const;
const ROLES = ["root", "timestamp", "snapshot", "targets"];

function refresh(repo: TufSimulator, storage: Storage) {
  const fetch = async (url: string) => await repo.fetch(new Request(url));
  return refreshTuf(
    { fetch, metadataUrl: "https://tuf.test/metadata", folder: createTufFolder(storage) },
    context,
  );
}

/** Fails the change number `failing`, before or after it is made, and every one after that. */
function failingAt(storage: Storage, failing: number, isDone: boolean): Storage {
  let changes = 0;
  const change = async (make: () => Promise<void>): Promise<void> => {
    const number = changes++;
    if (number < failing || (number === failing && isDone)) await make();
    if (number >= failing) throw new Error("the machine stops");
  };
  return {
    ...storage,
    replace: (path, bytes) => change(() => storage.replace(path, bytes)),
    remove: (path) => change(() => storage.remove(path)),
  };
}

async function copyOf(storage: Storage): Promise<Storage> {
  const copy = memoryStorage();
  for (const path of await storage.list(""))
    await copy.replace(path, (await storage.read(path)) ?? assert.fail(path));
  return copy;
}

/** A client of a repository whose timestamp a thief wound forward, and that then got new keys and two roots. */
async function beforeRecovery() {
  const repo = createTufSimulator(() => NOW);
  const storage = memoryStorage();
  for (let i = 0; i < 9; i++) repo.publish("snapshot", "timestamp");
  await initTuf(createTufFolder(storage), published(repo, "root", 1));
  await refresh(repo, storage);
  // The stolen key is still there: only the deletion makes the client forget what it signed.
  repo.addKey("timestamp");
  repo.addKey("snapshot");
  for (const role of ["timestamp", "snapshot"] as const) {
    repo.published.delete(role);
    repo[role].version = 1;
  }
  repo.publish("root", "targets", "snapshot", "timestamp", "root");
  return { repo, storage };
}

for (const isDone of [false, true]) {
  test(`updateTuf: after a stop at any write, ${isDone ? "done" : "not done"}, the next update ends as if nothing was`, async () => {
    const { repo, storage } = await beforeRecovery();
    let stops = 0;
    for (; ; stops++) {
      const copy = await copyOf(storage);
      const isWhole = await refresh(repo, failingAt(copy, stops, isDone)).then(
        () => true,
        () => false,
      );
      await refresh(repo, copy);
      for (const role of ROLES) {
        assert.deepEqual(
          await copy.read(`${role}.json`),
          repo.published.get(role)?.at(-1),
          `${role} after ${stops}`,
        );
      }
      if (isWhole) break;
    }
    // Two deletions, two roots in two places each, timestamp, snapshot, targets.
    assert.equal(stops, 9);
  });
}
