// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { runTool, runToolOrThrow } from "../src/run-tool.ts";

const node = (program: string, env: Record<string, string> = {}) =>
  runTool(process.execPath, ["-e", program], { env });

test("runTool: gives the status and both streams", async () => {
  const run = await node(`process.stdout.write("a"); process.stderr.write("b"); process.exitCode = 3;`);
  assert.deepEqual([run.status, run.stdout, run.stderr], [3, "a", "b"]);
});

test("runTool: the environment is what it is given, and no more", async () => {
  const run = await node(`process.stdout.write(JSON.stringify(Object.keys(process.env)));`, { ONLY: "1" });
  assert.equal(run.stdout, '["ONLY"]');
});

test("runTool: a program that does not exist is an error with its name", async () => {
  await assert.rejects(runTool("/nonexistent/tool", [], { env: {} }), /Cannot run \/nonexistent\/tool/);
});

test("runTool: a program that takes too long is ended", async () => {
  const run = await runTool(process.execPath, ["-e", "setInterval(() => {}, 1000)"], {
    env: {},
    secondsMax: 0.3,
  });
  assert.notEqual(run.status, 0);
});

test("runToolOrThrow: says what a program that failed said last", async () => {
  await assert.rejects(
    runToolOrThrow(process.execPath, ["-e", `console.error("why"); process.exit(1)`], { env: {} }),
    /status 1:\nwhy/,
  );
});
