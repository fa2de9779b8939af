// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { createVkey, POLICY_BYTES_MAX, parsePolicy } from "@countermark/formats";
import { sha256 } from "./support.ts";

const LOG = createVkey("log.example", 1, new Uint8Array(32).fill(99), sha256).text;
const W = [1, 2, 3, 4].map((n) => createVkey(`w${n}.example`, 4, new Uint8Array(32).fill(n), sha256).text);
const TWO_LEVELS = `# who may cosign
log ${LOG} https://log.example/
witness X1 ${W[0]}
witness X2 ${W[1]}\thttps://w2.example
 witness Y1 ${W[2]}

group X 1 X1 X2
group all-of-them all X Y1
quorum all-of-them
`;

test("parsePolicy: comments, tabs, urls, nested groups", () => {
  const policy = parsePolicy(TWO_LEVELS, sha256);
  assert.equal(policy.logs[0]?.vkey.text, LOG);
  assert.equal(policy.logs[0]?.url, "https://log.example/");
  assert.deepEqual([...policy.witnesses.keys()], ["X1", "X2", "Y1"]);
  assert.equal(policy.witnesses.get("X2")?.url, "https://w2.example");
  assert.equal(policy.witnesses.get("X1")?.url, undefined);
  assert.deepEqual(policy.groups.get("X"), { threshold: 1, members: ["X1", "X2"] });
  assert.deepEqual(policy.groups.get("all-of-them"), { threshold: 2, members: ["X", "Y1"] });
  assert.equal(policy.quorum, "all-of-them");
});

test("parsePolicy: a witness alone, any, and none are quorums", () => {
  assert.equal(parsePolicy(`witness a ${W[0]}\nquorum a\n`, sha256).quorum, "a");
  assert.equal(parsePolicy("quorum none\n", sha256).quorum, "none");
  assert.equal(
    parsePolicy(`witness a ${W[0]}\ngroup g any a\nquorum g\n`, sha256).groups.get("g")?.threshold,
    1,
  );
});

const witness = `witness a ${W[0]}\n`;
for (const [claim, text, code] of [
  ["no quorum line is refused", witness, "malformed"],
  ["two quorum lines are refused", "quorum none\nquorum none\n", "malformed"],
  ["a quorum with two names is refused", `${witness}quorum a a\n`, "malformed"],
  ["a quorum before its definition is refused", `quorum a\n${witness}`, "malformed"],
  ["a quorum that nobody defined is refused", `${witness}quorum b\n`, "malformed"],
  ["a group before its members is refused", `group g all a\n${witness}quorum g\n`, "malformed"],
  ["a group without members is refused", `${witness}group g all\nquorum a\n`, "malformed"],
  ["none as a member is refused", `${witness}group g any a none\nquorum g\n`, "malformed"],
  ["a member of two groups is refused", `${witness}group g any a\ngroup h any a\nquorum g\n`, "malformed"],
  ["a member twice in a group is refused", `${witness}group g any a a\nquorum g\n`, "malformed"],
  ["a threshold of 0 is refused", `${witness}group g 0 a\nquorum g\n`, "malformed"],
  ["a threshold above the members is refused", `${witness}group g 2 a\nquorum g\n`, "malformed"],
  ["a threshold with a leading zero is refused", `${witness}group g 01 a\nquorum g\n`, "not-canonical"],
  ["a name used twice is refused", `${witness}witness a ${W[1]}\nquorum a\n`, "duplicate-key"],
  ["a group with a witness's name is refused", `${witness}group a any a\nquorum a\n`, "duplicate-key"],
  ["none as a name is refused", `witness none ${W[0]}\nquorum none\n`, "duplicate-key"],
  ["a witness key twice is refused", `${witness}witness b ${W[0]}\nquorum a\n`, "duplicate-key"],
  [
    "a witness key under another key name is refused",
    `${witness}witness b ${createVkey("other.example", 4, new Uint8Array(32).fill(1), sha256).text}\nquorum a\n`,
    "duplicate-key",
  ],
  ["a log key twice is refused", `log ${LOG}\nlog ${LOG}\nquorum none\n`, "duplicate-key"],
  ["a witness with a log's key type is refused", `witness a ${LOG}\nquorum a\n`, "unsupported"],
  ["an unknown keyword is refused", `${witness}quorums a\nquorum a\n`, "malformed"],
  ["a log line without a key is refused", "log\nquorum none\n", "malformed"],
  ["a fourth word after a witness is refused", `witness a ${W[0]} u v\nquorum a\n`, "malformed"],
  ["a last line without its newline is refused", `quorum none\nlog ${LOG}`, "malformed"],
  ["a carriage return is refused", "quorum none\r\n", "malformed"],
  ["a DEL is refused", "# \u007f\nquorum none\n", "malformed"],
  ["a text above the limit is refused", `#${"x".repeat(POLICY_BYTES_MAX)}\nquorum none\n`, "too-large"],
] as const) {
  test(`parsePolicy: ${claim}`, () => {
    assert.throws(() => parsePolicy(text, sha256), { code });
  });
}

test("parsePolicy: 257 groups are refused", () => {
  const groups = Array.from({ length: 257 }, (_, i) => `group g${i} any ${i === 0 ? "a" : `g${i - 1}`}\n`);
  assert.throws(() => parsePolicy(`${witness}${groups.join("")}quorum a\n`, sha256), { code: "too-many" });
});
