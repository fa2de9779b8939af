// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  concat,
  encodeCosignedMessage,
  encodeCosignedSubtree,
  encodeHex,
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

const ROOT = new Uint8Array(32).fill(9);
const HEAD = { origin: "log.example", size: 258, root: ROOT };

test("encodeCosignedSubtree: label, name, time, origin, start 0, end and root", () => {
  const wanted = [
    ["73756274726565", "2f76310a00"], // "subtree/v1\n\0"
    ["09", "772e6578616d706c65"], // "w.example"
    ["0000000065535f10"],
    ["0b", "6c6f672e6578616d706c65"], // "log.example"
    ["0000000000000000", "0000000000000102"],
    ["09".repeat(32)],
  ];
  const found = encodeHex(encodeCosignedSubtree("w.example", 0x65535f10, HEAD));
  assert.equal(found, wanted.flat().join(""));
});

test("encodeCosignedSubtree: names of 255 bytes are written, counted in UTF-8", () => {
  const name = `${"é".repeat(127)}x`;
  const found = encodeCosignedSubtree(name, 0, { ...HEAD, origin: name });
  assert.equal(found.length, 12 + 256 + 8 + 256 + 8 + 8 + 32);
});

for (const [claim, cosigner, origin] of [
  ["a name of 256 bytes", "é".repeat(128), "log.example"],
  ["an origin of 256 bytes", "w.example", "x".repeat(256)],
  ["an empty name", "", "log.example"],
] as const) {
  test(`encodeCosignedSubtree: ${claim} is refused`, () => {
    assert.throws(() => encodeCosignedSubtree(cosigner, 0, { ...HEAD, origin }), { code: "out-of-range" });
  });
}

for (const [algorithm, length] of [
  [4, 64],
  [6, 2_420],
] as const) {
  const signature = new Uint8Array(length).fill(7);
  test(`parseTimestampedSignature: gives what encodeTimestampedSignature wrote, type ${algorithm}`, () => {
    const value = { time: 1_679_315_147, signature };
    assert.deepEqual(parseTimestampedSignature(encodeTimestampedSignature(value), algorithm), value);
  });

  for (const [claim, bytes, code] of [
    ["a short signature is refused", concat(u64(1), signature.subarray(1)), "truncated"],
    ["a long signature is refused", concat(u64(1), signature, new Uint8Array(1)), "trailing-data"],
    ["a time above 2^53-1 is refused", concat(new Uint8Array(8).fill(255), signature), "out-of-range"],
    ["no time is refused", new Uint8Array(7), "truncated"],
  ] as const) {
    test(`parseTimestampedSignature: type ${algorithm}, ${claim}`, () => {
      assert.throws(() => parseTimestampedSignature(bytes, algorithm), { code });
    });
  }
}

test("parseTimestampedSignature: a signature of the other type's length is refused", () => {
  const bytes = encodeTimestampedSignature({ time: 1, signature: SIGNATURE });
  assert.throws(() => parseTimestampedSignature(bytes, 6), { code: "truncated" });
});

test("encodeTimestampedSignature: a signature of neither length is refused", () => {
  for (const length of [0, 63, 65, 2_419, 2_421]) {
    const signature = new Uint8Array(length);
    assert.throws(() => encodeTimestampedSignature({ time: 1, signature }), { code: "out-of-range" });
  }
});
