// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { nameSettings } from "../../src/drive/settings-files.ts";

test("nameSettings: a source is named by file and line, without its value; nothing else is", async (context) => {
  const dir = await mkdtemp(join(tmpdir(), "countermark-test-"));
  context.after(() => rm(dir, { recursive: true, force: true }));
  await mkdir(join(dir, ".config", "pip"), { recursive: true });
  await writeFile(
    join(dir, ".config", "pip", "pip.conf"),
    "[global]\ntimeout = 1\nindex-url = https://u:secret@e.test\n",
  );
  await writeFile(join(dir, "uv.toml"), '[pip]\nfind-links = ["x"]\n[[index]]\n');
  const env = {
    HOME: dir,
    PIP_INDEX_URL: "x",
    PIP_TARGET: "x",
    UV_INDEX: "x",
    UV_PYTHON: "3",
    XDG_CONFIG_DIRS: dir,
  };
  assert.deepEqual(await nameSettings("pip", env, dir), [
    `switched off: index-url in ${join(dir, ".config/pip/pip.conf")}:3`,
    "switched off: PIP_INDEX_URL in the environment",
  ]);
  await mkdir(join(dir, "below"));
  assert.deepEqual(await nameSettings("uv", env, join(dir, "below")), [
    `switched off: find-links in ${join(dir, "uv.toml")}:2`,
    `switched off: index in ${join(dir, "uv.toml")}:3`,
    "switched off: UV_INDEX in the environment",
  ]);
});
