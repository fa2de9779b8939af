// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { buildWheel, createWorld, releaseJob, toyProject } from "@countermark/testkit";

const world = await createWorld();
after(() => world.close());
const claims = releaseJob("example/sampleproject");
await world.registerProject("sampleproject", claims);
const published = await world.publish(claims, [buildWheel(toyProject("sampleproject", "1.0.0"))]);
assert.equal(published.status, 0, published.output);
const python = join(world.dir, "python");
const toyPip = fileURLToPath(new URL("toy-pip.mjs", import.meta.url));
await writeFile(python, `#!/bin/sh\nexec "${process.execPath}" "${toyPip}" "$@"\n`, { mode: 0o755 });

const install = (...args: readonly string[]) => world.countermark(["install", "--python", python, ...args]);
const lastLine = (text: string) => text.trimEnd().split("\n").at(-1);

test("install: what pip reports is compared with what was verified", async () => {
  const first = await install("sampleproject");
  assert.equal(first.status, 0, first.output);
  assert.match(first.stdout, /locked now, on first use/);
  assert.equal(lastLine(first.stdout), "1 installed: 1 verified");
  const second = await install("sampleproject");
  assert.match(second.stdout, /countermark\.lock: as before/);
});

test("install: what came another way is in the coverage", async () => {
  const run = await install("--with-git", "sampleproject");
  assert.equal(run.status, 0, run.output);
  assert.equal(lastLine(run.stdout), "2 installed: 1 verified, 1 from git");
});

test("install: a project that the ledger does not have fails as the tool does", async () => {
  const run = await install("no-such-project");
  assert.equal(run.status, 1);
  assert.match(run.stdout, /pip ended with status 1 \[tool-failed\]/);
});

test("install: a pip that writes no report is not believed", async () => {
  const run = await install("--no-report", "sampleproject");
  assert.equal(run.status, 1);
  assert.match(run.stderr, /\[tool-failed\]/);
});

for (const args of [
  ["-i", "https://evil.example", "a"],
  ["a", "--report", "x"],
  ["--dry-run", "a"],
  ["-r", "/nowhere.txt"],
]) {
  test(`install: ${args.join(" ")} is a wrong call, and pip is not run`, async () => {
    assert.equal((await install(...args)).status, 2);
  });
}

test("install: an interpreter that is not there is named", async () => {
  const run = await world.countermark(["install", "--python", "/nowhere/python", "a"]);
  assert.equal(run.status, 2);
  assert.match(run.stderr, /\[tool-missing\]/);
});

test("install: an index whose heads nobody cosigns stops the run with that reason", async () => {
  for (const name of ["oak", "ash", "elm"]) world.network.detach(`${name}.test`);
  world.clock.advance(200_000);
  const run = await install("sampleproject");
  assert.equal(run.status, 1);
  assert.match(run.stdout, /\[head-stale\]/);
});
