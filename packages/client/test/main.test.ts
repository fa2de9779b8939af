// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));

/** Runs the command in a process of its own, after `preload`. */
function run(args: readonly string[], preload = "") {
  const node = ["--conditions=source", "--import", `data:text/javascript,${encodeURIComponent(preload)}`];
  return spawnSync(process.execPath, [...node, MAIN, ...args], { encoding: "utf8" });
}

test("main: a command that never ends is said to be our fault, with status 5", () => {
  const hang = `
    import { promises } from "node:fs";
    import { syncBuiltinESMExports } from "node:module";
    promises.readFile = () => new Promise(() => {});
    syncBuiltinESMExports();`;
  const { status, stderr } = run(["inspect", "file"], hang);
  assert.equal(status, 5, stderr);
  assert.match(stderr, /^countermark: This is a fault of countermark: it stopped before .* \[internal\]$/m);
});

test("main: a command that ends has its own status, and nothing is added", () => {
  const { status, stderr } = run(["inspect", "/nowhere/at/all"]);
  assert.equal(status, 2, stderr);
  assert.doesNotMatch(stderr, /fault/);
});
