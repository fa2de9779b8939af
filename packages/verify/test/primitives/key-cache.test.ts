// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { u32 } from "@countermark/formats";
import { rememberKeys } from "../../src/primitives/key-cache.ts";

/** Counts how often it is asked, and answers with the bytes in hexadecimal. */
function counting() {
  const asked: string[] = [];
  const keyOf = rememberKeys((spki) => {
    const name = Buffer.from(spki).toString("hex");
    asked.push(name);
    return name;
  });
  return { asked, keyOf };
}

test("rememberKeys: a key is read once, wherever its bytes lie", () => {
  const { asked, keyOf } = counting();
  assert.equal(keyOf(Uint8Array.of(1, 2, 3)), "010203");
  assert.equal(keyOf(Uint8Array.of(0, 1, 2, 3).subarray(1)), "010203");
  assert.equal(asked.length, 1);
});

test("rememberKeys: a caller that writes to its array does not change what is remembered", () => {
  const { keyOf } = counting();
  const bytes = Uint8Array.of(1, 2, 3);
  keyOf(bytes);
  bytes[0] = 9;
  assert.equal(keyOf(bytes), "090203");
  assert.equal(keyOf(Uint8Array.of(1, 2, 3)), "010203");
});

test("rememberKeys: two keys with one hash are told apart", () => {
  const [a, b] = collision();
  const { keyOf } = counting();
  assert.notEqual(keyOf(a), keyOf(b));
  assert.notEqual(keyOf(b), keyOf(a));
});

test("rememberKeys: the oldest of many keys is forgotten", () => {
  const { asked, keyOf } = counting();
  for (let i = 0; i <= 1_024; i++) keyOf(u32(i));
  keyOf(u32(1_024));
  assert.equal(asked.length, 1_025);
  keyOf(u32(0));
  assert.equal(asked.length, 1_026);
});

/** Two arrays of 5 bytes that FNV-1a maps to one number. */
function collision(): readonly [Uint8Array, Uint8Array] {
  const seen = new Map<number, Uint8Array>();
  for (let i = 0; ; i++) {
    const bytes = Uint8Array.of(...u32(Math.imul(i, 0x9e3779b1) >>> 0), i & 0xff);
    let hash = 0x811c9dc5;
    for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
    const other = seen.get(hash);
    if (other !== undefined) return [other, bytes];
    seen.set(hash, bytes);
  }
}
