// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { readConfig } from "@countermark/log";
import { ORIGIN } from "./support/toy-log.ts";
import { LOG_VKEY } from "./support/toy-witnesses.ts";

const folder = mkdtempSync(join(tmpdir(), "countermark-main-"));
after(() => rmSync(folder, { recursive: true }));
const entry = fileURLToPath(new URL("../src/witness/main.ts", import.meta.url));

function start(...argv: readonly string[]): ChildProcess {
  return spawn(process.execPath, ["--conditions=source", entry, ...argv], {
    stdio: ["ignore", "pipe", "pipe"],
  });
}

function writeConfig(name: string, config: unknown): string {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(config));
  return file;
}

const CONFIG = {
  name: "w.example",
  keyFile: join(folder, "key.pem"),
  storeDir: join(folder, "store"),
  port: 0,
  logs: [{ origin: ORIGIN, vkey: LOG_VKEY.text }],
};

async function errorsOf(child: ChildProcess): Promise<{ status: unknown; text: string }> {
  let text = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  const [status] = await once(child, "close");
  return { status, text };
}

test("runMain: a witness says when it is ready, answers, and stops on SIGTERM with status 0", async () => {
  const child = start("--config", writeConfig("good.json", CONFIG));
  assert.ok(child.stdout !== null);
  const [line] = await once(createInterface(child.stdout), "line");
  const ready: { ready: boolean; url: string } = JSON.parse(String(line));
  assert.equal(ready.ready, true);
  assert.match(ready.url, /^http:\/\/127\.0\.0\.1:[0-9]+$/);
  assert.equal((await fetch(`${ready.url}/add-checkpoint`, { method: "POST", body: "x" })).status, 400);
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  assert.deepEqual(await ended, [0, null]);
});

test("runMain: a field that is not known is one line and status 1", async () => {
  const { status, text } = await errorsOf(
    start("--config", writeConfig("extra.json", { ...CONFIG, extra: 1 })),
  );
  assert.equal(status, 1);
  assert.match(text, /^countermark-witness \[unknown-field\]: .*"extra"\n$/);
});

test("runMain: no --config is a usage line and status 2", async () => {
  const { status, text } = await errorsOf(start());
  assert.equal(status, 2);
  assert.match(text, /usage/);
});

test("readConfig: a file that is not there or is not JSON is config-malformed", async () => {
  await assert.rejects(readConfig(join(folder, "none.json")), { code: "config-malformed" });
  const file = join(folder, "text.json");
  writeFileSync(file, "hello");
  await assert.rejects(readConfig(file), { code: "config-malformed" });
});
