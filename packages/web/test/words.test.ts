// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { durationText, sizeText, utcText } from "../src/words.ts";

test("utcText: seconds are shown in UTC, to the second", () => {
  assert.equal(utcText(1_790_000_052), "2026-09-21 14:14:12 UTC");
});

for (const [seconds, text] of [
  [-5, "0 seconds"],
  [0, "0 seconds"],
  [1, "1 second"],
  [119, "1 minute"],
  [7_200, "2 hours"],
  [90_000, "1 day"],
] as const) {
  test(`durationText: ${seconds} s is "${text}"`, () => assert.equal(durationText(seconds), text));
}

for (const [bytes, text] of [
  [999, "999 bytes"],
  [18_211, "18.2 kB"],
  [3_400_000, "3.4 MB"],
] as const) {
  test(`sizeText: ${bytes} is "${text}"`, () => assert.equal(sizeText(bytes), text));
}
