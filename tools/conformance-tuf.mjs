// SPDX-License-Identifier: Apache-2.0
// npm run conformance:tuf [-- --original <checkout of theupdateframework/tuf-conformance>]
//
// Our own cases, one for each of the suite's; or the suite itself, against bin/countermark-tuf-conformance. It needs Python 3.10 with the
// packages that its pyproject.toml names (PYTHON, else <checkout>/env/bin/python, else python3) and the program faketime.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { ROOT } from "./source.mjs";

const { values } = parseArgs({ options: { original: { type: "string" } } });
process.exitCode = values.original === undefined ? runOwn() : runOriginal(resolve(values.original));

function runOwn() {
  return run(process.execPath, [join(ROOT, "tools/test.mjs"), "packages/client/test/tuf/"], ROOT);
}

function runOriginal(folder) {
  const suite = join(folder, "tuf_conformance");
  if (!existsSync(suite)) return fail(`There is no checkout of tuf-conformance in ${folder}`);
  const own = join(folder, "env/bin/python");
  const python = process.env.PYTHON ?? (existsSync(own) ? own : "python3");
  const entrypoint = join(ROOT, "bin/countermark-tuf-conformance");
  return run(python, ["-m", "pytest", "-q", suite, "--entrypoint", entrypoint], folder);
}

function run(program, args, cwd) {
  const done = spawnSync(program, args, { cwd, stdio: "inherit" });
  if (done.error !== undefined) return fail(`Cannot run ${program}: ${done.error.message}`);
  return done.status ?? 1;
}

function fail(line) {
  process.stderr.write(`${line}\n`);
  return 2;
}
