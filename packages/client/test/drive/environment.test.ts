// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readEnvironment, readInstalled } from "../../src/drive/environment.ts";

const root = await mkdtemp(join(tmpdir(), "countermark-test-"));

async function install(folder: string, name: string, direct?: object): Promise<void> {
  const info = join(folder, `${name}-1.0.dist-info`);
  await mkdir(info, { recursive: true });
  await writeFile(join(info, "METADATA"), `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n\nText\n`);
  await writeFile(join(info, "RECORD"), "");
  if (direct !== undefined) await writeFile(join(info, "direct_url.json"), JSON.stringify(direct));
}

test("readInstalled: what is new since before, with the way it came", async () => {
  const folder = join(root, "site");
  await install(folder, "old");
  const before = await readEnvironment([folder]);
  await install(folder, "indexed");
  await install(folder, "cloned", {
    url: "https://github.com/x/y",
    vcs_info: { vcs: "git", commit_id: "ab" },
  });
  await install(folder, "odd", { url: 1 });
  const items = await readInstalled(before, await readEnvironment([folder]));
  const ways = Object.fromEntries(items.map((item) => [item.name, [item.way, item.url]]));
  assert.deepEqual(ways, {
    indexed: ["from the index", null],
    cloned: ["from git", "https://github.com/x/y"],
    odd: ["from an unknown place", ""],
  });
});
