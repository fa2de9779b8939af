// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { civilTime, encodeRfc3339, parseRfc3339, unixSeconds } from "../../src/index.ts";

test("unixSeconds: agrees with the platform's calendar in every month from 1900 to 2200", () => {
  for (let month = 0; month < 12 * 300; month++) {
    const milliseconds = Date.UTC(1900, month, 28, 23, 59, 58);
    const seconds = milliseconds / 1000;
    assert.equal(unixSeconds(civilTime(seconds), "test"), seconds);
    assert.equal(encodeRfc3339(seconds), new Date(milliseconds).toISOString().replace(".000", ""));
  }
});

for (const [text, seconds, fraction] of [
  ["1970-01-01T00:00:00Z", 0, false],
  ["2000-02-29T12:00:00Z", 951_825_600, false],
  ["2022-12-31T23:59:59.999Z", 1_672_531_199, true],
  ["2022-12-31T23:59:59.000Z", 1_672_531_199, false],
] as const) {
  test(`parseRfc3339: ${text} is read`, () => {
    assert.deepEqual(parseRfc3339(text, "test"), { seconds, fraction });
  });
}

for (const [text, code] of [
  ["1900-02-29T12:00:00Z", "out-of-range"],
  ["2026-13-01T00:00:00Z", "out-of-range"],
  ["2026-00-01T00:00:00Z", "out-of-range"],
  ["2026-01-01T24:00:00Z", "out-of-range"],
  ["2026-04-31T00:00:00Z", "out-of-range"],
  ["2026-01-01T00:00:00", "malformed"],
  ["2026-01-01T00:00:00+01:00", "malformed"],
  ["2026-01-01 00:00:00Z", "malformed"],
  ["2026-01-01T00:00:00.Z", "malformed"],
] as const) {
  test(`parseRfc3339: ${text} is refused`, () => assert.throws(() => parseRfc3339(text, "test"), { code }));
}
