// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { AppendList, emptyState, isOver, logNow } from "@countermark/verify";
import { digestOf, sha256 } from "./toy-ledger.ts";

function stateWith(...anchors: readonly (readonly [size: number, tLo: number, tHi: number])[]) {
  const stated = anchors.map(([size, tLo, tHi], i) => ({
    size,
    tLo,
    tHi,
    note: digestOf(`${i}`),
    at: size + 1,
  }));
  return { ...emptyState(sha256), anchors: AppendList.of(stated) };
}

test("logNow: is the newest anchor's tLo, 0 before the first", () => {
  assert.equal(logNow(stateWith()), 0);
  assert.equal(logNow(stateWith([2, 100, 110], [5, 200, 210])), 200);
});

test("isOver: counts from the covering anchor's tHi to the newest tLo, to the second", () => {
  const covered = stateWith([5, 200, 210], [9, 1_210, 1_220]);
  assert.equal(isOver(covered, 4, 1_000), true);
  assert.equal(isOver(covered, 4, 1_001), false);
  assert.equal(isOver(covered, 9, 0), false);
});

test("isOver: an anchor held back does not shorten the delay", () => {
  assert.equal(isOver(stateWith([2, 0, 0], [5, 100_000, 100_000]), 3, 1), false);
});
