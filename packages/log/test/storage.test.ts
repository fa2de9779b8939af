// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import fsPromises, { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { utf8 } from "@countermark/formats";
import {
  fileStorage,
  type Lock,
  memoryLock,
  memoryStorage,
  type Storage,
  sqliteLock,
  sqliteWitnessStore,
} from "@countermark/log";

const folder = await mkdtemp(join(tmpdir(), "countermark-storage-"));
after(async () => await rm(folder, { recursive: true }));

const storages: readonly (readonly [string, (name: string) => Storage])[] = [
  ["memoryStorage", () => memoryStorage()],
  ["fileStorage", (name) => fileStorage(join(folder, name))],
];

for (const [kind, make] of storages) {
  test(`${kind}: reads what was created, and null for what was not`, async () => {
    const storage = make("create");
    await storage.create("a/b/c", utf8("x"));
    assert.deepEqual(await storage.read("a/b/c"), utf8("x"));
    assert.equal(await storage.read("a/b"), null);
    assert.equal(await storage.read("a/b/c/d"), null);
    assert.equal(await storage.read("other"), null);
  });

  test(`${kind}: the same content may be created again, other content is refused`, async () => {
    const storage = make("again");
    await storage.create("a", utf8("x"));
    await storage.create("a", utf8("x"));
    await assert.rejects(storage.create("a", utf8("y")), { code: "storage-conflict" });
    assert.deepEqual(await storage.read("a"), utf8("x"));
  });

  test(`${kind}: two that create at once with other content: one wins, one is refused`, async () => {
    const storage = make("race");
    const results = await Promise.allSettled([
      storage.create("a", utf8("x")),
      storage.create("a", utf8("y")),
    ]);
    assert.deepEqual(results.map((result) => result.status).sort(), ["fulfilled", "rejected"]);
  });

  test(`${kind}: replaces, removes, and removes again`, async () => {
    const storage = make("replace");
    await storage.replace("d/a", utf8("x"));
    await storage.replace("d/a", utf8("y"));
    assert.deepEqual(await storage.read("d/a"), utf8("y"));
    await storage.remove("d/a");
    await storage.remove("d/a");
    await storage.remove("nowhere/a");
    assert.equal(await storage.read("d/a"), null);
  });

  test(`${kind}: lists a folder and below, sorted, and nothing unfinished`, async () => {
    const storage = make("list");
    for (const path of ["b/2", "b/1", "b/c/3", "bb/4", "a"]) await storage.create(path, utf8(path));
    assert.deepEqual(await storage.list("b/"), ["b/1", "b/2", "b/c/3"]);
    assert.deepEqual(await storage.list(""), ["a", "b/1", "b/2", "b/c/3", "bb/4"]);
    assert.deepEqual(await storage.list("none/"), []);
  });

  for (const path of ["", "/a", "a/", "a//b", "../a", "a/../b", ".tmp/x", "a/.b", "a b", "a\\b", "a\0"]) {
    test(`${kind}: ${JSON.stringify(path)} is no path`, async () => {
      const storage = make("paths");
      await assert.rejects(async () => await storage.read(path), TypeError);
      await assert.rejects(async () => await storage.create(path, utf8("x")), TypeError);
      await assert.rejects(async () => await storage.replace(path, utf8("x")), TypeError);
      await assert.rejects(async () => await storage.remove(path), TypeError);
    });
  }
}

test("fileStorage: leaves no temporary file behind, also after a conflict", async () => {
  const storage = fileStorage(join(folder, "tidy"));
  await storage.create("a", utf8("x"));
  await storage.replace("b", utf8("x"));
  await assert.rejects(storage.create("a", utf8("y")), { code: "storage-conflict" });
  assert.deepEqual(await readdir(join(folder, "tidy", ".tmp")), []);
});

test("fileStorage: removes what a crash left behind long ago, and not what is being written", async () => {
  const temporary = join(folder, "crashed", ".tmp");
  await mkdir(temporary, { recursive: true });
  for (const name of ["old", "new"]) await writeFile(join(temporary, name), "half");
  await utimes(join(temporary, "old"), 0, 0);
  await fileStorage(join(folder, "crashed")).create("a", utf8("x"));
  assert.deepEqual(await readdir(temporary), ["new"]);
});

test("fileStorage: another instance on the same folder reads it", async () => {
  await fileStorage(join(folder, "shared")).create("a/b", utf8("x"));
  assert.ok(existsSync(join(folder, "shared", "a", "b")));
  assert.deepEqual(await fileStorage(join(folder, "shared")).read("a/b"), utf8("x"));
});

const locks: readonly (readonly [string, (name: string) => Lock])[] = [
  ["memoryLock", () => memoryLock()],
  ["sqliteLock", (name) => sqliteLock(join(folder, "locks", name))],
];

for (const [kind, make] of locks) {
  test(`${kind}: swaps from nothing, then from what it holds, per origin`, async () => {
    const lock = make("swap.sqlite");
    assert.equal(await lock.read("o"), null);
    await lock.swap("o", null, utf8("1"));
    await lock.swap("o", utf8("1"), utf8("2"));
    assert.deepEqual(await lock.read("o"), utf8("2"));
    assert.equal(await lock.read("p"), null);
  });

  test(`${kind}: a swap from anything else is refused and changes nothing`, async () => {
    const lock = make("refuse.sqlite");
    await assert.rejects(lock.swap("o", utf8("1"), utf8("2")), { code: "lock-conflict" });
    await lock.swap("o", null, utf8("1"));
    await assert.rejects(lock.swap("o", null, utf8("2")), { code: "lock-conflict" });
    await assert.rejects(lock.swap("o", utf8("0"), utf8("2")), { code: "lock-conflict" });
    assert.deepEqual(await lock.read("o"), utf8("1"));
  });
}

test("sqliteLock: another connection sees the swap", async () => {
  const file = join(folder, "locks", "two.sqlite");
  const first = sqliteLock(file);
  await first.swap("o", null, utf8("1"));
  first.close();
  const second = sqliteLock(file);
  assert.deepEqual(await second.read("o"), utf8("1"));
  second.close();
});

test("fileStorage: a folder that exists may not be durable yet, and is made so before anything in it is said to be", async (t) => {
  const dir = join(folder, "left");
  // As a process leaves it that dies between mkdir and fsync.
  await mkdir(join(dir, "tile", "0"), { recursive: true });
  const synced: string[] = [];
  const { open } = fsPromises;
  t.mock.method(fsPromises, "open", async (path: string, ...rest: [string, number]) => {
    const file = await open(path, ...rest);
    const { sync } = file;
    file.sync = async () => {
      await sync.call(file);
      synced.push(path);
    };
    return file;
  });
  syncBuiltinESMExports();
  try {
    await fileStorage(dir).create("tile/0/000.p/1", utf8("x"));
  } finally {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  }
  for (const path of ["tile/0/000.p", "tile/0", "tile", "."])
    assert.ok(synced.includes(join(dir, path)), path);
});

for (const [name, openStore] of [
  ["sqliteLock", sqliteLock],
  ["sqliteWitnessStore", sqliteWitnessStore],
] as const) {
  test(`${name}: a commit is synced with its folder, so that loss of power does not bring its journal back`, (t) => {
    const opened: DatabaseSync[] = [];
    const { prepare } = DatabaseSync.prototype;
    t.mock.method(DatabaseSync.prototype, "prepare", function (this: DatabaseSync, sql: string) {
      opened.push(this);
      return prepare.call(this, sql);
    });
    const store = openStore(join(folder, name, "store.sqlite"));
    const database = opened[0] ?? assert.fail();
    assert.deepEqual({ ...database.prepare("PRAGMA journal_mode").get() }, { journal_mode: "delete" });
    // 3 is EXTRA; FULL does not sync the folder after the journal is unlinked.
    assert.deepEqual({ ...database.prepare("PRAGMA synchronous").get() }, { synchronous: 3 });
    store.close();
  });
}

test("sqliteLock: makes the folders that it lies in", async () => {
  const lock = sqliteLock(join(folder, "not", "there", "yet", "lock.sqlite"));
  assert.equal(await lock.read("o"), null);
  lock.close();
});
