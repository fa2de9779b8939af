// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import type { LockedProject } from "@countermark/formats";
import type { CiIdentity } from "../../src/identity/identify.ts";
import { publisherRecordFor } from "../../src/identity/same-identity.ts";
import { decideLock, type SeenFile } from "../../src/lock/decide.ts";

const identity: CiIdentity = {
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
  ref: "refs/tags/v4",
  commit: "ab".repeat(20),
  runId: "1",
  trigger: "push",
  runnerEnvironment: "github-hosted",
};
const pin = publisherRecordFor(identity);
const seen: SeenFile = {
  filename: "sampleproject-4.0.0.tar.gz",
  sha256: "ab".repeat(32),
  index: "example.com/index",
  identity,
  beforeFirstAttested: false,
  recovered: null,
};
const locked: LockedProject = {
  index: "example.com/index",
  identity: pin,
  files: new Map([["sampleproject-3.0.0.tar.gz", "cd".repeat(32)]]),
};
const unattested: LockedProject = { ...locked, identity: null };

test("decideLock: the first file of a project is pinned to its identity", () => {
  assert.deepEqual(decideLock(null, seen), { kind: "first-use", pin });
});

test("decideLock: the first file of an unattested project is pinned to having none", () => {
  assert.deepEqual(decideLock(null, { ...seen, identity: null }), { kind: "first-use", pin: null });
});

test("decideLock: a new file of the locked identity is accepted", () => {
  assert.deepEqual(decideLock(locked, seen), { kind: "same-identity", pin });
});

test("decideLock: another run and commit of the locked identity is the same identity", () => {
  const run = { ...identity, runId: "2", commit: "cd".repeat(20), ref: "refs/tags/v5" };
  assert.equal(decideLock(locked, { ...seen, identity: run }).kind, "same-identity");
});

test("decideLock: a file accepted byte for byte is accepted whoever is pinned by now", () => {
  const files = new Map([[seen.filename, seen.sha256]]);
  const other = { ...identity, projectId: "999" };
  assert.deepEqual(decideLock({ ...locked, files }, { ...seen, identity: other }), {
    kind: "same-file",
    pin,
  });
});

test("decideLock: other bytes under a locked filename are a change", () => {
  const files = new Map([[seen.filename, "ef".repeat(32)]]);
  assert.deepEqual(decideLock({ ...locked, files }, seen), {
    kind: "file-changed",
    locked: "ef".repeat(32),
    pin,
  });
});

test("decideLock: another index is a change, even for a file accepted before", () => {
  const files = new Map([[seen.filename, seen.sha256]]);
  const decision = decideLock({ ...locked, files }, { ...seen, index: "evil.example/index" });
  assert.deepEqual(decision, { kind: "index-changed", locked: "example.com/index", pin });
});

test("decideLock: an unattested project that stays so is accepted", () => {
  assert.equal(decideLock(unattested, { ...seen, identity: null }).kind, "still-unattested");
});

test("decideLock: an unattested project that gets an identity is pinned to it", () => {
  assert.deepEqual(decideLock(unattested, seen), { kind: "newly-attested", pin });
});

test("decideLock: a locked project's file without attestation is a loss", () => {
  assert.equal(decideLock(locked, { ...seen, identity: null }).kind, "attestation-lost");
});

test("decideLock: a file recorded before the first attested one has nothing to lose", () => {
  const old = { ...seen, identity: null, beforeFirstAttested: true };
  assert.deepEqual(decideLock(locked, old), { kind: "older-than-attested", pin });
});

for (const [claim, change, severity] of [
  ["another workflow", { workflow: ".github/workflows/other.yml" }, "workflow-changed"],
  ["another environment", { environment: "test" }, "workflow-changed"],
  ["no environment", { environment: null }, "workflow-changed"],
  ["a called workflow", { calledWorkflow: "x/y/.github/workflows/p.yml" }, "workflow-changed"],
  ["another name under the same ids", { project: "example/renamed" }, "renamed"],
  [
    "another owner of the same repository",
    { owner: "other", ownerId: "1", project: "other/sampleproject" },
    "transferred",
  ],
  ["another repository id under the same name", { projectId: "999" }, "different"],
  ["another issuer", { issuer: "https://evil.example" }, "different"],
  ["another provider", { provider: "gitlab" }, "different"],
] as const) {
  test(`decideLock: ${claim} is a change of identity, ${severity}`, () => {
    const decision = decideLock(locked, { ...seen, identity: { ...identity, ...change } });
    assert.equal(decision.kind, "identity-changed");
    assert.equal(decision.kind === "identity-changed" && decision.severity, severity);
  });
}

test("decideLock: names that differ in letter case only are a change", () => {
  const decision = decideLock(locked, {
    ...seen,
    identity: { ...identity, project: "Example/sampleproject" },
  });
  assert.equal(decision.kind, "identity-changed");
});
