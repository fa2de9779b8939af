#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import { systemClock } from "@countermark/log";
import { runCli } from "./cli.ts";
import { EXIT } from "./failure.ts";
import { createFetch } from "./fetch/http.ts";

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());

let isSettled = false;
process.once("exit", () => {
  if (isSettled) return;
  // Nothing is left to wait for, and the command has not ended: node would stop with status 13 and no word of ours.
  process.stderr.write(
    "countermark: This is a fault of countermark: it stopped before its work was done [internal]\n",
  );
  process.exitCode = EXIT.internal;
});

const exit = await runCli(process.argv.slice(2), {
  env: process.env,
  now: systemClock,
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  colours: process.stdout.isTTY === true && process.env["NO_COLOR"] === undefined,
  terminal: process.stderr.isTTY === true,
  interactive: process.stdin.isTTY === true,
  createFetch,
  stop: stop.signal,
});
isSettled = true;
process.exitCode = exit;
