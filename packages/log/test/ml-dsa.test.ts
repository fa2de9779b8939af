// SPDX-License-Identifier: Apache-2.0
// A log and witnesses with ML-DSA-44 keys, from key to released head.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseJsonObject, parseNote, parsePolicy, utf8 } from "@countermark/formats";
import {
  createCosigner,
  createEd25519,
  createMlDsa44,
  createNoteSigner,
  createP256,
  nodeCrypto,
  Releaser,
  type ReleaserOptions,
  Sequencer,
} from "@countermark/log";
import { verifyCosignedCheckpoint } from "@countermark/verify";
import { readCosignerKeyConfig } from "../src/cosigner-key.ts";
import { ORIGIN, toyLog } from "./support/toy-log.ts";
import { LOG_VKEY, NOW, network, toyWitness } from "./support/toy-witnesses.ts";

const LOG_KEY = createMlDsa44(new Uint8Array(32).fill(50));
const SIGNER = createNoteSigner(ORIGIN, LOG_KEY);
const WITNESS_KEYS = [
  createMlDsa44(new Uint8Array(32).fill(51)),
  createEd25519(new Uint8Array(32).fill(52)),
  createMlDsa44(new Uint8Array(32).fill(53)),
];
const TEXT = `${ORIGIN}\n1\n${Buffer.alloc(32, 7).toString("base64")}\n`;

test("createMlDsa44: the same seed is the same key, and no seed another one", () => {
  const seed = new Uint8Array(32).fill(9);
  assert.deepEqual(createMlDsa44(seed).publicSpki, createMlDsa44(seed).publicSpki);
  assert.notDeepEqual(createMlDsa44().publicSpki, createMlDsa44().publicSpki);
  assert.throws(() => createMlDsa44(new Uint8Array(31)), TypeError);
});

test("createMlDsa44: what it signs is believed, and of no other message", async () => {
  const signature = LOG_KEY.sign(utf8("message"));
  const ask = (message: string) =>
    nodeCrypto.verify({ kind: "ml-dsa-44" }, LOG_KEY.publicSpki, utf8(message), signature);
  assert.equal(await ask("message"), true);
  assert.equal(await ask("massage"), false);
});

test("createCosigner: the type of its verifier key is that of its key", () => {
  assert.equal(createCosigner("w.example", LOG_KEY).vkey.algorithm, 6);
  assert.equal(createCosigner("w.example", createEd25519()).vkey.algorithm, 4);
  assert.throws(() => createCosigner("w.example", createP256()), TypeError);
});

test("createNoteSigner: an ML-DSA-44 key signs checkpoints and no other text", () => {
  assert.equal(SIGNER.vkey.algorithm, 6);
  assert.equal(SIGNER.sign(TEXT).signature.length, 2_428);
  assert.throws(() => SIGNER.sign("a text\n"), { code: "malformed" });
  assert.throws(() => createNoteSigner(ORIGIN, createP256()), TypeError);
});

test("Releaser: a log and witnesses with ML-DSA-44 keys, and one witness with an Ed25519 key", async () => {
  const { sequencer, storage, options: parts } = await toyLog(3, { signer: SIGNER });
  const hosts = new Map(
    WITNESS_KEYS.map((key, i) => {
      const logs = [{ origin: ORIGIN, vkeys: [SIGNER.vkey] }];
      return [`w${i}.example`, toyWitness(i, { name: `w${i}.example`, key, logs })];
    }),
  );
  const lines = WITNESS_KEYS.map((key, i) => {
    const { vkey } = createCosigner(`w${i}.example`, key);
    return `witness w${i} ${vkey.text} http://w${i}.example\n`;
  });
  const text = `log ${SIGNER.vkey.text}\n${lines.join("")}group g all w0 w1 w2\nquorum g\n`;
  const policy = parsePolicy(text, nodeCrypto.sha256);
  const options: ReleaserOptions = {
    origin: ORIGIN,
    vkey: SIGNER.vkey,
    storage,
    policy,
    fetch: network(hosts),
    crypto: nodeCrypto,
    clock: () => NOW,
  };
  const releaser = await Releaser.open(options);
  const first = await releaser.release(sequencer.head());
  assert.deepEqual(
    first.cosignatures.map(({ name }) => name),
    ["w0", "w1", "w2"],
  );
  // The log signs the same head to other bytes when it is opened again: nothing depends on them.
  await sequencer.close();
  const again = await Sequencer.open(parts);
  await again.add("x");
  const second = await releaser.release(again.head());
  assert.equal(second.size, 4);
  const wanted = { policy, origin: ORIGIN, now: NOW, toleranceSeconds: 0 };
  const { signatures } = parseNote(second.noteBytes);
  assert.equal(signatures.length, 4);
  assert.equal((await verifyCosignedCheckpoint(second.noteBytes, wanted, nodeCrypto)).tLo, NOW);
});

test("createWitness: a witness that knows the log's Ed25519 key does not take its ML-DSA-44 key for it", async () => {
  const { sequencer } = await toyLog(1, { signer: SIGNER });
  const app = toyWitness(1, { logs: [{ origin: ORIGIN, vkeys: [LOG_VKEY] }] });
  const body = Buffer.concat([Buffer.from("old 0\n\n"), sequencer.head().note]);
  assert.equal((await app.request("/add-checkpoint", { method: "POST", body })).status, 403);
});

for (const [claim, text, wanted] of [
  ["no algorithm is Ed25519", '{"keyFile":"k.pem"}', "ed25519"],
  ["Ed25519 by name", '{"keyFile":"k.pem","keyAlgorithm":"ed25519"}', "ed25519"],
  ["ML-DSA-44 by name", '{"keyFile":"k.pem","keyAlgorithm":"ml-dsa-44"}', "ml-dsa-44"],
] as const) {
  test(`readCosignerKeyConfig: ${claim}`, () => {
    const config = parseJsonObject(utf8(text), { bytesMax: 1_024, depthMax: 2 }, "config");
    assert.deepEqual(readCosignerKeyConfig(config), { keyFile: "k.pem", keyAlgorithm: wanted });
  });
}

test("readCosignerKeyConfig: another algorithm is refused", () => {
  const text = '{"keyFile":"k.pem","keyAlgorithm":"p256"}';
  const config = parseJsonObject(utf8(text), { bytesMax: 1_024, depthMax: 2 }, "config");
  assert.throws(() => readCosignerKeyConfig(config), { name: "ParseError" });
});
