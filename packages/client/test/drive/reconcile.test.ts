// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type DeliveredFile, type InstalledItem, reconcile } from "../../src/drive/reconcile.ts";

const PROXY = "http://127.0.0.1:1/secret/";
const SHA256 = "ab".repeat(32);

const delivered: DeliveredFile = {
  project: "sample-project",
  version: "1.0",
  filename: "sample_project-1.0-py3-none-any.whl",
  sha256: SHA256,
  record: null,
};
const item: InstalledItem = {
  name: "Sample_Project",
  version: "1.0",
  url: `${PROXY}files/sample-project/sample_project-1.0-py3-none-any.whl`,
  sha256: SHA256,
  way: "from a URL",
  info: null,
};

test("reconcile: what came from the proxy with the delivered digest is verified", async () => {
  const { coverage, unaccounted, delivered: rest } = await reconcile([item], [delivered], PROXY);
  assert.deepEqual(coverage, { installed: 1, verified: 1, others: new Map() });
  assert.deepEqual([unaccounted, rest], [[], []]);
});

for (const [claim, changes] of [
  ["with another digest", { sha256: "cd".repeat(32) }],
  ["of another version", { version: "1.1" }],
  ["of another name", { name: "other" }],
  ["under another filename", { url: `${PROXY}files/sample-project/other.whl` }],
  ["of no version", { version: "not a version" }],
] as const) {
  test(`reconcile: something ${claim} is not accounted for`, async () => {
    const { coverage, unaccounted } = await reconcile([{ ...item, ...changes }], [delivered], PROXY);
    assert.equal(coverage.verified, 0);
    assert.equal(unaccounted.length, 1);
    assert.deepEqual(coverage.others, new Map([["not accounted for", 1]]));
  });
}

test("reconcile: what came another way is counted by its way and is no fault", async () => {
  const git = { ...item, url: "https://github.com/x/y", way: "from git" };
  const editable = { ...item, url: "file:///src", way: "editable" };
  const { coverage, unaccounted } = await reconcile([item, git, git, editable], [delivered], PROXY);
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

test("reconcile: verified files that are not installed are named", async () => {
  assert.deepEqual((await reconcile([], [delivered], PROXY)).delivered, [delivered]);
});

test("reconcile: what pip found by name elsewhere is not accounted for, whatever else is installed", async () => {
  const other = { ...item, url: "http://127.0.0.1:2/x.whl", way: "from another index" };
  const { coverage, unaccounted } = await reconcile([item, other], [delivered], PROXY);
  assert.deepEqual(coverage.others, new Map([["from another index", 1]]));
  assert.deepEqual(unaccounted, [
    { name: item.name, version: item.version, why: "came from an index beside the verifying proxy" },
  ]);
});

test("reconcile: what was built from a delivered source is called that", async () => {
  const sdist = { ...delivered, filename: "sample_project-1.0.tar.gz" };
  const built = { ...item, url: `${PROXY}files/sample-project/sample_project-1.0.tar.gz` };
  const { coverage } = await reconcile([built], [sdist], PROXY);
  assert.deepEqual(
    [coverage.verified, [...coverage.others]],
    [0, [["built here from a verified source", 1]]],
  );
});

const root = await mkdtemp(join(tmpdir(), "countermark-test-"));
after(() => rm(root, { recursive: true, force: true }));
const digest = (text: string) => createHash("sha256").update(text).digest("hex");

/** An environment with the module `a.py`, and the item that is read of it. */
async function installed(text: string, record = "a.py,,\n"): Promise<InstalledItem> {
  const site = await mkdtemp(join(root, "site-"));
  const info = join(site, "a-1.0.dist-info");
  await mkdir(info);
  await writeFile(join(site, "a.py"), text);
  await writeFile(join(info, "RECORD"), record);
  return { name: "a", version: "1.0", url: null, sha256: null, way: "from the index", info };
}
const wheel = (record: ReadonlyMap<string, string | null> | null): DeliveredFile => ({
  project: "a",
  version: "1.0",
  filename: "a-1.0-py3-none-any.whl",
  sha256: SHA256,
  record,
});

test("reconcile: what is on disk is compared with the RECORD of the verified wheel", async () => {
  const file = wheel(new Map([["a.py", digest("x")]]));
  const { coverage } = await reconcile([await installed("x")], [file], PROXY);
  assert.equal(coverage.verified, 1);
  const { coverage: other, unaccounted } = await reconcile([await installed("y")], [file], PROXY);
  assert.deepEqual([other.verified, [...other.others]], [0, [["not accounted for", 1]]]);
  assert.equal(unaccounted[0]?.why, "is not as it was verified: a.py is not the verified file's");
});

test("reconcile: a wheel whose RECORD cannot be read is compared by name alone, and that is said", async () => {
  const { coverage } = await reconcile([await installed("x")], [wheel(null)], PROXY);
  assert.deepEqual([coverage.verified, [...coverage.others]], [0, [["compared by name alone", 1]]]);
});
