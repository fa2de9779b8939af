// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtemp, readdir, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { EMPTY_LOCK, type IdentityLock } from "@countermark/formats";
import { readLock, writeLock } from "../../src/lock/read-lock.ts";

const folder = await mkdtemp(join(tmpdir(), "countermark-test-"));
const lock: IdentityLock = { projects: new Map([["a", { index: "i", identity: null, files: new Map() }]]) };

test("readLock: a lock that is not there is empty, a malformed one is refused", async () => {
  assert.deepEqual(await readLock(join(folder, "none.lock")), EMPTY_LOCK);
  await writeFile(join(folder, "bad.lock"), "{");
  await assert.rejects(readLock(join(folder, "bad.lock")), { code: "not-json" });
});

test("writeLock: writes what readLock reads, and says whether anything changed", async () => {
  const path = join(folder, "countermark.lock");
  assert.equal(await writeLock(path, lock), true);
  assert.deepEqual(await readLock(path), lock);
  assert.equal(await writeLock(path, lock), false);
  assert.deepEqual(
    (await readdir(folder)).filter((name) => name.includes("tmp")),
    [],
  );
});

test("writeLock: a write that fails leaves neither a lock nor a temporary file", async () => {
  const dir = await mkdtemp(join(tmpdir(), "countermark-test-"));
  const path = join(dir, "countermark.lock");
  // A disk that is full as soon as something is written.
  await symlink("/dev/full", `${path}.${process.pid}.tmp`);
  await assert.rejects(writeLock(path, lock), { code: "ENOSPC" });
  assert.deepEqual(await readdir(dir), []);
});
