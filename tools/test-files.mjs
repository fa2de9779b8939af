// SPDX-License-Identifier: Apache-2.0
// node tools/test-files.mjs <report> <minutes> <file>...: runs test files in this process, and writes what tools/test.mjs sums up to the
// report, one JSON object a line. Test runner flags are not on the command line: tests that start programs pass their own flags on.

import { appendFileSync } from "node:fs";
import { resolve } from "node:path";
import { run } from "node:test";
import { inspect } from "node:util";

const [report, minutes, ...files] = process.argv.slice(2);
const paths = files.map((file) => resolve(file));
/** How long a server or timer that a test left open may keep the process alive. */
const LEFTOVER_MILLISECONDS = 2_000;

let pending = 0;
let leftover;
for await (const { type, data } of run({
  files: paths,
  isolation: "none",
  timeout: Number(minutes) * 60_000,
})) {
  clearTimeout(leftover);
  if (type === "test:enqueue") pending++;
  if (type === "test:pass" || type === "test:fail") pending--;
  if (type === "test:pass") notePass(data);
  if (type === "test:fail" && !isParent(data)) write({ kind: "failed", name: data.name, why: why(data) });
  // What a test started and did not wait for went wrong after its end: the runner itself only mentions it.
  if (type === "test:diagnostic" && data.message.includes("asynchronous activity")) {
    write({ kind: "failed", name: "after the end of a test", why: data.message });
  }
  if (pending === 0) leftover = setTimeout(endAnyway, LEFTOVER_MILLISECONDS).unref();
}
write({ kind: "end" });
process.exit(0);

/** Only something left open keeps the process alive until here: every test has ended. */
function endAnyway() {
  write({ kind: "leftover", name: files.join(" "), why: process.getActiveResourcesInfo().join(", ") });
  write({ kind: "end" });
  process.exit(0);
}

function notePass(data) {
  // A file without tests passes under its own name; a suite is the sum of its tests.
  if (data.details?.type === "suite" || paths.includes(data.name)) return;
  const skipped = data.skip ?? data.todo;
  if (skipped === undefined || skipped === false) write({ kind: "passed" });
  else write({ kind: "skipped", name: data.name, why: skipped === true ? "no reason given" : skipped });
}

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
