// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "@countermark/testkit";
import { EXPERIMENTS } from "../availability/experiments.ts";
import { OPERATIONS } from "../availability/operations.ts";
import { readTable, withTable } from "../availability/table.ts";

test("docs/availability.md: a row for each experiment, a column for each operation; else: npm run torture -- --table", () => {
  const { rows, operations } = readTable(readFileSync(join(ROOT, "docs/availability.md"), "utf8"));
  assert.deepEqual(
    rows,
    EXPERIMENTS.map(({ down }) => down),
  );
  assert.deepEqual(
    operations,
    OPERATIONS.map(({ name }) => name),
  );
});

test("withTable: what was seen is what is written, and can be read back", () => {
  const document = `before\n<!-- availability: written by npm run torture -- --table, not by hand -->\nold\n<!-- availability: end -->\nafter\n`;
  const replies = new Map([
    ["read", { kind: "works", words: "200", who: "reader" }],
    ["write", { kind: "waits", words: "503 later", who: "writer" }],
  ] as const);
  const text = withTable(
    document,
    [{ down: "the moon", replies, operator: "index: gone" }],
    ["read", "write"],
  );
  assert.match(text, /^before\n/);
  assert.match(text, /\nafter\n$/);
  assert.ok(!text.includes("old"));
  assert.match(text, /\| the moon \| works \| \*\*waits\*\* \|/);
  assert.match(text, /writer: `503 later`\n {2}- the index's log: `index: gone`/);
  assert.deepEqual(readTable(text), { rows: ["the moon"], operations: ["read", "write"] });
  assert.throws(() => withTable("no markers", [], []), /no place for the table/);
});
