// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { compareInstalled } from "../../src/drive/compare-installed.ts";

const root = await mkdtemp(join(tmpdir(), "countermark-test-"));
after(() => rm(root, { recursive: true, force: true }));
const digest = (text: string) => createHash("sha256").update(text).digest("hex");

async function install(
  files: Readonly<Record<string, string>>,
  extra: readonly string[] = [],
): Promise<string> {
  const site = await mkdtemp(join(root, "site-"));
  const info = join(site, "a-1.0.dist-info");
  await mkdir(info);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(site, path)), { recursive: true });
    await writeFile(join(site, path), text);
  }
  await writeFile(
    join(info, "RECORD"),
    [...Object.keys(files), ...extra].map((path) => `${path},,\n`).join(""),
  );
  return info;
}

const WHEEL = new Map([
  ["a/__init__.py", digest("x")],
  ["a-1.0.data/purelib/b.py", digest("y")],
  ["a-1.0.data/scripts/tool", digest("#!python")],
  ["a-1.0.dist-info/METADATA", digest("m")],
  ["a-1.0.dist-info/RECORD", null],
]);
const GOOD = { "a/__init__.py": "x", "b.py": "y", "a-1.0.dist-info/METADATA": "m" };
const ADDED = [
  "a/__pycache__/__init__.cpython-311.pyc",
  "../../../bin/tool",
  "bin/tool",
  ...["RECORD", "INSTALLER", "REQUESTED", "direct_url.json"].map((name) => `a-1.0.dist-info/${name}`),
];

test("compareInstalled: the wheel's files, and what an installer adds, agree", async () => {
  assert.equal(await compareInstalled(await install(GOOD, ADDED), WHEEL), null);
});

for (const [claim, files, extra, words] of [
  ["another module", { ...GOOD, "a/__init__.py": "z" }, [], "a/__init__.py is not the verified file's"],
  ["another module of a data folder", { ...GOOD, "b.py": "z" }, [], "b.py is not the verified file's"],
  [
    "other metadata",
    { ...GOOD, "a-1.0.dist-info/METADATA": "z" },
    [],
    "a-1.0.dist-info/METADATA is not the verified file's",
  ],
  ["a module more", GOOD, ["c.py"], "c.py is not in the verified file"],
  [
    "a note that no installer makes",
    GOOD,
    ["a-1.0.dist-info/entry_points.txt"],
    "a-1.0.dist-info/entry_points.txt is not in the verified file",
  ],
  ["an installer's note in another place", GOOD, ["a/RECORD"], "a/RECORD is not in the verified file"],
] as const) {
  test(`compareInstalled: ${claim} is seen`, async () => {
    assert.equal(await compareInstalled(await install(files, extra), WHEEL), words);
  });
}

test("compareInstalled: a file that is not there is seen", async () => {
  const { "b.py": _, ...rest } = GOOD;
  assert.equal(await compareInstalled(await install(rest), WHEEL), "b.py is not there");
});
