// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { AppendList } from "@countermark/verify";

test("AppendList: two lists that grow from one do not see each other's items", () => {
  const base = AppendList.of([1, 2]);
  const left = base.append(3);
  const right = base.append(4);
  assert.deepEqual(
    [[...base], [...left], [...right]],
    [
      [1, 2],
      [1, 2, 3],
      [1, 2, 4],
    ],
  );
  assert.deepEqual([...left.append(5)], [1, 2, 3, 5]);
});

test("AppendList: firstWhere finds the first item from which on it holds", () => {
  const list = AppendList.of([1, 3, 3, 7]);
  assert.deepEqual(
    [0, 1, 2, 3, 4, 7, 8].map((wanted) => list.firstWhere((item) => item >= wanted)),
    [1, 1, 3, 3, 7, 7, null],
  );
});

test("AppendList: reads nothing beyond its own length", () => {
  const base = AppendList.of([1]);
  base.append(2);
  assert.deepEqual([base.at(1), base.at(-1), base.last(), base.length], [null, null, 1, 1]);
  assert.deepEqual([...base.filter(() => true)], [1]);
});
