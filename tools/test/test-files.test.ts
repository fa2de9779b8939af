// SPDX-License-Identifier: Apache-2.0
// The test runner itself: what it must not mistake for success.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const SCRIPT = join(dirname(dirname(fileURLToPath(import.meta.url))), "test-files.mjs");
const IMPORT = 'import { describe, test } from "node:test";\n';

/** The kinds of events that the runner reports for a file with this source. */
function kindsOf(source: string): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), "countermark-runner-"));
  try {
    const [file, report] = [join(folder, "a.test.ts"), join(folder, "report")];
    writeFileSync(file, IMPORT + source);
    spawnSync(process.execPath, [SCRIPT, report, "0.02", file], { stdio: "ignore", timeout: 30_000 });
    const lines = existsSync(report) ? readFileSync(report, "utf8").split("\n").filter(Boolean) : [];
    return lines.map((line) => (JSON.parse(line) as { kind: string }).kind); // written by the script
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

for (const [claim, source, kinds] of [
  ["a test that passes", 'test("a", () => {});', ["passed", "end"]],
  ["a suite counts as its tests", 'describe("s", () => { test("a", () => {}); });', ["passed", "end"]],
  ["a test that throws", 'test("a", () => { throw new Error("no"); });', ["failed", "end"]],
  ["a test that is skipped", 'test("a", { skip: "why" }, () => {});', ["skipped", "end"]],
  ["a file without tests", "export const a = 1;", ["end"]],
  ["a file that cannot be loaded", 'throw new Error("no");', ["failed", "end"]],
  ["a test that never ends", 'test("a", async () => { await new Promise(() => {}); });', ["failed", "end"]],
  ["a test that ends the process", 'test("a", () => {}); test("b", () => process.exit(0));', []],
  [
    "a rejection that nobody waits for",
    'test("a", () => { Promise.reject(new Error("no")); });\ntest("b", async () => { await new Promise((done) => setTimeout(done, 20)); });',
    ["passed", "passed", "failed", "end"],
  ],
  [
    "a server that is left open",
    'import { createServer } from "node:http";\ntest("a", () => { createServer().listen(0); });',
    ["passed", "leftover", "end"],
  ],
] as const) {
  test(`test-files: ${claim}`, () => assert.deepEqual(kindsOf(source), kinds));
}
