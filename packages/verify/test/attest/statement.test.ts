// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  encodeInTotoStatement,
  PUBLISH_PREDICATE_TYPE,
  parseInTotoStatement,
  utf8,
} from "@countermark/formats";
import { verifyStatement } from "../../src/attest/statement.ts";

const sha256 = new Uint8Array(32).fill(7);

const same: readonly (readonly [string, string])[] = [
  ["sampleproject-1.0.tar.gz", "sampleproject-1.0.tar.gz"],
  ["sample_project-1.0.tar.gz", "Sample.Project-1.0.tar.gz"],
  ["pkg-1.0-1-py3-none-any.whl", "pkg-1.0-1-py3-none-any.whl"],
  ["pkg-1.0-py2.py3-none-any.whl", "pkg-1.0-py3.py2-none-any.whl"],
];
for (const [signed, served] of same) {
  test(`verifyStatement: ${signed} is the same distribution as ${served}`, () => {
    assert.equal(verify(signed, served), PUBLISH_PREDICATE_TYPE);
  });
}

const different: readonly (readonly [string, string])[] = [
  ["pkg-1.0-py3-none-any.whl", "pkg-1.0.tar.gz"],
  ["pkg-1.0.tar.gz", "pkg-1.0-py3-none-any.whl"],
  ["other-1.0.tar.gz", "pkg-1.0.tar.gz"],
  ["pkg-1.1.tar.gz", "pkg-1.0.tar.gz"],
  ["pkg-1.0-1-py3-none-any.whl", "pkg-1.0-py3-none-any.whl"],
  ["pkg-1.0-1-py3-none-any.whl", "pkg-1.0-2-py3-none-any.whl"],
  ["pkg-1.0-py2-none-any.whl", "pkg-1.0-py3-none-any.whl"],
  ["pkg-1.0-py3-none-any.whl", "pkg-1.0-py2.py3-none-any.whl"],
  ["pkg-1.0-py2.py3-none-any.whl", "pkg-1.0-py3-none-any.whl"],
  ["pkg-1.0-cp312-abi3-any.whl", "pkg-1.0-cp312-cp312-any.whl"],
  ["pkg-1.0-cp312-cp312-linux_x86_64.whl", "pkg-1.0-cp312-cp312-win_amd64.whl"],
  ["", "pkg-1.0.tar.gz"],
];
for (const [signed, served] of different) {
  test(`verifyStatement: ${signed || "no name"} is another distribution than ${served}`, () => {
    assert.throws(() => verify(signed, served), { code: "statement-subject-name" });
  });
}

test("verifyStatement: a subject without SHA-256 is refused", () => {
  const text = `{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"pkg-1.0.tar.gz","digest":{"sha512":"${"00".repeat(64)}"}}],"predicateType":"${PUBLISH_PREDICATE_TYPE}"}`;
  const statement = parseInTotoStatement(utf8(text));
  assert.throws(() => verifyStatement(statement, { filename: "pkg-1.0.tar.gz", sha256 }), {
    code: "digest-mismatch",
  });
});

test("verifyStatement: a statement about nothing is refused", () => {
  const statement = { subjects: [], predicateType: PUBLISH_PREDICATE_TYPE, predicate: null };
  assert.throws(() => verifyStatement(statement, { filename: "pkg-1.0.tar.gz", sha256 }), {
    code: "statement-subject-count",
  });
});

function verify(signed: string, served: string): string {
  const statement = encodeInTotoStatement({ filename: signed, sha256 }, PUBLISH_PREDICATE_TYPE, null);
  return verifyStatement(parseInTotoStatement(statement), { filename: served, sha256 });
}
