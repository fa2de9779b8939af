// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { normalizeProjectName, parseProjectName } from "@countermark/formats";

for (const [name, normalized] of [
  ["sampleproject", "sampleproject"],
  ["Sample_Project", "sample-project"],
  ["zope.interface", "zope-interface"],
  ["a-_.b", "a-b"],
  ["X", "x"],
  ["1", "1"],
] as const) {
  test(`normalizeProjectName: "${name}" is "${normalized}"`, () => {
    assert.equal(normalizeProjectName(name), normalized);
    assert.equal(parseProjectName(name), name);
  });
}

for (const [name, code] of [
  ["", "malformed"],
  ["-a", "malformed"],
  ["a-", "malformed"],
  ["a b", "malformed"],
  ["a\n", "malformed"],
  ["naïve", "malformed"],
  ["\u212Aelvin", "malformed"],
  ["a/b", "malformed"],
  ["a".repeat(129), "too-large"],
] as const) {
  test(`parseProjectName: ${JSON.stringify(name.slice(0, 12))} is refused`, () => {
    assert.throws(() => parseProjectName(name), { name: "ParseError", code });
  });
}
