// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { encodeHex, parseNote } from "@countermark/formats";
import { createEd25519, createNoteSigner, nodeCrypto, signNote } from "@countermark/log";
import { buildWheel } from "./support/build.ts";
import { openWorld, publisherJson, type World } from "./support/world.ts";

const PROJECT = { name: "toy-box", version: "1.0", requiresPython: ">=3.8" };

async function openPublished(
  context: TestContext,
): Promise<{ world: World; path: string; filename: string }> {
  const world = await openWorld(context);
  await world.manage("projects", { project: "toy-box", publishers: [publisherJson()] });
  const file = await buildWheel(PROJECT);
  assert.equal((await world.upload(await world.uploadToken(), PROJECT, file)).status, 200);
  const sha256 = encodeHex(nodeCrypto.sha256(file.bytes));
  const path = `/files/${sha256.slice(0, 2)}/${sha256}/${file.filename}`;
  assert.equal((await world.request(path)).status, 200);
  return { world, path, filename: file.filename };
}

test("createIndex: started while no cosigner answers, it serves what was released and refuses every change", async (context) => {
  const { world, path } = await openPublished(context);
  world.up.clear();
  await world.restart();
  assert.equal(world.index.readOnly()?.code, "own-heads-unknown");
  assert.equal((await world.request(path)).status, 200);
  for (const [where, answer] of [
    ["mint-token", await world.mint(world.idToken())],
    ["manage", await world.manage("accounts", { name: "late" })],
    ["legacy", await world.request("/legacy/", { method: "POST" })],
  ] as const) {
    assert.equal(answer.status, 503, where);
    assert.equal(answer.headers.get("retry-after"), "10", where);
  }
});

test("createIndex: what was taken out of service without a quorum stays out in an index that only reads", async (context) => {
  const { world, path, filename } = await openPublished(context);
  world.up.clear();
  await world.manage("projects/toy-box/withdraw", { files: [filename], reason: "malware", text: "bad" });
  assert.equal((await world.request(path)).status, 404);
  await world.restart();
  assert.equal(world.index.readOnly()?.code, "own-heads-unknown");
  assert.equal((await world.request(path)).status, 404);
  assert.doesNotMatch(await (await world.request("/simple/toy-box/")).text(), /toy_box/);
});

test("createIndex: the same for a quarantined project", async (context) => {
  const { world, path } = await openPublished(context);
  world.up.clear();
  await world.manage("projects/toy-box/status", { status: "quarantined", text: "looked at" });
  await world.restart();
  assert.equal((await world.request(path)).status, 404);
});

test("createIndex: a storage whose own head is gone is not read, for nobody knows what was taken out", async (context) => {
  const { world } = await openPublished(context);
  world.up.clear();
  await world.options.storage.remove("sealed");
  await assert.rejects(world.restart(), { name: "LogError" });
});

test("createIndex: a storage that holds another history than the released one is not read", async (context) => {
  const { world: shown } = await openPublished(context);
  const { world } = await openPublished(context);
  // The same index after another past: larger, whole, and signed by its own key.
  await world.manage("projects", { project: "other-box", publishers: [publisherJson()] });
  const [from, to] = [shown.options.storage, world.options.storage];
  await to.replace("checkpoint", (await from.read("checkpoint")) ?? new Uint8Array());
  world.up.clear();
  await assert.rejects(world.restart(), { code: "not-authentic" });
});

test("createIndex: a storage whose own head is by another key is not read", async (context) => {
  const { world } = await openPublished(context);
  world.up.clear();
  const { origin, storage } = world.options;
  const { text } = parseNote((await storage.read("sealed")) ?? new Uint8Array());
  await storage.replace("sealed", signNote(text, createNoteSigner(origin, createEd25519())));
  await assert.rejects(world.restart(), { code: "log-signature-missing" });
});

test("tick: an index that only reads takes changes again when its cosigners are back", async (context) => {
  const { world, path } = await openPublished(context);
  world.up.clear();
  await world.restart();
  for (const name of world.options.policy.witnesses.keys()) world.up.add(name);
  await Promise.all([world.index.tick(), world.index.tick()]);
  assert.equal(world.index.readOnly(), null);
  assert.equal((await world.request(path)).status, 200);
  const next = { ...PROJECT, version: "2.0" };
  assert.equal((await world.upload(await world.uploadToken(), next, await buildWheel(next))).status, 200);
});

test("close: what is closed while it only reads is not opened by a later tick", async (context) => {
  const { world } = await openPublished(context);
  const names = [...world.up];
  world.up.clear();
  await world.restart();
  await world.index.close();
  for (const name of names) world.up.add(name);
  await world.index.tick();
  assert.equal(world.index.readOnly()?.code, "own-heads-unknown");
  assert.notEqual((await world.manage("accounts", { name: "late" })).status, 201);
});

test("close: while a tick opens the index anew, leaves nothing that writes", async (context) => {
  const { world } = await openPublished(context);
  const names = [...world.up];
  world.up.clear();
  await world.restart();
  for (const name of names) world.up.add(name);
  const ticking = world.index.tick();
  await world.index.close();
  await ticking;
  await world.index.tick();
  const answer = await world.manage("accounts", { name: "late" }).catch(() => null);
  assert.notEqual(answer?.status, 201);
});
