// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { utf8 } from "@countermark/formats";
import {
  createEd25519,
  createNoteSigner,
  listen,
  memoryLock,
  memoryStorage,
  type NoteSigner,
  Sequencer,
  serveLog,
  signNote,
} from "@countermark/log";
import { openFindings } from "../findings.ts";
import { openObserver } from "../observer.ts";

const ORIGIN = "toy.test/log";
const SIGNER = createNoteSigner(ORIGIN, createEd25519(new Uint8Array(32).fill(9)));
const THIEF = createNoteSigner(ORIGIN, createEd25519(new Uint8Array(32).fill(8)));

/** A log of strings, and an observer that can read it. */
async function observed(context: TestContext) {
  const storage = memoryStorage();
  const sequencer = await Sequencer.open<string>({
    origin: ORIGIN,
    signer: SIGNER,
    storage,
    lock: memoryLock(),
    clock: () => 1,
    composer: {
      compose: async (items) => ({
        leaves: items.map((item) => utf8(item)),
        sidecar: new Uint8Array(),
        results: items.map((_, index) => ({ kind: "leaf", index })),
      }),
      committed: async () => {},
    },
  });
  const dir = mkdtempSync(join(tmpdir(), "observer-"));
  const served = await listen(serveLog(storage), { port: 0 });
  context.after(async () => {
    await served.close();
    await sequencer.close();
    rmSync(dir, { recursive: true });
  });
  const findings = openFindings(() => {});
  const logVkey = SIGNER.vkey.text;
  const observer = openObserver({
    origin: ORIGIN,
    logVkey,
    indexUrl: served.url,
    file: join(dir, "heads"),
    findings,
  });
  return { sequencer, observer, findings };
}

function forged(size: number, signer: NoteSigner): Uint8Array {
  const root = Buffer.alloc(32, 7).toString("base64");
  return signNote(`${ORIGIN}\n${size}\n${root}\n`, signer);
}

test("observer: heads of one log are found to be beginnings of each other", async (context) => {
  const { sequencer, observer, findings } = await observed(context);
  for (const item of ["a", "b", "c"]) {
    await sequencer.add(item);
    await observer.see(sequencer.head().note, "oak");
  }
  await observer.compare();
  assert.equal(observer.count(), 3);
  assert.deepEqual(findings.list, []);
});

test("observer: two signed trees of one size are a fork", async (context) => {
  const { sequencer, observer, findings } = await observed(context);
  await sequencer.add("a");
  await observer.see(sequencer.head().note, "oak");
  await observer.see(forged(1, SIGNER), "ash");
  assert.equal(findings.count("forked"), 1);
});

test("observer: a signed head that the log does not begin with is a fork", async (context) => {
  const { sequencer, observer, findings } = await observed(context);
  for (const item of ["a", "b", "c"]) await sequencer.add(item);
  await observer.see(forged(2, SIGNER), "ash");
  await observer.see(sequencer.head().note, "oak");
  await observer.compare();
  assert.equal(findings.count("forked"), 1);
});

test("observer: a signed head that is larger than the log cannot be read", async (context) => {
  const { sequencer, observer } = await observed(context);
  await sequencer.add("a");
  await observer.see(forged(9, SIGNER), "ash");
  await assert.rejects(observer.compare(), { code: "not-found" });
});

test("observer: a checkpoint that somebody else signed is told", async (context) => {
  const { observer, findings } = await observed(context);
  assert.equal(await observer.see(forged(1, THIEF), "ash"), null);
  assert.equal(findings.count("forked"), 1);
});
