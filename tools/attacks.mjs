// SPDX-License-Identifier: Apache-2.0
// node tools/attacks.mjs <folder> <document> [<name>...]: runs every attack of a folder, or the named ones, and writes what was seen to the
// table of the document. The last line is "N passed, M failed"; the status is 1 unless something passed and nothing failed.
//
// npm run attacks: attacks/ and docs/threats.md. npm run attacks:client: attacks/client/ and docs/installers.md.
// With names, the rows of the others stay as they are. After a failure, nothing is written.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HOSTILE_PARTIES, RECORD_VARIABLE } from "../packages/testkit/src/attack.ts";
import { attacksIn, nameOf, readTable, rowOf, withTable } from "./attacks/table.mjs";
import { runTestFiles, testEnvironment } from "./run-test-files.mjs";
import { ROOT, read } from "./source.mjs";

const MINUTES_MAX = 5;
const JOBS_AT_ONCE = 2;

const [folder, document, ...names] = process.argv.slice(2).filter((word) => word !== "--");
if (folder === undefined || document === undefined) {
  console.error("usage: node tools/attacks.mjs <folder> <document> [<name>...]");
  process.exit(2);
}
const all = attacksIn(folder);
const unknown = names.filter((name) => !all.some((file) => nameOf(file) === name));
if (unknown.length > 0) {
  console.error(`No attack in ${folder}/ is called ${unknown.map((name) => `"${name}"`).join(", ")}`);
  process.exit(2);
}
const wanted = names.length === 0 ? all : all.filter((file) => names.includes(nameOf(file)));
const rows = readTable(read(document), document);
for (const file of rows.keys()) if (!all.includes(file)) rows.delete(file);

const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
const scratch = mkdtempSync(join(tmpdir(), "countermark-attacks-"));
try {
  const queue = [...wanted];
  const work = async () => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) await runAttack(file);
  };
  await Promise.all(Array.from({ length: JOBS_AT_ONCE }, work));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
for (const { name, why } of failures) console.log(`\nFAILED: ${name}\n${why.replaceAll(/^/gm, "  ")}`);
if (failures.length > 0) console.log("");
if (total.failed === 0 && total.passed > 0) writeTable();
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;

async function runAttack(file) {
  const name = nameOf(file);
  const record = join(scratch, `${name}.record`);
  const env = { ...testEnvironment(), [RECORD_VARIABLE]: record };
  const found = await runTestFiles({ name: file, files: [file] }, { scratch, env, minutes: MINUTES_MAX });
  failures.push(...found.failures);
  if (found.failed === 0 && !existsSync(record)) {
    found.failed += 1;
    failures.push({ name: file, why: "no attack was recorded: was it skipped?" });
  }
  for (const key of Object.keys(total)) total[key] += found[key];
  console.log(`${found.failed === 0 ? "stopped" : "FAILED "} ${name} (${found.done.seconds.toFixed(1)} s)`);
  if (found.failed > 0) return;
  const { by, ...rest } = JSON.parse(readFileSync(record, "utf8"));
  rows.set(file, { heading: HOSTILE_PARTIES[by], row: rowOf(file, document, rest) });
}

function writeTable() {
  const before = read(document);
  const after = withTable(before, document, rows, Object.values(HOSTILE_PARTIES));
  if (after !== before) writeFileSync(join(ROOT, document), after);
  const isNews = after === before ? "as it was" : "written";
  console.log(`\n${wanted.length} attacks stopped; the table of ${document} is ${isNews}`);
}
