// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { readLockFile } from "../../src/lockfile/read-lock-file.ts";

const FIXTURES = join(import.meta.dirname, "fixtures");
const INDEX = ["https://index.example/simple"];
/** Project -> version and digests of the sdist and the wheel, as the index had them. */
const EXPECTED: Readonly<Record<string, readonly [version: string, sdist: string, wheel: string]>> = {
  colorama: [
    "0.4.6",
    "08695f5cb7ed6e0531a20572697297273c47b8cae5a63ffc6d6ed5c201be6e44",
    "4f1d9991f5acc0ca119f9d443620b77f9d6b33703e51011c16baf57afb285fc6",
  ],
  peppercorn: [
    "0.6",
    "96d7681d7a04545cfbaf2c6fb66de67b29cfc42421aa263e4c78f2cbb85be4c6",
    "46125cad688a9cf3b08e463bcb797891ee73ece93602a8ea6f14e40d1042d454",
  ],
  sampleproject: [
    "4.0.0",
    "0ace7980f82c5815ede4cd7bf9f6693684cec2ae47b9b7ade9add533b8627c6b",
    "c23e447ea90d796d1e645c35c4b2de125040add12a845825546f91c93f391b6b",
  ],
  six: [
    "1.17.0",
    "ff70335d468e7eb6ec65b95b99d3a2836546063f63acc5171de367e834932a81",
    "4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274",
  ],
};
const ALL = Object.keys(EXPECTED);
const WITHOUT_COLORAMA = ALL.filter((name) => name !== "colorama");

for (const [file, format, names, indexes, kinds] of [
  ["uv-0.13.9/uv.lock", "uv.lock", ALL, INDEX, "both"],
  ["uv-0.13.9/pylock.toml", "pylock.toml", ALL, INDEX, "both"],
  ["uv-0.13.9/requirements.txt", "requirements.txt", ALL, [], "both"],
  ["poetry-2.5.1/poetry.lock", "poetry.lock", ALL, INDEX, "both"],
  ["pdm-2.29.4/pdm.lock", "pdm.lock", ALL, [], "both"],
  ["pip-26.3/pylock.toml", "pylock.toml", WITHOUT_COLORAMA, [], "wheels"],
  ["pip-tools-7.6.2/requirements.txt", "requirements.txt", WITHOUT_COLORAMA, [], "both"],
] as const) {
  test(`readLockFile: ${file} names every version, file and digest`, async () => {
    const lock = await readLockFile(join(FIXTURES, file), {});
    assert.equal(lock.format, format);
    const onIndex = lock.packages.filter(({ source }) => source.kind === "index");
    assert.deepEqual(onIndex.map(({ name }) => name).sort(), [...names].sort());
    for (const item of onIndex) {
      const [version, sdist, wheel] = EXPECTED[item.name] ?? assert.fail(item.name);
      assert.equal(item.version, version);
      assert.deepEqual(item.source, { kind: "index", indexes });
      const digests = item.files.map(({ sha256 }) => sha256);
      assert.deepEqual(digests.sort(), kinds === "wheels" ? [wheel] : [sdist, wheel].sort());
      for (const { filename, sha256 } of item.files) {
        if (format === "requirements.txt") assert.equal(filename, null);
        else assert.match(filename ?? "", sha256 === wheel ? /\.whl$/ : /\.tar\.gz$/);
      }
      assert.equal(item.identities, null);
    }
  });
}

for (const file of ["uv.lock", "pylock.toml", "requirements.txt"]) {
  test(`readLockFile: ${file} with sources other than an index names each of them`, async () => {
    const lock = await readLockFile(join(FIXTURES, "uv-0.13.9-sources", file), {});
    const others = lock.packages.filter(({ source }) => source.kind !== "index");
    const kinds = others.map(({ source }) => source.kind).sort();
    const expected = ["editable", "git", "path", "url"];
    assert.deepEqual(kinds, file === "uv.lock" ? [...expected, "this-project"].sort() : expected);
    const url = others.find(({ source }) => source.kind === "url");
    assert.deepEqual(
      url?.files.map(({ sha256 }) => sha256),
      [EXPECTED["peppercorn"]?.[2]],
    );
    const git = others.find(({ source }) => source.kind === "git");
    assert.match(
      git?.source.kind === "git" ? git.source.place : "",
      /b3eac1f0adf0ffe5d891516f3e7e6cc67b32c9e7/,
    );
    assert.deepEqual(
      lock.packages.filter(({ source }) => source.kind === "index").map(({ name }) => name),
      ["six"],
    );
  });
}
