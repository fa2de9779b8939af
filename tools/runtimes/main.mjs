// SPDX-License-Identifier: Apache-2.0
// npm run test:runtimes [-- <runtime>...]: every vector under Node 24, Node 20, Bun, Deno and in a page of Chromium. The last line is
// "N passed, M failed".

import { spawnSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { ROOT } from "../source.mjs";
import { runInChromium } from "./in-chromium.mjs";
import { chromium, installed } from "./install.mjs";

const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;
const FAILURES_SHOWN = 20;

const folder = mkdtempSync(join(tmpdir(), "countermark-runtimes-"));
const vectors = join(folder, "vectors.json");
const command = join(folder, "command.mjs");
const page = join(folder, "page.mjs");

/** Name -> runs the suite there; null where the runtime cannot be had. */
const RUNTIMES = {
  "node24 (node:crypto)": () => runProgram(process.execPath, [command, "node"]),
  "node24 (WebCrypto)": () => runProgram(process.execPath, [command, "web"]),
  "node20 (node:crypto)": () => runProgram(installed("node20"), [command, "node"]),
  "node20 (WebCrypto)": () => runProgram(installed("node20"), [command, "web"]),
  "bun (WebCrypto)": () => runProgram(installed("bun"), [command, "web"]),
  "deno (WebCrypto)": () => runProgram(installed("deno"), ["run", "--allow-read", command, "web"]),
  "chromium (WebCrypto)": async () => {
    const program = chromium();
    return program === null ? null : await runInChromium(program, { script: page, vectors });
  },
};

const wanted = process.argv.slice(2);
const known = Object.keys(RUNTIMES);
const stranger = wanted.find((name) => !known.some((runtime) => runtime.startsWith(name)));
if (stranger !== undefined) {
  console.error(`Cannot run under "${stranger}": wanted one of ${known.join(", ")}`);
  process.exit(2);
}

const total = { passed: 0, failed: 0, skipped: 0 };
try {
  writeFileSync(vectors, JSON.stringify(readVectors()));
  await bundle("tools/runtimes/command.ts", command, "node");
  await bundle("tools/runtimes/page.ts", page, "browser");
  for (const [name, run] of Object.entries(RUNTIMES)) {
    if (wanted.length === 0 || wanted.some((prefix) => name.startsWith(prefix))) await report(name, run);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;

async function report(name, run) {
  const started = performance.now();
  const result = await run().catch((error) => ({ passed: 0, failures: [error.message] }));
  if (result === null) {
    total.skipped++;
    console.log(`${name}: skipped: not on this machine, and it cannot be installed here`);
    return;
  }
  const { passed, failures } = result;
  total.passed += passed;
  total.failed += failures.length;
  for (const failure of failures.slice(0, FAILURES_SHOWN)) console.log(`FAILED: ${name}: ${failure}`);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${name}: ${passed} passed, ${failures.length} failed (${seconds} s)`);
}

async function runProgram(program, args) {
  const done = spawnSync(program, [...args, vectors], { encoding: "utf8", maxBuffer: OUTPUT_BYTES_MAX });
  if (done.error !== undefined) throw new Error(`Cannot run ${program}: ${done.error.message}`);
  if (done.status !== 0) throw new Error(`status ${done.status ?? done.signal}: ${done.stderr}`);
  return JSON.parse(done.stdout);
}

function readVectors() {
  const paths = globSync("**/*.json", { cwd: join(ROOT, "vectors") });
  return Object.fromEntries(
    paths.map((path) => [path.replaceAll("\\", "/"), readFileSync(join(ROOT, "vectors", path), "utf8")]),
  );
}

async function bundle(entry, outfile, platform) {
  await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile,
    platform,
    bundle: true,
    format: "esm",
    target: "es2022",
    conditions: ["source"],
    logLevel: "warning",
  });
}
