// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { dropLast, flipByte, replaceOnce } from "../src/tamper.ts";

test("flipByte: one byte differs, the length stays, the input is left alone", () => {
  const bytes = Uint8Array.of(1, 2, 3);
  assert.deepEqual(flipByte(bytes, -1), Uint8Array.of(1, 2, 2));
  assert.deepEqual(bytes, Uint8Array.of(1, 2, 3));
});

test("dropLast: the end is gone", () => {
  assert.deepEqual(dropLast(Uint8Array.of(1, 2, 3), 2), Uint8Array.of(1));
});

test("replaceOnce: a text that is not there exactly once is a wrong call", () => {
  assert.equal(replaceOnce("a b", "b", "c"), "a c");
  assert.throws(() => replaceOnce("b b", "b", "c"), TypeError);
});

test("flipByte: a Buffer, whose slice shares its memory, is left alone too", () => {
  const bytes = Buffer.from([1, 2, 3]);
  assert.deepEqual(flipByte(bytes, 0), Uint8Array.of(0, 2, 3));
  assert.deepEqual([...bytes], [1, 2, 3]);
});
