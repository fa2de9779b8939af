// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { crossCheck, identityFromIdToken } from "@countermark/verify";
import { believe, GITHUB, GITHUB_CLAIMS } from "./tokens.ts";

const token = identityFromIdToken(GITHUB, await believe(GITHUB_CLAIMS));

test("crossCheck: the same run of the same identity is accepted, for either predicate", () => {
  assert.deepEqual(crossCheck(token, { ...token }, "publish"), token);
  assert.deepEqual(crossCheck(token, { ...token }, "provenance"), token);
});

for (const [claim, changed, code] of [
  ["another issuer", { issuer: "https://ghe.example/_services/token" }, "cross-check-identity"],
  ["another repository id", { projectId: "1" }, "cross-check-identity"],
  ["another owner id", { ownerId: "1" }, "cross-check-identity"],
  ["another workflow", { workflow: ".github/workflows/test.yml" }, "cross-check-identity"],
  ["another called workflow", { calledWorkflow: "a/b/.github/workflows/c.yml" }, "cross-check-identity"],
  ["another environment", { environment: "staging" }, "cross-check-identity"],
  ["no environment", { environment: null }, "cross-check-identity"],
  ["another run", { runId: "900002" }, "cross-check-run"],
  ["no run", { runId: null }, "cross-check-run"],
  ["another commit", { commit: "b".repeat(40) }, "cross-check-run"],
  ["another ref", { ref: "refs/heads/x" }, "cross-check-run"],
] as const) {
  test(`crossCheck: a publish attestation of ${claim} is refused`, () => {
    assert.throws(() => crossCheck(token, { ...token, ...changed }, "publish"), {
      name: "RefusedError",
      code,
    });
  });
}

test("crossCheck: provenance may come from another run or called workflow, of the same project and commit", () => {
  const built = {
    ...token,
    runId: "1",
    workflow: ".github/workflows/build.yml",
    calledWorkflow: "a/b/.github/workflows/c.yml",
    environment: null,
  };
  assert.deepEqual(crossCheck(token, built, "provenance"), built);
  for (const [changed, code] of [
    [{ projectId: "1" }, "cross-check-identity"],
    [{ ownerId: "1" }, "cross-check-identity"],
    [{ issuer: "https://x.test" }, "cross-check-identity"],
    [{ commit: "b".repeat(40) }, "cross-check-run"],
  ] as const) {
    assert.throws(() => crossCheck(token, { ...built, ...changed }, "provenance"), { code });
  }
});
