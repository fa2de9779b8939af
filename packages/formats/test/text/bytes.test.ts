// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { ByteReader, compareBytes, concat, equalBytes, u8, u16, u32, u64, utf8 } from "@countermark/formats";

test("concat: joins parts in order", () => {
  assert.deepEqual(concat(u8(1), u16(2), u32(3)), Uint8Array.of(1, 0, 2, 0, 0, 0, 3));
});

test("u64: the largest safe integer comes out big-endian", () => {
  assert.deepEqual(u64(2 ** 53 - 1), Uint8Array.of(0, 0x1f, 255, 255, 255, 255, 255, 255));
});

test("u8..u64: a number that does not fit is the caller's error", () => {
  for (const encode of [
    () => u8(256),
    () => u16(65_536),
    () => u32(2 ** 32),
    () => u64(2 ** 53),
    () => u8(-1),
    () => u8(0.5),
  ]) {
    assert.throws(encode, TypeError);
  }
});

test("compareBytes: orders bytewise, a prefix first", () => {
  assert.equal(compareBytes(utf8("a"), utf8("b")), -1);
  assert.equal(compareBytes(utf8("b"), utf8("a")), 1);
  assert.equal(compareBytes(utf8("a"), utf8("ab")), -1);
  assert.equal(compareBytes(utf8("ab"), utf8("a")), 1);
  assert.equal(compareBytes(utf8("ab"), utf8("ab")), 0);
});

test("equalBytes: another length or byte is another value", () => {
  assert.equal(equalBytes(utf8("ab"), utf8("ab")), true);
  assert.equal(equalBytes(utf8("ab"), utf8("a")), false);
  assert.equal(equalBytes(utf8("ab"), utf8("ac")), false);
});

test("ByteReader: reads integers of every width", () => {
  const reader = new ByteReader(concat(u8(1), u16(2), u32(3), u64(4)), "test");
  assert.deepEqual([reader.u8(), reader.u16(), reader.u32(), reader.u64()], [1, 2, 3, 4]);
  reader.end();
});

test("ByteReader: reading past the end is refused", () => {
  assert.throws(() => new ByteReader(u8(1), "test").take(2), { code: "truncated" });
});

test("ByteReader: bytes after the end are refused", () => {
  assert.throws(() => new ByteReader(u8(1), "test").end(), { code: "trailing-data" });
});

test("ByteReader: an integer above 2^53-1 is refused", () => {
  assert.throws(() => new ByteReader(Uint8Array.of(0, 32, 0, 0, 0, 0, 0, 0), "test").u64(), {
    code: "out-of-range",
  });
});
