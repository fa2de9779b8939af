// SPDX-License-Identifier: Apache-2.0
// npm run fuzz [-- --seconds N] [--target NAME] [--seed WORD] [--input FILE]: inputs with structure into every parser and verifier, until
// the time is over. The last line is "N executions, F findings". With --input, one target takes one file.

import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runTasks } from "./campaign.ts";
import type { FoundInput, Report } from "./engine.ts";
import { regressions } from "./seeds.ts";
import { TARGETS } from "./targets.ts";
import type { Task } from "./worker.ts";

const TABLE = new URL("targets.ts", import.meta.url).href;
const SECONDS_DEFAULT = 120;
/** Of one target: what is wrong in one place is seldom wrong in one way. */
const FINDINGS_MAX = 16;

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: String(SECONDS_DEFAULT) },
    target: { type: "string", multiple: true, default: [] },
    seed: { type: "string", default: "1" },
    input: { type: "string" },
  },
});
const { seed, target: wanted } = values;
const targets = TARGETS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const seconds = Number(values.seconds);
const unknown = wanted.find((name) => !targets.some((target) => target.name === name));
if (unknown !== undefined) {
  usage(`there is no target ${unknown}; there are ${TARGETS.map(({ name }) => name).join(", ")}`);
} else if (!(seconds > 0)) {
  usage("--seconds is a number above 0");
} else {
  process.exitCode = (await fuzz()) === 0 ? 0 : 1;
}

/** @returns the number of findings. */
async function fuzz(): Promise<number> {
  const { input } = values;
  const only = input === undefined ? null : [new Uint8Array(readFileSync(input))];
  const plan = {
    seed,
    executionsMax: only === null ? Number.POSITIVE_INFINITY : 1,
    findingsMax: FINDINGS_MAX,
    millisecondsMax: (seconds * 1000) / targets.length,
  };
  const tasks = targets.map(({ name }): Task => ({ target: name, plan, extra: only ?? regressions(name) }));
  const reports: Report[] = [];
  const width = Math.max(...targets.map(({ name }) => name.length));
  console.log(`${"target".padEnd(width)} executions    per s accepted  corpus  blocks findings`);
  sayNext(targets[0]?.name);
  for await (const report of runTasks(TABLE, tasks)) {
    reports.push(report);
    console.log(line(report, width));
    report.findings.forEach(show);
    sayNext(targets[reports.length]?.name);
  }
  const sum = (count: (report: Report) => number): number =>
    reports.reduce((total, report) => total + count(report), 0);
  const findings = sum((report) => report.findings.length);
  console.log(`${sum((report) => report.executions)} executions, ${findings} findings`);
  return findings;
}

/** On a terminal only: what is running now, until its line of the table is written over it. */
function sayNext(name: string | undefined): void {
  if (process.stdout.isTTY && name !== undefined) process.stdout.write(`${name} ...\r`);
}

function line(report: Report, width: number): string {
  const { target, executions, accepted, corpus, blocks, milliseconds, findings } = report;
  const rate = Math.round((executions * 1000) / milliseconds);
  const share = `${Math.round((accepted * 100) / Math.max(1, executions))} %`;
  const cells = [executions, rate, share, corpus, blocks, findings.length].map(String);
  const widths = [10, 8, 8, 7, 7, 8];
  return [target.padEnd(width), ...cells.map((cell, i) => cell.padStart(widths[i] ?? 0))].join(" ");
}

/** Says what was found, and keeps its input where it can be run again. */
function show(finding: FoundInput): void {
  const file = join(mkdtempSync(join(tmpdir(), "countermark-fuzz-")), finding.target);
  writeFileSync(file, finding.input);
  console.log(`\n${finding.target}: ${finding.key}\n${finding.message}`);
  console.log(
    `${finding.input.length} bytes; again: npm run fuzz -- --target ${finding.target} --input ${file}\n`,
  );
}

function usage(why: string): void {
  console.error(`npm run fuzz [-- --seconds N] [--target NAME]... [--seed WORD] [--input FILE]: ${why}`);
  process.exitCode = 2;
}
