// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readArchives, reconcileArchives } from "../../src/drive/archives.ts";
import type { DeliveredFile } from "../../src/drive/reconcile.ts";

const delivered = (filename: string, text: string): DeliveredFile => ({
  project: filename.split("-")[0] ?? "",
  version: "1.0",
  filename,
  sha256: createHash("sha256").update(text).digest("hex"),
  record: null,
});

test("reconcileArchives: what is new in the folder is compared by digest, built wheels by their source", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "countermark-test-"));
  context.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, "old-1.0-py3-none-any.whl"), "old");
  const before = await readArchives(folder);
  for (const [name, text] of [
    ["a-1.0-py3-none-any.whl", "a"],
    ["b-1.0-py3-none-any.whl", "built"],
    ["c-1.0-py3-none-any.whl", "swapped"],
    ["d-1.0.tar.gz", "from nowhere"],
  ] as const) {
    await writeFile(join(folder, name), text);
  }
  const files = [
    delivered("a-1.0-py3-none-any.whl", "a"),
    delivered("b-1.0.tar.gz", "b"),
    delivered("c-1.0-py3-none-any.whl", "c"),
    delivered("e-1.0-py3-none-any.whl", "e"),
  ];
  const found = await reconcileArchives(folder, before, files, () => null);
  assert.deepEqual([found.what, found.coverage.installed, found.coverage.verified], ["downloaded", 4, 1]);
  assert.deepEqual(
    found.coverage.others,
    new Map([
      ["built here from a verified source", 1],
      ["not accounted for", 2],
    ]),
  );
  assert.deepEqual(
    found.unaccounted.map(({ name }) => name),
    ["c", "d"],
  );
  assert.deepEqual(
    found.delivered.map(({ filename }) => filename),
    ["c-1.0-py3-none-any.whl", "e-1.0-py3-none-any.whl"],
  );
});

test("reconcileArchives: what lay there under the name of a file that was shown is compared with that", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "countermark-test-"));
  context.after(() => rm(folder, { recursive: true, force: true }));
  for (const name of ["a", "b", "c"]) await writeFile(join(folder, `${name}-1.0-py3-none-any.whl`), name);
  const before = await readArchives(folder);
  const digest = (text: string) => createHash("sha256").update(text).digest("hex");
  const pages = new Map([
    ["a", new Map([["a-1.0-py3-none-any.whl", digest("a")]])],
    ["b", new Map([["b-1.0-py3-none-any.whl", digest("other")]])],
  ]);
  const found = await reconcileArchives(folder, before, [], (project) => pages.get(project) ?? null);
  assert.deepEqual([found.coverage.installed, found.coverage.verified], [2, 1]);
  assert.deepEqual(
    found.unaccounted.map(({ name }) => name),
    ["b"],
  );
});
