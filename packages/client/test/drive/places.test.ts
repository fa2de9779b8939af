// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { findPlace } from "../../src/drive/places.ts";

const root = await realpath(await mkdtemp(join(tmpdir(), "countermark-test-")));
after(() => rm(root, { recursive: true, force: true }));

async function environment(...path: readonly string[]): Promise<string> {
  const below = join(root, ...path, "lib", "python3.12", "site-packages");
  await mkdir(below, { recursive: true });
  await writeFile(join(root, ...path, "pyvenv.cfg"), "");
  return below;
}
const active = await environment("active");
const workspace = await environment("workspace", ".venv");
const cached = await environment("cache", "environments-v2", "tool-12");
await mkdir(join(root, "workspace", "member"));
for (const folder of ["workspace", "workspace/member"])
  await writeFile(join(root, folder, "pyproject.toml"), "");
await writeFile(join(root, "workspace", "uv.lock"), "");

const find = (words: string, env: Readonly<Record<string, string>> = {}, folder = root) =>
  findPlace(words.split(" "), { env, folder, uvCache: join(root, "cache") });
const environments = (...folders: readonly string[]) => ({ kind: "environments", folders });
const VENV = { VIRTUAL_ENV: join(root, "active") };
const member = join(root, "workspace", "member");

for (const [words, env, folder, place] of [
  ["uv pip install --target there x", {}, root, environments(join(root, "there"))],
  [
    "uv --directory workspace pip install --target=there x",
    {},
    root,
    environments(join(root, "workspace/there")),
  ],
  ["uv pip install --prefix active x", {}, root, environments(active)],
  ["uv pip install x", VENV, root, environments(active)],
  ["uv pip install x", {}, member, environments(workspace)],
  ["uv pip install -p active x", {}, root, environments(active)],
  ["uv sync", {}, member, environments(workspace)],
  ["uv --project workspace/member add x", {}, root, environments(workspace)],
  ["uv sync --active", VENV, member, environments(active, workspace)],
  ["uv run script", { UV_PROJECT_ENVIRONMENT: join(root, "active") }, member, environments(active)],
  ["uv run --with x script", {}, member, environments(cached)],
  ["uv run script.py", {}, member, environments(cached)],
  ["uvx x", {}, root, environments(cached)],
  ["uvx --no-cache x", {}, root, { kind: "unknown" }],
  ["uv lock", {}, member, { kind: "lock", path: join(root, "workspace/uv.lock") }],
  ["uv pip compile a.in -o a.txt", {}, root, { kind: "lock", path: join(root, "a.txt") }],
  ["uv lock --script x.py", {}, root, { kind: "lock", path: join(root, "x.py.lock") }],
  ["pip download -d there x", {}, root, { kind: "archives", folder: join(root, "there") }],
  ["python3 -m pip wheel x", {}, root, { kind: "archives", folder: root }],
  ["pip install --prefix=active x", {}, root, environments(active)],
  ["pip install x", VENV, root, environments(active)],
  ["make install", {}, root, { kind: "unknown" }],
  ["make install", VENV, root, environments(active)],
  ["uv tool dir", {}, root, { kind: "unknown" }],
] as const) {
  test(`findPlace: ${words} ${JSON.stringify(env).replaceAll(root, "")} in ${folder.replace(root, "/")}`, async () => {
    assert.deepEqual(await find(words, env, folder), place);
  });
}

test("findPlace: a pip script is for the interpreter of its first line", async () => {
  await mkdir(join(root, "bin"));
  await writeFile(join(root, "bin", "python3"), `#!/bin/sh\necho ${active}\n`, { mode: 0o755 });
  await writeFile(join(root, "bin", "pip"), `#!${join(root, "bin", "python3")}\nimport pip\n`);
  assert.deepEqual(await find("pip install x", { PATH: join(root, "bin") }), environments(active));
});
