// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { ParseError } from "@countermark/formats";
import { RefusedError, VerifyError } from "@countermark/verify";
import { AUTHORITY_CODES, AuthorityError, describeFailure } from "../src/failure.ts";

test("describeFailure: a refusal keeps its code; malformed is 400, not believed is 401", () => {
  const statusAndCode = (error: unknown) => {
    const { status, code } = describeFailure(error);
    return [status, code];
  };
  assert.deepEqual(statusAndCode(new AuthorityError("media-type", "m")), [415, "media-type"]);
  assert.deepEqual(statusAndCode(new ParseError("not-json", "m")), [400, "not-json"]);
  assert.deepEqual(statusAndCode(new VerifyError("id-token-expired", "m")), [401, "id-token-expired"]);
  assert.deepEqual(statusAndCode(new RefusedError("trigger-refused", "m")), [401, "trigger-refused"]);
});

test("describeFailure: what is not a refusal is not described", () => {
  const answer = describeFailure(new Error("secret path"));
  assert.deepEqual([answer.status, answer.code], [500, "internal"]);
  assert.ok(!answer.message.includes("secret"));
});

test("AUTHORITY_CODES: sorted, each with a status of a failure", () => {
  const codes = Object.keys(AUTHORITY_CODES);
  assert.deepEqual(codes, codes.toSorted());
  assert.ok(Object.values(AUTHORITY_CODES).every(({ status }) => status >= 400 && status < 600));
});
