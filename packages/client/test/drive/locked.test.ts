// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { reconcileLock } from "../../src/drive/locked.ts";
import { createJournal } from "../../src/proxy/journal.ts";

const SHA256 = "ab".repeat(32);
const entry = (name: string, source: string, hash = SHA256) =>
  `[[package]]\nname = "${name}"\nversion = "1.0"\nsource = { ${source} }\n` +
  `wheels = [{ url = "https://index.example/${name}-1.0-py3-none-any.whl", hash = "sha256:${hash}" }]\n`;
const registry = 'registry = "https://index.example/simple/"';

test("reconcileLock: every file of a locked package is compared with the verified page", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "countermark-test-"));
  context.after(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "uv.lock");
  const listing = new Map([["a-1.0-py3-none-any.whl", SHA256]]);
  const journal = { ...createJournal(), listed: (name: string) => (name === "a" ? listing : null) };
  const reconcile = async (...entries: readonly string[]) => {
    await writeFile(path, `version = 1\n${entries.join("\n")}`);
    const found = await reconcileLock(path, journal, {});
    return [found?.coverage.verified, ...(found?.coverage.others ?? []), found?.unaccounted.length];
  };
  const own = '[[package]]\nname = "own"\nversion = "1"\nsource = { virtual = "." }\n';
  assert.deepEqual(await reconcile(own, entry("a", registry)), [1, 0]);
  assert.deepEqual(await reconcile(entry("a", registry, "cd".repeat(32))), [0, ["not accounted for", 1], 1]);
  assert.deepEqual(await reconcile(entry("b", registry)), [0, ["not accounted for", 1], 1]);
  assert.deepEqual(await reconcile(entry("a", 'git = "https://git.example/a"')), [0, ["from git", 1], 0]);
  assert.equal(await reconcileLock(join(folder, "none.lock"), journal, {}), null);
});
