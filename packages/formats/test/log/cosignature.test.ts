// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  concat,
  encodeCosignedMessage,
  encodeTimestampedSignature,
  parseTimestampedSignature,
  u64,
} from "@countermark/formats";
import { latin1 } from "./support.ts";

const SIGNATURE = new Uint8Array(64).fill(7);

test("encodeCosignedMessage: header, time, then the note text", () => {
  assert.equal(
    latin1(encodeCosignedMessage(1_679_315_147, "a\n1\nr\n")),
    "cosignature/v1\ntime 1679315147\na\n1\nr\n",
  );
});

test("parseTimestampedSignature: gives what encodeTimestampedSignature wrote", () => {
  const value = { time: 1_679_315_147, signature: SIGNATURE };
  assert.deepEqual(parseTimestampedSignature(encodeTimestampedSignature(value)), value);
});

for (const [claim, bytes, code] of [
  ["a short signature is refused", concat(u64(1), SIGNATURE.subarray(1)), "truncated"],
  ["a long signature is refused", concat(u64(1), SIGNATURE, new Uint8Array(1)), "trailing-data"],
  ["a time above 2^53-1 is refused", concat(new Uint8Array(8).fill(255), SIGNATURE), "out-of-range"],
] as const) {
  test(`parseTimestampedSignature: ${claim}`, () => {
    assert.throws(() => parseTimestampedSignature(bytes), { code });
  });
}

test("encodeTimestampedSignature: a signature that is not 64 bytes is refused", () => {
  assert.throws(() => encodeTimestampedSignature({ time: 1, signature: new Uint8Array(63) }), {
    code: "out-of-range",
  });
});
