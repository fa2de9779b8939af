// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type CiIdentity,
  identityFromIdToken,
  publisherRecordFor,
  samePublisher,
  showDifferences,
} from "@countermark/verify";
import { believe, GITHUB, GITHUB_CLAIMS } from "./tokens.ts";

const identity = identityFromIdToken(GITHUB, await believe(GITHUB_CLAIMS));
const record = publisherRecordFor(identity);
const fieldsOf = (changed: Partial<CiIdentity>): readonly string[] =>
  samePublisher(record, { ...identity, ...changed }).map(({ field }) => field);

test("samePublisher: an identity is the publisher it was registered as", () => {
  assert.deepEqual(samePublisher(record, identity), []);
});

for (const [claim, changed, fields] of [
  [
    "the same names under another repository id (deleted and made again)",
    { projectId: "4243" },
    ["projectId"],
  ],
  ["the same names under another owner id (name taken over)", { ownerId: "18" }, ["ownerId"]],
  ["the same path on another instance", { issuer: "https://ghe.example/_services/token" }, ["issuer"]],
  ["another provider", { provider: "gitlab" }, ["provider"]],
  ["the project's name in another case", { project: "octo-org/SampleProject" }, ["project"]],
  ["the owner's name in another case", { owner: "Octo-Org" }, ["owner"]],
  ["a renamed project with the same id", { project: "octo-org/renamed" }, ["project"]],
  ["another workflow", { workflow: ".github/workflows/test.yml" }, ["workflow"]],
  ["a workflow that begins alike", { workflow: ".github/workflows/release.yml2" }, ["workflow"]],
  [
    "a reusable workflow where none is registered",
    { calledWorkflow: "evil/x/.github/workflows/p.yml" },
    ["calledWorkflow"],
  ],
  ["another environment", { environment: "staging" }, ["environment"]],
  ["the environment in another case", { environment: "PyPI" }, ["environment"]],
  ["no environment where one is registered", { environment: null }, ["environment"]],
  ["a person's address where none is registered", { subject: "a@example.org" }, ["subject"]],
  ["an absent id where one is registered", { projectId: null, ownerId: null }, ["ownerId", "projectId"]],
] as const) {
  test(`samePublisher: ${claim} is a difference`, () => assert.deepEqual(fieldsOf(changed), fields));
}

test("samePublisher: run, commit and ref are not who it is", () => {
  assert.deepEqual(fieldsOf({ runId: "1", commit: "b", ref: "refs/tags/v1" }), []);
});

test("samePublisher: a record without an environment accepts any", () => {
  const any = { ...record, environment: null };
  assert.deepEqual(samePublisher(any, identity), []);
  assert.deepEqual(samePublisher(any, { ...identity, environment: null }), []);
});

test("samePublisher: a registered called workflow must be the one that ran", () => {
  const called = { ...record, calledWorkflow: "octo-org/actions/.github/workflows/publish.yml" };
  assert.deepEqual(
    samePublisher(called, identity).map(({ field }) => field),
    ["calledWorkflow"],
  );
  assert.deepEqual(samePublisher(called, { ...identity, calledWorkflow: called.calledWorkflow }), []);
});

test("showDifferences: says what was found and what was expected", () => {
  const differences = samePublisher(record, { ...identity, projectId: "1", environment: null });
  assert.equal(
    showDifferences(differences),
    'projectId is "1", expected "4242"; environment is none, expected "pypi"',
  );
});
