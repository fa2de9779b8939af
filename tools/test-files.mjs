// SPDX-License-Identifier: Apache-2.0
// node tools/test-files.mjs <report> <minutes> <file>...: runs test files in this process, and writes what tools/test.mjs sums up to the
// report, one JSON object a line. Test runner flags are not on the command line: tests that start programs pass their own flags on.

import { appendFileSync } from "node:fs";
import { resolve } from "node:path";
import { run } from "node:test";
import { inspect } from "node:util";

const [report, minutes, ...files] = process.argv.slice(2);
const paths = files.map((file) => resolve(file));

for await (const { type, data } of run({
  files: paths,
  isolation: "none",
  timeout: Number(minutes) * 60_000,
})) {
  if (type === "test:summary" && data.file === undefined) write({ kind: "counts", counts: data.counts });
  if (type === "test:fail" && !isParent(data)) write({ kind: "failed", name: data.name, why: why(data) });
  const skipped = data.skip ?? data.todo;
  if (type === "test:pass" && skipped !== undefined && skipped !== false) {
    write({ kind: "skipped", name: data.name, why: skipped === true ? "no reason given" : skipped });
  }
}

// A server or timer that a test left open must not keep the run waiting.
process.exit(0);

/** A suite or test that failed only because something inside it did. */
function isParent(data) {
  return data.details?.error?.failureType === "subtestsFailed";
}

function why(data) {
  const error = data.details?.error;
  const cause = error?.cause instanceof Error ? error.cause : error;
  const place = data.file === undefined ? "" : `\nat ${data.file}:${data.line ?? "?"}`;
  return `${cause instanceof Error ? (cause.stack ?? cause.message) : inspect(cause)}${place}`;
}

/** At once: a test that ends the process must not take the others' results along. */
function write(event) {
  appendFileSync(report, `${JSON.stringify(event)}\n`);
}
