// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { ParseError, parseTufTargets, utf8 } from "@countermark/formats";

test("ParseError: its message has no control character and is not as long as a stranger likes", () => {
  assert.equal(new ParseError("malformed", "a\u009b2J\n\u202eb").message, "a\\u{9b}2J\\u{a}\\u{202e}b");
  assert.equal(new ParseError("malformed", "x".repeat(9_999)).message, `${"x".repeat(1_000)}...`);
});

test("parseTufTargets: a target's name is said as a path, and escaped", () => {
  const signed = { _type: "targets", spec_version: "1.0.0", version: 1, expires: "2030-01-01T00:00:00Z" };
  const bytes = utf8(
    JSON.stringify({ signatures: [], signed: { ...signed, targets: { "\u009b2J": null } } }),
  );
  assert.throws(() => parseTufTargets(bytes), { code: "wrong-type", message: /targets\.\\u\{9b\}2J/ });
});
