// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { refuseUvSources } from "../../src/drive/uv-config.ts";

async function folder(context: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "countermark-uv-"));
  context.after(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

test("refuseUvSources: an index in a pyproject.toml above is refused by file and line", async (context) => {
  const dir = await folder(context);
  await mkdir(join(dir, "inside"));
  await refuseUvSources(join(dir, "inside"));
  await writeFile(
    join(dir, "pyproject.toml"),
    '[project]\nname = "x"\n\n[[tool.uv.index]]\nurl = "https://elsewhere.test"\n',
  );
  await assert.rejects(refuseUvSources(join(dir, "inside")), {
    code: "bypass-refused",
    message: /pyproject\.toml:4/,
  });
});

test("refuseUvSources: a pyproject.toml that cannot be read is not an absent one", async (context) => {
  const dir = await folder(context);
  await mkdir(join(dir, "pyproject.toml"));
  await assert.rejects(refuseUvSources(dir), { code: "bypass-refused", message: /cannot be read/ });
});
