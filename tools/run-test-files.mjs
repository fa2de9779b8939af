// SPDX-License-Identifier: Apache-2.0
// One process of test files, run to its end: what passed, failed and was skipped in it.

import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./source.mjs";

/** The environment of a test: ours, with the conformance data where it lies beside the checkout. */
export function testEnvironment() {
  const conformance = process.env.CONFORMANCE_DIR ?? join(ROOT, "../shared/conformance");
  const env = { ...process.env, ...(existsSync(conformance) ? { CONFORMANCE_DIR: conformance } : {}) };
  // A run inside a run would report to the outer one instead of to us.
  delete env.NODE_TEST_CONTEXT;
  return env;
}

/** Runs `files` in one process. `scratch` is a folder for its report; a file that dies or holds no test is a failure, never a silence. */
export async function runTestFiles({ name, files }, { scratch, env, minutes }) {
  const report = join(scratch, `${name.replaceAll("/", "-")}.jsonl`);
  const script = ["--conditions=source", join(ROOT, "tools/test-files.mjs"), report, String(minutes)];
  const done = await runProgram(process.execPath, [...script, ...files], { env, minutesMax: minutes * 4 });
  const events = existsSync(report)
    ? readFileSync(report, "utf8").split("\n").filter(Boolean).map(JSON.parse)
    : [];
  const of = (kind) => events.filter((event) => event.kind === kind);
  const found = { passed: of("passed").length, failed: of("failed").length, skipped: of("skipped").length };
  const failures = of("failed").map((event) => ({ name: `${name}: ${event.name}`, why: event.why }));
  const why = whyUnsound(found, of("end").length > 0, done);
  if (why !== null) {
    found.failed += 1;
    failures.push({ name, why: `${why}\n${done.tail}` });
  }
  return { ...found, failures, skips: of("skipped"), leftovers: of("leftover"), done };
}

function whyUnsound(found, hasEnded, done) {
  if (!hasEnded) return `ended with ${done.how} before its tests had`;
  if (found.passed + found.failed + found.skipped === 0) return "it holds no test";
  return done.status === 0 || found.failed > 0 ? null : `its tests passed, and it ended with ${done.how}`;
}

/** Runs a program to its end or its time limit, and keeps what it printed. It gets a process group, so all of it can be ended. */
export function runProgram(program, args, { env, minutesMax }) {
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
