// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { encodeHex } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { keepBytes, openBlobs } from "../../src/store/blobs.ts";
import { openDatabase } from "../../src/store/database.ts";
import { openHeldBlobs } from "../../src/store/held-blobs.ts";
import { temporaryFolder } from "../support/folder.ts";

const BYTES = new TextEncoder().encode("one file");
const DIGEST = encodeHex(nodeCrypto.sha256(BYTES));

async function openStores(context: TestContext) {
  const blobs = await openBlobs(await temporaryFolder(context));
  const database = openDatabase(":memory:");
  context.after(() => database.destroy());
  const held = await openHeldBlobs(database, blobs);
  const onBooks = async (): Promise<number> =>
    (await database.selectFrom("pending_blobs").selectAll().execute()).length;
  return { blobs, held, onBooks, keep: () => keepBytes(blobs, BYTES, DIGEST) };
}

test("hold: what could not be put in place is not there, and not on the books", async (context) => {
  const { blobs, held, onBooks, keep } = await openStores(context);
  const full = async (): Promise<void> => {
    await keep();
    throw new Error("no space left");
  };
  await assert.rejects(held.hold([DIGEST], full), /no space left/);
  assert.equal(await blobs.size(DIGEST), null);
  assert.equal(await onBooks(), 0);
});

test("hold: one that fails takes nothing from another hold of the same bytes", async (context) => {
  const { blobs, held, onBooks, keep } = await openStores(context);
  await held.hold([DIGEST], keep);
  await assert.rejects(
    held.hold([DIGEST], async () => {
      throw new Error("no space left");
    }),
  );
  assert.equal(await blobs.size(DIGEST), BYTES.length);
  assert.equal(await onBooks(), 1);
  await held.release([DIGEST]);
  assert.equal(await blobs.size(DIGEST), null);
  assert.equal(await onBooks(), 0);
});
