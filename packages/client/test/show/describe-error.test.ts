// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { ParseError } from "@countermark/formats";
import { LogError } from "@countermark/log";
import { RefusedError, VerifyError } from "@countermark/verify";
import { CLIENT_CODES, ClientError, EXIT } from "../../src/failure.ts";
import { describeError } from "../../src/show/describe-error.ts";

const exitOf = (error: unknown) => describeError(error).exit;

test("describeError: each kind of error has its exit status", () => {
  assert.equal(exitOf(new VerifyError("digest-mismatch", "")), EXIT.refused);
  assert.equal(exitOf(new RefusedError("identity-changed", "")), EXIT.refused);
  assert.equal(exitOf(new ParseError("malformed", "")), EXIT.malformed);
  assert.equal(exitOf(new LogError("not-authentic", "")), EXIT.refused);
  assert.equal(exitOf(new LogError("unavailable", "")), EXIT.unavailable);
  assert.equal(exitOf(Object.assign(new Error("no such file"), { code: "ENOENT" })), EXIT.usage);
  assert.equal(exitOf(new TypeError("ours")), EXIT.internal);
  assert.equal(exitOf("text"), EXIT.internal);
});

test("describeError: every code of the client has the exit status of its row", () => {
  for (const code of Object.keys(CLIENT_CODES) as (keyof typeof CLIENT_CODES)[]) {
    assert.deepEqual(describeError(new ClientError(code, "m")), {
      code,
      exit: CLIENT_CODES[code].exit,
      message: "m",
    });
  }
});
