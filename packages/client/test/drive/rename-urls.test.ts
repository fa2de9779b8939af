// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Names, renameInText, renameUrls } from "../../src/drive/rename-urls.ts";

const SECRET = "http://127.0.0.1:1/secret/";
const names: Names = {
  secretUrl: SECRET,
  index: "https://index.example",
  findUrl: (project, filename) =>
    filename === "a b-1.0.whl" ? `https://files.example/${project}/a%20b-1.0.whl` : null,
};

test("renameInText: the index's URLs in place of the proxy's", () => {
  const lock = `source = { registry = "${SECRET}simple/" }\nurl = "${SECRET}files/a-b/a%20b-1.0.whl", hash = ""\n`;
  assert.equal(
    renameInText(lock, names),
    'source = { registry = "https://index.example/simple/" }\nurl = "https://files.example/a-b/a%20b-1.0.whl", hash = ""\n',
  );
});

test("renameInText: a file that is not known leaves no secret behind either", () => {
  assert.equal(
    renameInText(`${SECRET}files/a/x.whl#sha256=00`, names),
    "https://index.example/files/a/x.whl#sha256=00",
  );
});

test("renameUrls: changes what the tool wrote and names it, and nothing else", async () => {
  const folder = await mkdtemp(join(tmpdir(), "countermark-test-"));
  await writeFile(join(folder, "uv.lock"), `registry = "${SECRET}simple/"`);
  await writeFile(join(folder, "pyproject.toml"), "[project]");
  await writeFile(join(folder, "out.txt"), `--index-url ${SECRET}simple/`);
  const changed = await renameUrls(folder, ["uv", "pip", "compile", "--output-file=out.txt"], names);
  assert.deepEqual(changed.toSorted(), [join(folder, "out.txt"), join(folder, "uv.lock")]);
  assert.equal(await readFile(join(folder, "uv.lock"), "utf8"), 'registry = "https://index.example/simple/"');
  assert.equal(await readFile(join(folder, "pyproject.toml"), "utf8"), "[project]");
});

test("renameUrls: an output named by its whole path, and the lock of the workspace above, are changed too", async () => {
  const root = await mkdtemp(join(tmpdir(), "countermark-test-"));
  const folder = join(root, "packages", "a");
  await mkdir(folder, { recursive: true });
  const paths = [join(root, "out.txt"), join(root, "uv.lock")];
  for (const path of paths) await writeFile(path, `${SECRET}simple/`);
  assert.deepEqual((await renameUrls(folder, ["uv", "-o", paths[0] ?? ""], names)).toSorted(), paths);
});
