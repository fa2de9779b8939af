// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import type { IdentityLock, PublisherRecord } from "@countermark/formats";
import type { LockDecision, SeenFile } from "../../src/lock/decide.ts";
import { lockFile, requireAccepted } from "../../src/lock/lock-change.ts";

const pin: PublisherRecord = {
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
};
const seen: SeenFile = {
  filename: "sampleproject-4.0.0.tar.gz",
  sha256: "ab".repeat(32),
  index: "example.com/index",
  identity: null,
  beforeFirstAttested: false,
  recovered: null,
};

for (const decision of [
  { kind: "first-use", pin },
  { kind: "same-file", pin },
  { kind: "same-identity", pin },
  { kind: "still-unattested", pin: null },
  { kind: "newly-attested", pin },
  { kind: "older-than-attested", pin },
] satisfies LockDecision[]) {
  test(`requireAccepted: ${decision.kind} needs nobody's consent`, () => {
    assert.equal(requireAccepted("sampleproject", seen, decision), decision);
  });
}

test("requireAccepted: a change of identity is refused with what was expected and what was seen", () => {
  const differences = [
    { field: "workflow", expected: ".github/workflows/release.yml", found: "evil.yml" },
  ] as const;
  const changed = { ...pin, workflow: "evil.yml" };
  const decision: LockDecision = {
    kind: "identity-changed",
    locked: pin,
    pin: changed,
    severity: "workflow-changed",
    differences,
  };
  assert.throws(() => requireAccepted("sampleproject", seen, decision), {
    code: "identity-changed",
    message: /expected sampleproject from .*release\.yml.*seen .*evil\.yml/,
  });
});

for (const [decision, code] of [
  [{ kind: "attestation-lost", locked: pin, pin: null }, "attestation-lost"],
  [{ kind: "file-changed", locked: "cd".repeat(32), pin }, "locked-file-changed"],
  [{ kind: "index-changed", locked: "other.example", pin }, "locked-index-changed"],
] as const) {
  test(`requireAccepted: ${decision.kind} is refused`, () => {
    assert.throws(() => requireAccepted("sampleproject", seen, decision), { code });
  });
}

const lock: IdentityLock = {
  projects: new Map([
    [
      "sampleproject",
      { index: "example.com/index", identity: null, files: new Map([["old.tar.gz", "cd".repeat(32)]]) },
    ],
  ]),
};

test("lockFile: adds the file and the pin, and changes no lock in place", () => {
  const after = lockFile(lock, "sampleproject", seen, { kind: "newly-attested", pin });
  const project = after.projects.get("sampleproject");
  assert.deepEqual(project?.identity, pin);
  assert.deepEqual([...(project?.files.keys() ?? [])], ["old.tar.gz", seen.filename]);
  assert.equal(lock.projects.get("sampleproject")?.files.size, 1);
});

test("lockFile: a file older than the first attested one does not change the pin", () => {
  const after = lockFile(lock, "sampleproject", seen, { kind: "older-than-attested", pin });
  assert.deepEqual(after.projects.get("sampleproject")?.identity, pin);
});

test("lockFile: files of another index are forgotten when the change of index is accepted", () => {
  const moved = { ...seen, index: "new.example/index" };
  const after = lockFile(lock, "sampleproject", moved, {
    kind: "index-changed",
    locked: "example.com/index",
    pin: null,
  });
  assert.deepEqual([...(after.projects.get("sampleproject")?.files.keys() ?? [])], [seen.filename]);
  assert.equal(after.projects.get("sampleproject")?.index, "new.example/index");
});
