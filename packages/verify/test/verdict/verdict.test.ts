// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { evidenceWords, showCoverage, showVerdict, type Verdict } from "../../src/verdict/verdict.ts";

const verdict: Verdict = {
  filename: "sampleproject-4.0.0.tar.gz",
  logged: { origin: "example.com/index", index: 7, head: "audited" },
  attested: {
    identity: {
      provider: "github",
      issuer: "https://token.actions.githubusercontent.com",
      owner: "example",
      ownerId: "6571234",
      project: "example/sampleproject",
      projectId: "12345678",
      workflow: ".github/workflows/release.yml",
      calledWorkflow: null,
      environment: "release",
      subject: null,
    },
    signedAt: 1_790_000_000,
    logIndex: 3,
  },
  locked: "first-use",
  yanked: false,
};

test("showVerdict: says each kind of evidence in words", () => {
  const lines = showVerdict(verdict);
  assert.deepEqual(lines, [
    "logged at index 7 of example.com/index, audited: the index kept its rules",
    'attested by "example/sampleproject" (repository id 12345678, owner id 6571234), workflow .github/workflows/release.yml, environment release of https://token.actions.githubusercontent.com',
    "locked now, on first use",
  ]);
});

test("showVerdict: says what is not there, and that a file is yanked", () => {
  const lines = showVerdict({ ...verdict, logged: null, attested: null, locked: null, yanked: true });
  assert.deepEqual(lines, ["not logged", "not attested", "yanked by its owner or the index"]);
});

test("showVerdict: a head without cosigners is the index's word alone", () => {
  const [line] = showVerdict({ ...verdict, logged: { origin: "x", index: 1, head: "none" } });
  assert.match(line ?? "", /by the index's word alone/);
});

test("evidenceWords: one word for each kind that is there", () => {
  assert.deepEqual(evidenceWords(verdict), ["logged", "attested", "locked", "audited"]);
  assert.deepEqual(
    evidenceWords({
      ...verdict,
      attested: null,
      locked: null,
      logged: { origin: "x", index: 1, head: "witnessed" },
    }),
    ["logged"],
  );
  assert.deepEqual(
    evidenceWords({ ...verdict, logged: null, attested: null, locked: "older-than-attested" }),
    [],
  );
});

test("showCoverage: one line for all that was installed", () => {
  assert.equal(showCoverage({ installed: 6, verified: 6, others: new Map() }), "6 installed: 6 verified");
  const others = new Map([
    ["from git", 2],
    ["editable", 1],
  ]);
  assert.equal(
    showCoverage({ installed: 41, verified: 38, others }),
    "41 installed: 38 verified, 2 from git, 1 editable",
  );
});
