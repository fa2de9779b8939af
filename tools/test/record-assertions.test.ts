// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { chromium } from "../runtimes/install.mjs";

const ROOT = join(import.meta.dirname, "..", "..");
const skip = chromium() === null ? "there is no Chromium here, and it cannot be installed" : false;

test("record-assertions: the Chromium of this machine still gives what the ledger takes", { skip }, (t) => {
  const folder = mkdtempSync(join(tmpdir(), "countermark-assertions-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "assertions.json");
  const args = ["--conditions=source", "tools/record-assertions.mjs", file];
  const run = spawnSync(process.execPath, args, { cwd: ROOT, encoding: "utf8" });
  assert.equal(run.status, 0, run.stderr);
  assert.match(run.stdout, /15 that consent, 5 that do not/);
  assert.equal(JSON.parse(readFileSync(file, "utf8")).closed.length, 15);
});
