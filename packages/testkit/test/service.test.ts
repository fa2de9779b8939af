// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { freePorts, startService } from "../src/service.ts";

const dir = mkdtempSync(join(tmpdir(), "countermark-service-"));
after(() => rmSync(dir, { recursive: true, force: true }));

const READY = `process.stdout.write(JSON.stringify({ ready: true, url: "http://127.0.0.1:9" }) + "\\n");`;

function serviceOf(name: string, program: string) {
  const entry = join(dir, `${name}.mjs`);
  writeFileSync(entry, program);
  return { name, entry, config: { secret: "s" }, dir, env: {} };
}

test("startService: gives the URL of the first line, and stops the process", async () => {
  const service = await startService(serviceOf("good", `${READY} setInterval(() => {}, 1000);`));
  assert.equal(service.url, "http://127.0.0.1:9");
  await service.stop();
  await service.stop();
  assert.throws(() => process.kill(service.pid, 0), { code: "ESRCH" });
});

test("startService: kills a process that does not listen to SIGTERM", async () => {
  const service = await startService(
    serviceOf("deaf", `process.on("SIGTERM", () => {}); ${READY} setInterval(() => {}, 1000);`),
  );
  await service.stop();
  assert.throws(() => process.kill(service.pid, 0), { code: "ESRCH" });
});

test("startService: a process that ends is reported with the end of its log", async () => {
  await assert.rejects(
    startService(serviceOf("dead", `console.error("no such key"); process.exit(3);`)),
    /status 3\nno such key/,
  );
});

test("startService: a first line that is none of ours is reported, and the process ended", async () => {
  await assert.rejects(
    startService(serviceOf("odd", `console.log("hello"); setInterval(() => {}, 1000);`)),
    /its first line is "hello"/,
  );
});

test("startService: the configuration is for its owner's eyes", async () => {
  const service = await startService(serviceOf("private", `${READY} setInterval(() => {}, 1000);`));
  await service.stop();
  assert.equal(statSync(join(dir, "private.json")).mode & 0o777, 0o600);
});

test("freePorts: all different", async () => {
  const ports = await freePorts(5);
  assert.equal(new Set(ports).size, 5);
});
