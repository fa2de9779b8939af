#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import { systemClock } from "@countermark/log";
import { runCli } from "./cli.ts";
import { createFetch } from "./fetch/http.ts";

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  now: systemClock,
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  colours: process.stdout.isTTY === true && process.env["NO_COLOR"] === undefined,
  interactive: process.stdin.isTTY === true,
  createFetch,
  stop: stop.signal,
});
