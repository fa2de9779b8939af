// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { utf8 } from "@countermark/formats";
import { keepBytes, openBlobs } from "../../src/store/blobs.ts";
import { openDatabase } from "../../src/store/database.ts";
import { openHeldBlobs } from "../../src/store/held-blobs.ts";
import { temporaryFolder } from "../support/folder.ts";

const A = "a".repeat(64);
const B = "b".repeat(64);

test("openBlobs: what an earlier process was receiving is gone, what it kept is there", async (context) => {
  const dir = await temporaryFolder(context);
  const blobs = await openBlobs(dir);
  await keepBytes(blobs, utf8("kept"), A);
  const incoming = await blobs.receive();
  await incoming.write(utf8("half"));
  await incoming.finish();
  await writeFile(join(dir, "incoming", "other"), "x");
  const again = await openBlobs(dir);
  assert.deepEqual(await readdir(join(dir, "incoming")), []);
  assert.deepEqual(await again.read(A), Buffer.from("kept"));
  assert.equal(await again.size(A), 4);
  assert.equal(await again.size(B), null);
  assert.equal(await again.read(B), null);
});

test("openHeldBlobs: a hold that ends unsealed leaves nothing, but for what another hold has too", async (context) => {
  const dir = await temporaryFolder(context);
  const blobs = await openBlobs(dir);
  const database = openDatabase(":memory:");
  const held = await openHeldBlobs(database, blobs);
  const keep = (digest: string) => () => keepBytes(blobs, utf8("x"), digest);
  await held.hold([A], keep(A));
  await held.hold([A], keep(A));
  await held.release([A]);
  assert.equal(await blobs.size(A), 1);
  await held.release([A]);
  assert.equal(await blobs.size(A), null);
  assert.deepEqual(await database.selectFrom("pending_blobs").selectAll().execute(), []);
});

test("openHeldBlobs: a sealed blob stays, and what a dead process held unsealed is removed at the next start", async (context) => {
  const dir = await temporaryFolder(context);
  const blobs = await openBlobs(dir);
  const database = openDatabase(":memory:");
  const held = await openHeldBlobs(database, blobs);
  await held.hold([A, B], async () => {
    await keepBytes(blobs, utf8("a"), A);
    await keepBytes(blobs, utf8("b"), B);
  });
  await database.insertInto("sealed_blobs").values({ sha256: A, entry: 1, project: A, file: A }).execute();
  await openHeldBlobs(database, blobs);
  assert.equal(await blobs.size(A), 1);
  assert.equal(await blobs.size(B), null);
});

test("openDatabase: makes the folder that it lies in", async (context) => {
  const file = `${await temporaryFolder(context)}/not/yet/index.sqlite`;
  const database = openDatabase(file);
  assert.deepEqual(await database.selectFrom("details").selectAll().execute(), []);
  await database.destroy();
});
