// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { type DeliveredFile, type InstalledItem, reconcile } from "../../src/drive/reconcile.ts";

const PROXY = "http://127.0.0.1:1/secret/";
const SHA256 = "ab".repeat(32);

const delivered: DeliveredFile = {
  project: "sample-project",
  version: "1.0",
  filename: "sample_project-1.0-py3-none-any.whl",
  sha256: SHA256,
};
const item: InstalledItem = {
  name: "Sample_Project",
  version: "1.0",
  url: `${PROXY}files/sample-project/sample_project-1.0-py3-none-any.whl`,
  sha256: SHA256,
  way: "from a URL",
};

test("reconcile: what came from the proxy with the delivered digest is verified", () => {
  const { coverage, unaccounted, delivered: rest } = reconcile([item], [delivered], PROXY);
  assert.deepEqual(coverage, { installed: 1, verified: 1, others: new Map() });
  assert.deepEqual([unaccounted, rest], [[], []]);
});

test("reconcile: what the environment has without a record of its origin is verified by name and version", () => {
  const { coverage } = reconcile([{ ...item, url: null, sha256: null }], [delivered], PROXY);
  assert.equal(coverage.verified, 1);
});

for (const [claim, changes] of [
  ["with another digest", { sha256: "cd".repeat(32) }],
  ["of another version", { version: "1.1" }],
  ["of another name", { name: "other" }],
  ["under another filename", { url: `${PROXY}files/sample-project/other.whl` }],
  ["of no version", { version: "not a version" }],
] as const) {
  test(`reconcile: something ${claim} is not accounted for`, () => {
    const { coverage, unaccounted } = reconcile([{ ...item, ...changes }], [delivered], PROXY);
    assert.equal(coverage.verified, 0);
    assert.equal(unaccounted.length, 1);
    assert.deepEqual(coverage.others, new Map([["not accounted for", 1]]));
  });
}

test("reconcile: what came another way is counted by its way and is no fault", () => {
  const git = { ...item, url: "https://github.com/x/y", way: "from git" };
  const editable = { ...item, url: "file:///src", way: "editable" };
  const { coverage, unaccounted } = reconcile([item, git, git, editable], [delivered], PROXY);
  assert.deepEqual(coverage, {
    installed: 4,
    verified: 1,
    others: new Map([
      ["from git", 2],
      ["editable", 1],
    ]),
  });
  assert.deepEqual(unaccounted, []);
});

test("reconcile: verified files that are not installed are named", () => {
  assert.deepEqual(reconcile([], [delivered], PROXY).delivered, [delivered]);
});
