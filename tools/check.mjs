// SPDX-License-Identifier: Apache-2.0
// npm run check [-- --fast]: format, types, lint, layers, invariants, specs, refusals, attacks, tests; one line each, stops at the first failure.
// --fast leaves the tests out.

import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { filesLike, ROOT } from "./source.mjs";

const bin = (name) => join(ROOT, "node_modules/.bin", name);
const node = (script) => [process.execPath, "--conditions=source", join(ROOT, script)];
const projects = filesLike("packages/*/tsconfig*.json", "tools/tsconfig.json");

const STEPS = [
  {
    name: "format",
    run: () => runTool([bin("biome"), "format", "--colors=off", "."]),
    done: () => "every file is formatted",
  },
  { name: "types", run: checkTypes, done: () => `${projects.length} TypeScript projects compile` },
  {
    name: "lint",
    run: () =>
      runTool([
        bin("biome"),
        "check",
        "--formatter-enabled=false",
        "--error-on-warnings",
        "--colors=off",
        ".",
      ]),
    done: () => "no finding",
  },
  { name: "layers", run: () => runTool(node("tools/check-layers.mjs")) },
  { name: "invariants", run: () => runTool(node("tools/check-invariants.mjs")) },
  { name: "specs", run: () => runTool(node("tools/check-specs.mjs")) },
  { name: "refusals", run: () => runTool(node("tools/check-refusals.mjs")) },
  { name: "attacks", run: () => runTool(node("tools/check-attacks.mjs")) },
  { name: "tests", slow: true, run: () => runTool(node("tools/test.mjs")) },
];

const isFast = process.argv.slice(2).includes("--fast");
for (const step of STEPS) {
  if (isFast && step.slow) continue;
  const started = performance.now();
  const { status, output } = await step.run();
  const seconds = `(${((performance.now() - started) / 1000).toFixed(1)} s)`;
  if (status !== 0) {
    console.log(`${output.trimEnd()}\n${step.name}: FAILED ${seconds}`);
    process.exit(1);
  }
  const sentence = step.done?.() ?? output.trimEnd().split("\n").at(-1).replace(`${step.name}: `, "");
  console.log(`${step.name}: ${sentence} ${seconds}`);
}

/** Every project, a few at a time; the output of those that fail. */
async function checkTypes() {
  const queue = [...projects];
  const failed = [];
  const work = async () => {
    for (let project = queue.shift(); project !== undefined; project = queue.shift()) {
      const { status, output } = await runTool([bin("tsc"), "--pretty", "false", "-p", project]);
      if (status !== 0) failed.push(output);
    }
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, work));
  return { status: failed.length, output: failed.join("") };
}

function runTool([program, ...args]) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text) => (output += text));
    child.on("error", (error) => resolve({ status: 1, output: `Cannot run ${program}: ${error.message}` }));
    child.on("close", (code) => resolve({ status: code ?? 1, output }));
  });
}
