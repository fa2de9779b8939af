// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  encodeCanonicalJson,
  encodeDetail,
  encodePublisher,
  parseFileDetail,
  parseIdentityLock,
  parsePublisher,
} from "@countermark/formats";

const none = { calledWorkflow: null, environment: null, ownerId: null, project: null, projectId: null };
const record = { ...none, issuer: "https://ci.example", owner: "octo", provider: "github", subject: null };
const json = { ...record, v: 1, workflow: null };
/** Each member is within its own limit, the record is not. */
const tooLarge = { ...json, issuer: "x".repeat(1_500), owner: "y".repeat(1_500) };

test("parsePublisher: a record above 2,048 bytes is refused alone, in a detail and in a lock", () => {
  const detail = encodeDetail(new Uint8Array(32), {
    filename: "a-1.tar.gz",
    kind: "sdist",
    name: "a",
    publishers: [{ record: tooLarge, salt: "00".repeat(32) }],
    requiresPython: null,
    uploader: null,
    version: "1",
  });
  const project = { files: {}, identity: tooLarge, index: "example.com" };
  const lock = encodeCanonicalJson({ projects: { a: project }, version: 1 });
  assert.throws(() => parsePublisher(encodeCanonicalJson(tooLarge)), { code: "too-large" });
  assert.throws(() => parseFileDetail(detail), { code: "too-large" });
  assert.throws(() => parseIdentityLock(lock), { code: "too-large" });
});

test("encodePublisher: a record above 2,048 bytes is the caller's mistake", () => {
  assert.throws(() => encodePublisher({ ...record, workflow: "w".repeat(2_048) }), TypeError);
});
