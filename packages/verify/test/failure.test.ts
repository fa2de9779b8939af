// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { RefusedError, VerifyError } from "@countermark/verify";

test("VerifyError, RefusedError: a message has no control character", () => {
  assert.equal(new VerifyError("name-differs", "a\u009bb").message, "a\\u{9b}b");
  assert.equal(new RefusedError("identity-changed", "a\u009bb").message, "a\\u{9b}b");
});
