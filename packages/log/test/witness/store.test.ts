// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { utf8 } from "@countermark/formats";
import { sqliteWitnessStore } from "@countermark/log";

const folder = mkdtempSync(join(tmpdir(), "countermark-witness-"));
after(() => rmSync(folder, { recursive: true }));
const head = (size: number, fill: number) => ({
  size,
  root: new Uint8Array(32).fill(fill),
  note: utf8(`${size}`),
});

test("sqliteWitnessStore: swaps from nothing, then from what it holds", () => {
  const store = sqliteWitnessStore(":memory:");
  assert.equal(store.read("o"), null);
  assert.ok(store.swap("o", null, head(1, 1)));
  assert.ok(store.swap("o", head(1, 1), head(2, 2)));
  assert.deepEqual(store.read("o"), head(2, 2));
});

test("sqliteWitnessStore: a swap from anything else changes nothing", () => {
  const store = sqliteWitnessStore(":memory:");
  assert.ok(!store.swap("o", head(1, 1), head(2, 2)));
  assert.ok(store.swap("o", null, head(1, 1)));
  for (const expected of [null, head(1, 9), head(2, 1)]) assert.ok(!store.swap("o", expected, head(2, 2)));
  assert.deepEqual(store.read("o"), head(1, 1));
});

test("sqliteWitnessStore: remembers over a restart", () => {
  const file = join(folder, "deep", "w.sqlite");
  const first = sqliteWitnessStore(file);
  first.swap("o", null, head(1, 1));
  first.close();
  const second = sqliteWitnessStore(file);
  assert.deepEqual(second.read("o"), head(1, 1));
  second.close();
});
