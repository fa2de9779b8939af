// SPDX-License-Identifier: Apache-2.0
// The two implementations of the ledger's rules, told the same random ledgers: what becomes of each leaf, and the map after it.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Random } from "../../fuzz/random.ts";
import { writeTranscript } from "../../packages/verify/test/ledger/vectors/transcripts.ts";
import { randomLedger } from "./ledger/random-ledger.ts";

const INTEROP = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), "interop");
/** Chosen once, so that a failure can be repeated; any other seed must do too. */
const SEED = process.env["COUNTERMARK_SEED"] ?? "1";
/** Ledgers, each of up to 70 leaves. 40 take some seconds; thousands are for who changed a rule. */
const LEDGERS = Number(process.env["COUNTERMARK_CASES"] ?? "40");

test("interop: both implementations make the same of every random ledger", async (t) => {
  const codes = new Set<string>();
  const lines: string[] = [];
  for (let i = 0; i < LEDGERS; i++) {
    const ledger = await randomLedger(new Random(`${SEED} ${i}`), 60);
    for (const { outcome } of ledger.outcomes) codes.add(outcome);
    lines.push(JSON.stringify(writeTranscript(`ledger ${i} of seed ${SEED}`, ledger)));
  }
  const done = spawnSync("python3", ["agreement_ledger.py"], {
    cwd: INTEROP,
    encoding: "utf8",
    input: lines.join("\n"),
    maxBuffer: 1 << 28,
  });
  if (done.error !== undefined) return t.skip("there is no python3 in PATH");
  assert.equal(done.status, 0, done.stderr);
  const told = done.stdout.trimEnd().split("\n");
  const count = JSON.parse(told.pop() ?? "") as { readonly transcripts: number }; // written by agreement_ledger.py
  assert.deepEqual(told, [], "each of these comes out differently");
  assert.equal(count.transcripts, LEDGERS);
  assert.ok(codes.size > 30, `only ${codes.size} outcomes were met: ${[...codes].join(", ")}`);
});
