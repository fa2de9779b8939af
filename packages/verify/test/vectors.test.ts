// SPDX-License-Identifier: Apache-2.0
// Every vector of vectors/ through the code, and the files against what they are made of.
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { vectorFiles } from "./make-vectors.ts";
import { testCrypto } from "./support/node-crypto.ts";
import { runVectors, SUITE } from "./vectors/suite.ts";

const FOLDER = new URL("../../../vectors/", import.meta.url);

function read(path: string): string {
  return readFileSync(new URL(path, FOLDER), "utf8");
}

for (const path of Object.keys(SUITE)) {
  test(`vectors/${path}: every vector gives what it says`, async () => {
    const failed: string[] = [];
    let count = 0;
    for await (const { name, ok, found } of runVectors(path, JSON.parse(read(path)), testCrypto)) {
      count++;
      if (!ok) failed.push(`${name}: found ${found}`);
    }
    assert.deepEqual(failed, []);
    assert.ok(count > 0, "the file holds no vector");
  });
}

test("vectors: the committed files are what tools/make-vectors.mjs makes", async () => {
  for (const [path, content] of await vectorFiles()) assert.equal(read(path), content, path);
});

test("vectors: every file is run, and none is run that is not made", async () => {
  const made = [...(await vectorFiles())].map(([path]) => path).sort();
  const there = globSync("**/*.json", { cwd: FOLDER }).map((path) => path.replaceAll("\\", "/"));
  // Golden files are made once, by tools/make-golden.mjs; golden.test.ts says which there are.
  const kept = there.filter((path) => path.startsWith("ledger/golden/"));
  const wanted = [...made, ...kept].sort();
  assert.deepEqual(there.sort(), wanted);
  assert.deepEqual(Object.keys(SUITE).sort(), wanted);
});
