// SPDX-License-Identifier: Apache-2.0
// npm test [-- <path prefix>...]: every test of the project, the demo included. The last line is "N passed, M failed".
// With prefixes, only test files below them run ("packages/log", "stories", "interop", "demo").

import { spawn } from "node:child_process";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const PATTERNS = [
  "packages/*/test/**/*.test.ts",
  "tools/test/*.test.ts",
  "stories/*.test.ts",
  "attacks/*.test.ts",
  "fuzz/test/*.test.ts",
];
/** Pure packages: nothing to leak between files, so all their files share one process, which is ten times faster. */
const SHARED = ["packages/formats/", "packages/verify/"];
const JOBS_AT_ONCE = 2;
const TEST_MINUTES_MAX = 5;
const DEMO_MINUTES_MAX = 12;
const INTEROP_TESTS = "interop/test_*.py";

const filters = process.argv.slice(2).map((filter) => filter.replace(/^\.\//, ""));
const scratch = mkdtempSync(join(tmpdir(), "countermark-test-"));
const conformance = process.env.CONFORMANCE_DIR ?? join(ROOT, "../shared/conformance");
const env = { ...process.env, ...(existsSync(conformance) ? { CONFORMANCE_DIR: conformance } : {}) };
// A run inside a run would report to the outer one instead of to us.
delete env.NODE_TEST_CONTEXT;

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
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) await runTestFiles(job);
  };
  await Promise.all(Array.from({ length: JOBS_AT_ONCE }, work));
  if (isWanted(INTEROP_TESTS)) await runInterop();
  if (isWanted("demo")) await runDemo();
}

async function runTestFiles({ name, files }) {
  const report = join(scratch, `${name.replaceAll("/", "-")}.jsonl`);
  const script = [
    "--conditions=source",
    join(ROOT, "tools/test-files.mjs"),
    report,
    String(TEST_MINUTES_MAX),
  ];
  const done = await runProgram(process.execPath, [...script, ...files], TEST_MINUTES_MAX * 4);
  const events = existsSync(report)
    ? readFileSync(report, "utf8").split("\n").filter(Boolean).map(JSON.parse)
    : [];
  const of = (kind) => events.filter((event) => event.kind === kind);
  const found = { passed: of("passed").length, failed: of("failed").length, skipped: of("skipped").length };
  for (const event of of("failed")) failures.push({ name: `${name}: ${event.name}`, why: event.why });
  for (const event of of("skipped")) skips.push({ name: event.name, why: event.why });
  for (const event of of("leftover")) console.log(`${name}: left open at its end: ${event.why}`);
  // A file that died, said nothing or held no test is a failure, never a silence.
  const why = whyUnsound(found, of("end").length > 0, done);
  if (why !== null) {
    found.failed += 1;
    failures.push({ name, why: `${why}\n${done.tail}` });
  }
  count(name, found, done);
}

function whyUnsound(found, hasEnded, done) {
  if (!hasEnded) return `ended with ${done.how} before its tests had`;
  if (found.passed + found.failed + found.skipped === 0) return "it holds no test";
  return done.status === 0 || found.failed > 0 ? null : `its tests passed, and it ended with ${done.how}`;
}

async function runInterop() {
  const done = await runProgram(
    "python3",
    ["-B", "-m", "unittest", "discover", "-s", "interop", "-v"],
    TEST_MINUTES_MAX,
  );
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
  const done = await runProgram(process.execPath, [join(ROOT, "tools/start.mjs"), "demo"], DEMO_MINUTES_MAX);
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

/** Runs a program to its end or its time limit, and keeps what it printed. It gets a process group, so all of it can be ended. */
function runProgram(program, args, minutesMax) {
  const started = performance.now();
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
    let output = "";
    let timedOut = false;
    const endGroup = (signal) => {
      try {
        process.kill(-child.pid, signal);
      } catch {
        // The group is gone already.
      }
    };
    const stop = (signal) => {
      endGroup(signal);
      process.exit(130);
    };
    process.on("SIGINT", stop).on("SIGTERM", stop);
    const timer = setTimeout(() => {
      timedOut = true;
      endGroup("SIGKILL");
    }, minutesMax * 60_000);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text) => {
        output = (output + text).slice(-1_000_000);
      });
    }
    const end = (status, how) => {
      clearTimeout(timer);
      process.off("SIGINT", stop).off("SIGTERM", stop);
      const seconds = (performance.now() - started) / 1000;
      const tail = output.split("\n").slice(-60).join("\n");
      resolve({ status, how: timedOut ? `its limit of ${minutesMax} minutes` : how, output, tail, seconds });
    };
    child.on("error", (error) => end(1, error.code));
    child.on("close", (code, signal) => end(code ?? 1, signal ?? `exit status ${code}`));
  });
}

function indent(text) {
  return text.replaceAll(/^/gm, "  ");
}
