// SPDX-License-Identifier: Apache-2.0
// npm test [-- <path prefix>...]: every test of the project, the demo included. The last line is "N passed, M failed".
// With prefixes, only test files below them run ("packages/log", "stories", "interop", "demo").

import { globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram, runTestFiles, testEnvironment } from "./run-test-files.mjs";
import { ROOT } from "./source.mjs";

const PATTERNS = [
  "packages/*/test/**/*.test.ts",
  "tools/test/*.test.ts",
  "stories/*.test.ts",
  "attacks/*.test.ts",
  "fuzz/test/*.test.ts",
  "torture/test/*.test.ts",
];
/** Pure packages: nothing to leak between files, so all their files share one process, which is ten times faster. */
const SHARED = ["packages/formats/", "packages/verify/"];
const JOBS_AT_ONCE = 2;
const TEST_MINUTES_MAX = 5;
const DEMO_MINUTES_MAX = 12;
const INTEROP_TESTS = "interop/test_*.py";

const filters = process.argv.slice(2).map((filter) => filter.replace(/^\.\//, ""));
const scratch = mkdtempSync(join(tmpdir(), "countermark-test-"));
const env = testEnvironment();

const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
const skips = [];
try {
  await runAll(plan());
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
for (const { name, why } of skips) console.log(`skipped: ${name}: ${why}`);
for (const { name, why } of failures) console.log(`\nFAILED: ${name}\n${indent(why)}`);
if (failures.length > 0) console.log("");
const skippedText = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
console.log(`${total.passed} passed, ${total.failed} failed${skippedText}`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;

/** What to run, in order: jobs of test files two at a time, then the Python checker, then the demo alone. */
function plan() {
  const files = PATTERNS.flatMap((pattern) => globSync(pattern, { cwd: ROOT }))
    .filter(isWanted)
    .sort();
  const jobs = [];
  for (const prefix of SHARED) {
    const shared = files.filter((file) => file.startsWith(prefix));
    if (shared.length > 0) jobs.push({ name: prefix, files: shared });
  }
  for (const file of files) {
    if (!SHARED.some((prefix) => file.startsWith(prefix))) jobs.push({ name: file, files: [file] });
  }
  return jobs;
}

function isWanted(path) {
  return filters.length === 0 || filters.some((filter) => path.startsWith(filter));
}

async function runAll(jobs) {
  const queue = [...jobs];
  const work = async () => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) await runJob(job);
  };
  await Promise.all(Array.from({ length: JOBS_AT_ONCE }, work));
  if (isWanted(INTEROP_TESTS)) await runInterop();
  if (isWanted("demo")) await runDemo();
}

async function runJob(job) {
  const found = await runTestFiles(job, { scratch, env, minutes: TEST_MINUTES_MAX });
  failures.push(...found.failures);
  skips.push(...found.skips);
  for (const event of found.leftovers) console.log(`${job.name}: left open at its end: ${event.why}`);
  count(job.name, found, found.done);
}

async function runInterop() {
  const done = await runProgram("python3", ["-B", "-m", "unittest", "discover", "-s", "interop", "-v"], {
    env,
    minutesMax: TEST_MINUTES_MAX,
  });
  if (done.how === "ENOENT") return skip(INTEROP_TESTS, "there is no python3 in PATH");
  const ran = Number(/^Ran (\d+) tests?/m.exec(done.output)?.[1] ?? 0);
  const number = (word) =>
    Number(new RegExp(`\\(.*\\b${word}=(\\d+)`).exec(done.output.slice(-200))?.[1] ?? 0);
  const found = { failed: number("failures") + number("errors"), skipped: number("skipped"), passed: 0 };
  found.passed = Math.max(0, ran - found.failed - found.skipped);
  for (const [, test, why] of done.output.matchAll(/^(\w+) .*skipped '(.*)'$/gm))
    skips.push({ name: test, why });
  if (done.status !== 0 || ran === 0) {
    if (found.failed === 0) found.failed = 1;
    failures.push({ name: INTEROP_TESTS, why: done.tail });
  }
  count(INTEROP_TESTS, found, done);
}

async function runDemo() {
  const done = await runProgram(process.execPath, [join(ROOT, "tools/start.mjs"), "demo"], {
    env,
    minutesMax: DEMO_MINUTES_MAX,
  });
  const last = done.output.trimEnd().split("\n").at(-1) ?? "";
  const held = done.status === 0 && /^demo: [1-9][0-9]* steps held, 0 failed$/.test(last);
  if (!held) failures.push({ name: "demo", why: `ended with ${done.how}\n${done.tail}` });
  count(held ? last : "demo", { passed: held ? 1 : 0, failed: held ? 0 : 1, skipped: 0 }, done);
}

function skip(name, why) {
  skips.push({ name, why });
  total.skipped += 1;
}

function count(name, found, done) {
  for (const key of Object.keys(total)) total[key] += found[key];
  const parts = [`${found.passed} passed`];
  if (found.failed > 0) parts.push(`${found.failed} FAILED`);
  if (found.skipped > 0) parts.push(`${found.skipped} skipped`);
  console.log(`${name}: ${parts.join(", ")} (${done.seconds.toFixed(1)} s)`);
}

function indent(text) {
  return text.replaceAll(/^/gm, "  ");
}
