// SPDX-License-Identifier: Apache-2.0
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "@countermark/testkit";
import type { Town } from "../town.ts";
import { EXPERIMENTS, type Experiment } from "./experiments.ts";
import { OPERATIONS, type Reply } from "./operations.ts";
import {
  bringBack,
  type Ground,
  indexLogLength,
  operatorWords,
  prepareGround,
  prepareStage,
} from "./stage.ts";
import { type Row, withTable } from "./table.ts";

const DOCUMENT = join(ROOT, "docs/availability.md");

/** Takes one thing down after the other, tries every operation, brings it back, and writes the table. */
export async function writeAvailability(town: Town, dir: string, say: (line: string) => void): Promise<void> {
  const ground = await prepareGround(town, dir);
  const rows: Row[] = [];
  for (const [i, experiment] of EXPERIMENTS.entries()) {
    const row = await runExperiment(experiment, ground, i + 1);
    rows.push(row);
    say(`${row.down}`);
    for (const [name, { kind, words }] of row.replies)
      say(`  ${name}: ${kind}${kind === "works" ? "" : `: ${words}`}`);
    if (row.operator !== "") say(`  the index's log: ${row.operator}`);
  }
  const names = OPERATIONS.map(({ name }) => name);
  writeFileSync(DOCUMENT, withTable(readFileSync(DOCUMENT, "utf8"), rows, names));
  say(`${rows.length} rows written to docs/availability.md`);
}

async function runExperiment(experiment: Experiment, ground: Ground, number: number): Promise<Row> {
  const stage = await prepareStage(ground, number);
  const from = indexLogLength(stage);
  const back = await experiment.take(stage);
  const replies = new Map<string, Reply & { readonly who: string }>();
  for (const { name, who, run } of OPERATIONS) replies.set(name, { ...(await run(stage)), who });
  const operator = operatorWords(stage, from);
  await back();
  await bringBack(stage);
  return { down: experiment.down, replies, operator };
}
