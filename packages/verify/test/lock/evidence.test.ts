// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConfigRecord, FileRecord, ProjectHeader } from "@countermark/formats";
import { requireNothingWithheld, requirePromiseKept } from "../../src/lock/evidence.ts";

const A = "aa".repeat(32);
const B = "bb".repeat(32);

const record: FileRecord = {
  kind: "file",
  state: "published",
  prior: "none",
  how: "uploaded",
  uploader: "publisher",
  reason: "none",
  observedOtherDigest: false,
  sha256: A,
  size: 1,
  metadata: null,
  release: A,
  firstDetail: null,
  lastDetail: null,
  publisher: null,
  firstEntry: 10,
  lastEntry: 10,
  time: 0,
  serial: 0,
  attestations: [
    { predicate: "publish", digest: A, publisher: A, entry: 10 },
    { predicate: "slsa", digest: B, publisher: A, entry: 10 },
  ],
};
const header: ProjectHeader = {
  status: "active",
  how: "created",
  firstEntry: 1,
  lastEntry: 10,
  rules: 1,
  firstFile: 2,
  serial: 1,
  current: A,
  currentSince: 5,
  base: A,
  baseSince: 5,
  pending: null,
  asked: null,
  way: "none",
  frozen: null,
  recovered: null,
  attested: 2,
};
const current: ConfigRecord = {
  policy: { uploads: "publisher", attestations: "required", release: "direct", closeDays: null },
  publishers: [A],
  principals: [],
};

test("requireNothingWithheld: every listed attestation was served", () => {
  requireNothingWithheld("f", record, new Set([A, B, "cc".repeat(32)]));
});

for (const [claim, served] of [
  ["one of two missing is refused", new Set([A])],
  ["none served is refused", new Set<string>()],
  ["another in its place is refused", new Set([A, "cc".repeat(32)])],
] as const) {
  test(`requireNothingWithheld: ${claim}`, () => {
    assert.throws(() => requireNothingWithheld("f", record, served), { code: "attestation-withheld" });
  });
}

test("requirePromiseKept: a publish attestation keeps it", () => {
  requirePromiseKept("f", record, { header, current });
});

test("requirePromiseKept: another kind of attestation alone breaks it", () => {
  const slsa = { ...record, attestations: record.attestations.slice(1) };
  assert.throws(() => requirePromiseKept("f", slsa, { header, current }), { code: "promise-broken" });
});

test("requirePromiseKept: files from before the policy in force are not held to it", () => {
  requirePromiseKept("f", { ...record, attestations: [], firstEntry: 4 }, { header, current });
});

test("requirePromiseKept: without the promise nothing is asked", () => {
  const optional = { ...current, policy: { ...current.policy, attestations: "optional" as const } };
  requirePromiseKept("f", { ...record, attestations: [] }, { header, current: optional });
});
