// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { readLockFile } from "../../src/lockfile/read-lock-file.ts";

const folder = await mkdtemp(join(tmpdir(), "countermark-locks-"));
after(() => rm(folder, { recursive: true, force: true }));
const SHA = "a".repeat(64);
let count = 0;

async function read(name: string, text: string) {
  const path = join(folder, `${count++}.${name}`);
  await writeFile(path, text);
  return await readLockFile(path, {});
}

const uv = (entry: string): string => `version = 1\n[[package]]\nname = "a"\nversion = "1"\n${entry}`;
const REGISTRY = 'source = { registry = "https://index.example/simple" }\n';

for (const [claim, name, text] of [
  ["what is no TOML", "uv.lock", "version = "],
  ["bytes that are no text", "uv.lock", "version = 1 # \ud800".replace("\ud800", "\u0000")],
  ["another version of uv.lock", "uv.lock", "version = 2\n"],
  ["a version that is a text", "uv.lock", 'version = "1"\n'],
  ["a member called __proto__", "uv.lock", 'version = 1\n[__proto__]\nx = "y"\n'],
  ["a source of a kind of its own", "uv.lock", uv('source = { ftp = "x" }\n')],
  ["a package without a source", "uv.lock", uv("")],
  ["a package without a name", "uv.lock", `version = 1\n[[package]]\nversion = "1"\n${REGISTRY}`],
  ["a name that is none", "uv.lock", `version = 1\n[[package]]\nname = "../a"\nversion = "1"\n${REGISTRY}`],
  [
    "a digest of another length",
    "uv.lock",
    uv(`${REGISTRY}wheels = [{ url = "https://f/a.whl", hash = "sha256:ab" }]\n`),
  ],
  [
    "a digest that is a number",
    "uv.lock",
    uv(`${REGISTRY}wheels = [{ url = "https://f/a.whl", hash = 5 }]\n`),
  ],
  ["a file without a name", "uv.lock", uv(`${REGISTRY}wheels = [{ hash = "sha256:${SHA}" }]\n`)],
  [
    "a file whose name has a slash in it",
    "uv.lock",
    uv(`${REGISTRY}wheels = [{ url = "https://f/a%2Fb.whl", hash = "sha256:${SHA}" }]\n`),
  ],
  ["another version of poetry.lock", "poetry.lock", '[metadata]\nlock-version = "3.0"\n'],
  [
    "a source of another type",
    "poetry.lock",
    '[metadata]\nlock-version = "2.1"\n[[package]]\nname = "a"\nversion = "1"\nfiles = []\n[package.source]\ntype = "x"\nurl = "y"\n',
  ],
  ["another version of pdm.lock", "pdm.lock", '[metadata]\nlock_version = "5.0"\n'],
  [
    "Mercurial",
    "pdm.lock",
    '[metadata]\nlock_version = "4.5.1"\n[[package]]\nname = "a"\nversion = "1"\nhg = "x"\n',
  ],
] as const) {
  test(`readLockFile: ${claim} is refused`, async () => {
    await assert.rejects(read(name, text), { code: "bad-lock-file" });
  });
}

async function readPylock(text: string) {
  const path = join(folder, `pylock.n${count++}.toml`);
  await writeFile(path, text);
  return await readLockFile(path, {});
}

const PYLOCK = 'lock-version = "1.0"\n[[packages]]\nname = "a"\nversion = "1"\n';

test("readLockFile: a pylock.toml of another version, or with two sources for a package, is refused", async () => {
  for (const text of [
    'lock-version = "2.0"\n',
    `${PYLOCK}directory = { path = "." }\nvcs = { url = "https://g/x", commit-id = "1" }\n`,
    `${PYLOCK}directory = { path = "." }\nwheels = [{ name = "a-1-py3-none-any.whl", hashes = { sha256 = "${SHA}" } }]\n`,
    `${PYLOCK}attestation-identities = [{ repository = "a/b" }]\n`,
    `${PYLOCK}attestation-identities = [{ kind = "GitHub", repository = 5 }]\n`,
  ]) {
    await assert.rejects(readPylock(text), { code: "bad-lock-file" }, text);
  }
});

test("readLockFile: attestation-identities are read, and an empty list is not none", async () => {
  const file = `wheels = [{ name = "a-1-py3-none-any.whl", hashes = { sha256 = "${SHA}" } }]\n`;
  const lock = await readPylock(
    `${PYLOCK}${file}[[packages.attestation-identities]]\nkind = "GitHub"\nrepository = "a/b"\n`,
  );
  assert.deepEqual(
    lock.packages[0]?.identities?.map((identity) => Object.fromEntries(identity)),
    [{ kind: "GitHub", repository: "a/b" }],
  );
  assert.deepEqual(
    (await readPylock(`${PYLOCK}${file}attestation-identities = []\n`)).packages[0]?.identities,
    [],
  );
});

test("readLockFile: a digest of another algorithm alone is no SHA-256", async () => {
  const lock = await read(
    "uv.lock",
    uv(`${REGISTRY}wheels = [{ url = "https://f/a-1-py3-none-any.whl", hash = "sha512:abcd" }]\n`),
  );
  assert.equal(lock.packages[0]?.files[0]?.sha256, null);
  const bare = await readPylock(
    `${PYLOCK}wheels = [{ name = "a-1-py3-none-any.whl", hashes = { md5 = "ab" } }]\n`,
  );
  assert.equal(bare.packages[0]?.files[0]?.sha256, null);
});

test("readLockFile: one project from two indexes stays two entries, and a repeated entry is one", async () => {
  const file = `wheels = [{ url = "https://f/a-1-py3-none-any.whl", hash = "sha256:${SHA}" }]\n`;
  const other = REGISTRY.replace("index.example", "other.example");
  const lock = await read(
    "uv.lock",
    `${uv(REGISTRY + file)}[[package]]\nname = "A"\nversion = "1"\n${other}${file}[[package]]\nname = "a"\nversion = "1"\n${REGISTRY}${file}`,
  );
  assert.deepEqual(
    lock.packages.map(({ name, source, files }) => [
      name,
      source.kind === "index" && source.indexes,
      files.length,
    ]),
    [
      ["a", ["https://index.example/simple"], 1],
      ["a", ["https://other.example/simple"], 1],
    ],
  );
});

test("readLockFile: a folder of files is no index; a poetry.lock of version 1 has its files in one table", async () => {
  const flat = await read(
    "uv.lock",
    uv('source = { registry = "../wheels" }\nwheels = [{ path = "a-1-py3-none-any.whl" }]\n'),
  );
  assert.deepEqual(flat.packages[0]?.source, { kind: "path", place: "../wheels" });
  const older = await read(
    "poetry.lock",
    `[[package]]\nname = "A"\nversion = "1"\n[metadata]\nlock-version = "1.1"\n[metadata.files]\nA = [{ file = "a-1.tar.gz", hash = "sha256:${SHA}" }]\n`,
  );
  assert.deepEqual(older.packages[0]?.files, [{ filename: "a-1.tar.gz", sha256: SHA }]);
});
