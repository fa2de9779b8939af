// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { ParseError } from "@countermark/formats";
import { expectRefusal } from "../src/expect-refusal.ts";

const refused = (): Promise<never> => Promise.reject(new ParseError("malformed", "no"));

test("expectRefusal: gives the error of the wanted code", async () => {
  assert.equal((await expectRefusal(refused(), "malformed")).message, "no");
});

test("expectRefusal: another code, and no refusal at all, are failures", async () => {
  await assert.rejects(expectRefusal(refused(), "truncated"), assert.AssertionError);
  await assert.rejects(expectRefusal(Promise.resolve(1), "malformed"), assert.AssertionError);
});
