// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { readFromChild, runChild } from "../../src/drive/run-child.ts";

const child = (...args: readonly string[]) => ({
  command: process.execPath,
  args,
  env: {},
  stdoutToStderr: true,
});

test("runChild: hands back the tool's status", async () => {
  assert.equal(await runChild(child("-e", "process.exit(7)"), new AbortController().signal), 7);
});

test("runChild: a tool that is not there is named", async () => {
  const missing = { ...child(), command: "/nowhere/pip" };
  await assert.rejects(runChild(missing, new AbortController().signal), {
    code: "tool-missing",
    message: /\/nowhere\/pip/,
  });
});

test("runChild: ends when the user wants it to", async () => {
  const stop = new AbortController();
  const running = runChild(child("-e", "setTimeout(() => {}, 60000)"), stop.signal);
  setImmediate(() => stop.abort());
  assert.notEqual(await running, 0);
});

test("readFromChild: what a program prints, or null when it fails", async () => {
  assert.equal(await readFromChild(process.execPath, ["-p", "1 + 1"], {}), "2");
  assert.equal(await readFromChild(process.execPath, ["-e", "process.exit(1)"], {}), null);
  assert.equal(await readFromChild("/nowhere/python", [], {}), null);
});

test("watchTool: when the process that watches is gone, the tool goes, with what it started", async () => {
  const module = new URL("../../src/drive/watchdog.ts", import.meta.url).href;
  const script = `
    import { spawn } from "node:child_process";
    const { watchTool, WATCH_VARIABLE } = await import(${JSON.stringify(module)});
    const { mark } = await watchTool();
    // The process id is never told: this process may be gone before it could be.
    const env = { ...process.env, [WATCH_VARIABLE]: mark };
    spawn("sh", ["-c", "echo started; sleep 600 & sleep 600"], { env, stdio: ["ignore", "inherit", "ignore"] });
    setTimeout(() => undefined, 600_000);`;
  const watching = spawn(process.execPath, ["--conditions=source", "--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(watching.stdout, "data");
  watching.kill("SIGKILL");
  // The output ends when nobody holds it any more.
  await once(watching, "close");
});
