// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { readUvCommand } from "../../src/drive/uv-command.ts";
import { findUvSources } from "../../src/drive/uv-config.ts";

const refuse = (dir: string) => findUvSources(readUvCommand("uv", ["sync"], dir));

async function folder(context: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "countermark-uv-"));
  context.after(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

test("findUvSources: an index in a pyproject.toml above is refused by file and line", async (context) => {
  const dir = await folder(context);
  await mkdir(join(dir, "inside"));
  await refuse(join(dir, "inside"));
  await writeFile(
    join(dir, "pyproject.toml"),
    '[project]\nname = "x"\n\n[[tool.uv.index]]\nurl = "https://elsewhere.test"\n',
  );
  await assert.rejects(refuse(join(dir, "inside")), {
    code: "bypass-refused",
    message: /pyproject\.toml:4/,
  });
});

test("findUvSources: a pyproject.toml that cannot be read is not an absent one", async (context) => {
  const dir = await folder(context);
  await mkdir(join(dir, "pyproject.toml"));
  await assert.rejects(refuse(dir), { code: "bypass-refused", message: /cannot be read/ });
});

for (const text of [
  '[tool.uv]\nindex = [{ url = "https://elsewhere.test" }]\n',
  '[tool.uv]\n"index" = []\n',
  "[tool]\nuv.index = []\n",
  "tool.uv.index = []\n",
  "['tool'.\"uv\".pip]\nextra-index-url = []\n",
  '[tool]\nuv = { find-links = ["x"] }\n',
  "tool = { uv = { index = [] } }\n",
  "[[ tool . uv . index ]]\n",
]) {
  test(`findUvSources: ${JSON.stringify(text)} is refused`, async (context) => {
    const dir = await folder(context);
    await writeFile(join(dir, "pyproject.toml"), text);
    await assert.rejects(refuse(dir), { code: "bypass-refused" });
  });
}

test("findUvSources: sources that are no index are returned by file and line, without secrets", async (context) => {
  const dir = await folder(context);
  await writeFile(
    join(dir, "pyproject.toml"),
    '[tool.uv]\ndev-dependencies = []\n[tool.uv.sources]\na = { git = "https://u:p@e.test/a" }\n[tool.other]\nindex = 1\nb = { git = "x" }\n',
  );
  const found = await refuse(dir);
  assert.equal(found.length, 1);
  assert.match(found[0] ?? "", /pyproject\.toml:4 \(a = \{ git = "https:\/\/e\.test\/a" \}\)$/);
});

test("findUvSources: an index in a script's inline metadata is refused on its line", async (context) => {
  const dir = await folder(context);
  await writeFile(
    join(dir, "x.py"),
    "#!/usr/bin/env python\n# /// script\n# [[tool.uv.index]]\n# ///\nindex = 1\n",
  );
  await assert.rejects(findUvSources(readUvCommand("uv", ["run", "x.py"], dir)), { message: /x\.py:3/ });
});

test("findUvSources: --project and --directory say whose pyproject.toml is read", async (context) => {
  const dir = await folder(context);
  await mkdir(join(dir, "p"));
  await writeFile(join(dir, "p", "pyproject.toml"), "[[tool.uv.index]]\n");
  await refuse(dir);
  for (const option of ["--project", "--directory"]) {
    await assert.rejects(findUvSources(readUvCommand("uv", [option, "p", "sync"], dir)), {
      code: "bypass-refused",
    });
  }
});
