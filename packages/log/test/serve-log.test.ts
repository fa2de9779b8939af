// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeHex, utf8 } from "@countermark/formats";
import { nodeCrypto, serveLog } from "@countermark/log";
import { toyLog } from "./support/toy-log.ts";

const { storage, sequencer } = await toyLog(250);
await Promise.all(Array.from({ length: 50 }, (_, i) => sequencer.add(`more ${i}`)));
await storage.replace("checkpoint", utf8("released\n"));
await storage.replace("checkpoints/300", utf8("at 300\n"));
const digest = encodeHex(nodeCrypto.sha256(utf8("kept\n")));
await storage.create(`checkpoints/sha256/${digest}`, utf8("kept\n"));
const app = serveLog(storage);

for (const [path, text] of [
  ["/checkpoint", "released\n"],
  ["/checkpoint/300", "at 300\n"],
  [`/checkpoint/sha256/${digest}`, "kept\n"],
] as const) {
  test(`serveLog: ${path.slice(0, 24)} as text`, async () => {
    const answer = await app.request(path);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("content-type"), "text/plain; charset=utf-8");
    assert.equal(await answer.text(), text);
  });
}

test("serveLog: a checkpoint is not cached, what never changes is for ever", async () => {
  assert.equal((await app.request("/checkpoint")).headers.get("cache-control"), "no-store");
  for (const path of ["/tile/0/000", `/checkpoint/sha256/${digest}`]) {
    assert.match((await app.request(path)).headers.get("cache-control") ?? "", /immutable/);
  }
});

for (const path of [
  "tile/0/000",
  "tile/0/001.p/44",
  "tile/1/000.p/1",
  "tile/entries/000",
  "tile/entries/001.p/44",
]) {
  test(`serveLog: /${path} is the file`, async () => {
    const answer = await app.request(`/${path}`);
    assert.equal(answer.headers.get("content-type"), "application/octet-stream");
    assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), await storage.read(path));
  });
}

for (const path of ["tile/0/000.p/250", "tile/entries/000.p/250"]) {
  test(`serveLog: /${path} is served from the full one when it was removed`, async () => {
    const bytes = await storage.read(path);
    await storage.remove(path);
    const answer = await app.request(`/${path}`);
    assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), bytes);
  });
}

for (const path of [
  "/tile/0/002",
  "/tile/0/001.p/45",
  "/tile/0/001",
  "/tile/9/000",
  "/tile/0/1",
  "/tile/0/000.p/256",
  "/tile/x/000",
  "/tile/%2e%2e/sealed",
  "/sealed",
  "/pending/1",
  "/checkpoint/301",
  "/checkpoint/0300",
  "/checkpoint/abc300",
  "/checkpoint/sha256/00",
]) {
  test(`serveLog: ${path} is 404 and not cached`, async () => {
    const answer = await app.request(path);
    assert.equal(answer.status, 404);
    assert.doesNotMatch(answer.headers.get("cache-control") ?? "", /immutable/);
  });
}

test("serveLog: writes are not found", async () => {
  assert.equal((await app.request("/checkpoint", { method: "POST", body: "x" })).status, 404);
});
