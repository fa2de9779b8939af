// SPDX-License-Identifier: Apache-2.0
// Attacks and their table: what must not pass for an attack that was stopped, and what a table may not lose.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { readTable, rowOf, withTable } from "../attacks/table.mjs";

const TOOLS = dirname(dirname(fileURLToPath(import.meta.url)));
const ATTACK = pathToFileURL(join(TOOLS, "../packages/testkit/src/attack.ts")).href;
const CLAIM = '{ by: "cdn", tries: "a", stoppedBy: "b", noticedBy: "c", when: "d" }';
const DOCUMENT = "docs/page.md";
const EMPTY = "# Page\n<!-- attacks: written by the runner, not by hand -->\n<!-- attacks: end -->\nafter\n";

/** What the runner hears of a file with this source, and the record it leaves. */
function runSource(source: string): { readonly kinds: readonly string[]; readonly record: string | null } {
  const folder = mkdtempSync(join(tmpdir(), "countermark-attack-"));
  try {
    const [file, report, record] = [
      join(folder, "a.test.ts"),
      join(folder, "report"),
      join(folder, "record"),
    ];
    writeFileSync(file, `import { attack } from "${ATTACK}";\n${source}`);
    const env = { ...process.env, COUNTERMARK_ATTACK_RECORD: record };
    spawnSync(process.execPath, [join(TOOLS, "test-files.mjs"), report, "0.1", file], {
      stdio: "ignore",
      env,
    });
    const lines = readFileSync(report, "utf8").split("\n").filter(Boolean);
    const kinds = lines.map((line) => (JSON.parse(line) as { kind: string }).kind); // written by the script
    return { kinds, record: existsSync(record) ? readFileSync(record, "utf8") : null };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("attack: what was seen is recorded, and each case counts", () => {
  const source = `attack(${CLAIM}, async (t) => { await t.test("one", () => t.saw("user", "no\\nrefused [x]", /refused/)); });`;
  const { kinds, record } = runSource(source);
  assert.deepEqual(kinds, ["passed", "passed", "end"]);
  const { seen } = JSON.parse(record ?? "") as { seen: unknown }; // written by the function under test
  assert.deepEqual(seen, [{ who: "user", words: "refused [x]" }]);
});

for (const [claim, source] of [
  ["nobody saw anything", `attack(${CLAIM}, () => {});`],
  [
    "a case fails",
    `attack(${CLAIM}, async (t) => { t.saw("u", "x"); await t.test("one", () => { throw new Error(); }); });`,
  ],
  ["the words wanted were not printed", `attack(${CLAIM}, (t) => t.saw("u", "accepted", /refused/));`],
  ["nothing was printed", `attack(${CLAIM}, (t) => t.saw("u", "\\n"));`],
  ["too much for a row", `attack(${CLAIM}, (t) => { for (let i = 0; i < 5; i++) t.saw("u", "x" + i); });`],
] as const) {
  test(`attack: fails, and leaves no record, when ${claim}`, () => {
    const { kinds, record } = runSource(source);
    assert.ok(kinds.includes("failed"), kinds.join());
    assert.equal(record, null);
  });
}

const RECORD = {
  tries: "a|b",
  stoppedBy: "c",
  noticedBy: "d",
  when: "e",
  seen: [{ who: "u", words: "x `y` | z" }],
};

test("withTable: a row by party and file, and read back", () => {
  const rows = new Map([
    ["attacks/b.test.ts", { heading: "Two", row: rowOf("attacks/b.test.ts", DOCUMENT, RECORD) }],
    ["attacks/a.test.ts", { heading: "One", row: rowOf("attacks/a.test.ts", DOCUMENT, RECORD) }],
  ]);
  const text = withTable(EMPTY, DOCUMENT, rows, ["One", "Two", "Three"]);
  assert.match(text, /### One[\s\S]*a\.test\.ts[\s\S]*### Two[\s\S]*b\.test\.ts[\s\S]*after\n$/);
  assert.ok(text.includes("| [a\\|b](../attacks/a.test.ts) | c | d<br>*e* | u: ``x `y` \\| z`` |"), text);
  assert.ok(!text.includes("Three"));
  assert.deepEqual(readTable(text, DOCUMENT), new Map([...rows].reverse()));
  assert.equal(withTable(text, DOCUMENT, rows, ["One", "Two"]), text, "the same rows write the same text");
});

test("readTable: a document without markers, or with two rows of one file, is a failure", () => {
  assert.throws(() => readTable("# Page\n", DOCUMENT), /no place for the table/);
  const row = rowOf("attacks/a.test.ts", DOCUMENT, RECORD);
  const text = EMPTY.replace("hand -->\n", `hand -->\n### One\n${row}\n${row}\n`);
  assert.throws(() => readTable(text, DOCUMENT), /two rows/);
});
