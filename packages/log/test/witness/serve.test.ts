// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  encodeAddCheckpoint,
  encodeHex,
  encodeNote,
  ParseError,
  parseCosignatureLines,
  parseNote,
  utf8,
} from "@countermark/formats";
import {
  createEd25519,
  createLogReader,
  createNoteSigner,
  LogError,
  nodeCrypto,
  signNote,
  sqliteWitnessStore,
} from "@countermark/log";
import { RefusedError, VerifyError, verifyCheckpoint, verifyCosignatures } from "@countermark/verify";
import { LOG_KEY, ORIGIN, toyLog } from "../support/toy-log.ts";
import { LOG_VKEY, NOW, toyClock, toyPolicy, toyWitness } from "../support/toy-witnesses.ts";

const { sequencer, storage } = await toyLog(5);
const five = sequencer.head();
await Promise.all([sequencer.add("x"), sequencer.add("y")]);
const seven = sequencer.head();
const reader = createLogReader(storage, seven, nodeCrypto.sha256);
const proof = await reader.consistencyProof(5, 7);
const forkText = new TextDecoder()
  .decode(five.note)
  .replace(/\n5\n.*\n/, `\n5\n${Buffer.alloc(32).toString("base64")}\n`);
const fork = signNote(parseNote(utf8(forkText)).text, createNoteSigner(ORIGIN, LOG_KEY));

async function ask(
  app: ReturnType<typeof toyWitness>,
  oldSize: number,
  lines: readonly Uint8Array[],
  checkpoint: Uint8Array,
) {
  const body = encodeAddCheckpoint({ oldSize, proof: lines, checkpoint });
  return await app.request("/add-checkpoint", { method: "POST", body });
}

async function witnessAt5() {
  const store = sqliteWitnessStore(":memory:");
  const app = toyWitness(1, { store });
  assert.equal((await ask(app, 0, [], five.note)).status, 200);
  return { store, app };
}

test("createWitness: cosigns a first checkpoint, with its own time", async () => {
  const answer = await ask(toyWitness(1), 0, [], five.note);
  assert.equal(answer.status, 200);
  const [line] = parseCosignatureLines(new Uint8Array(await answer.arrayBuffer()));
  assert.equal(line?.name, "w1.example");
  const note = parseNote(five.note);
  const bytes = encodeNote({ text: note.text, signatures: [...note.signatures, ...(line ? [line] : [])] });
  const signed = await verifyCheckpoint(bytes, { vkeys: [LOG_VKEY], origin: ORIGIN }, nodeCrypto);
  assert.deepEqual(await verifyCosignatures(signed, toyPolicy(1, 1), nodeCrypto), [
    { name: "w1", time: NOW },
  ]);
});

test("createWitness: cosigns an extension, and has stored it before it answers", async () => {
  const { app, store } = await witnessAt5();
  assert.equal((await ask(app, 5, proof, seven.note)).status, 200);
  assert.equal(store.read(ORIGIN)?.size, 7);
});

test("createWitness: cosigns the same size again at a later time", async () => {
  const clock = toyClock();
  const app = toyWitness(1, { clock });
  await ask(app, 0, [], five.note);
  clock.advance(60);
  const answer = await ask(app, 5, [], five.note);
  const [line] = parseCosignatureLines(new Uint8Array(await answer.arrayBuffer()));
  assert.equal(Buffer.from(line?.signature ?? []).readBigUInt64BE(0), BigInt(NOW + 60));
});

test("createWitness: serves what it cosigned last, with the log's line and its own, and no stranger's", async () => {
  const app = toyWitness(1);
  const note = parseNote(five.note);
  const stranger = { name: "stranger.example", keyId: new Uint8Array(4), signature: new Uint8Array(64) };
  await ask(app, 0, [], encodeNote({ ...note, signatures: [stranger, ...note.signatures] }));
  const path = `/${encodeHex(nodeCrypto.sha256(utf8(ORIGIN)))}/checkpoint`;
  const served = parseNote(new Uint8Array(await (await app.request(path)).arrayBuffer()));
  assert.deepEqual(
    served.signatures.map((line) => line.name),
    [ORIGIN, "w1.example"],
  );
});

test("createWitness: 404 for the checkpoint of a log it never cosigned, or does not know", async () => {
  for (const origin of [ORIGIN, "other.example"]) {
    const path = `/${encodeHex(nodeCrypto.sha256(utf8(origin)))}/checkpoint`;
    assert.equal((await toyWitness(1).request(path)).status, 404);
  }
});

const stranger = createNoteSigner(ORIGIN, createEd25519());
const text = parseNote(five.note).text;
const otherOrigin = signNote(text.replace(ORIGIN, "other.example"), createNoteSigner(ORIGIN, LOG_KEY));
const badLine = parseNote(five.note).signatures.map((line) => ({
  ...line,
  signature: line.signature.with(0, 0),
}));
const emptyText = `${ORIGIN}\n0\n${Buffer.alloc(32).toString("base64")}\n`;
for (const [claim, oldSize, lines, checkpoint, status] of [
  ["an old size above the checkpoint's", 8, [], five.note, 400],
  ["a checkpoint that is no note", 5, [], utf8("x"), 400],
  ["no signature by the log", 5, proof, signNote(text, stranger), 403],
  ["a wrong signature by the log", 5, proof, encodeNote({ text, signatures: badLine }), 403],
  ["another origin", 5, [], otherOrigin, 404],
  ["another old size", 4, proof, seven.note, 409],
  ["old size 0, to find out", 0, [], seven.note, 409],
  ["a proof that does not hold", 5, [...proof].reverse(), seven.note, 422],
  ["the same size with another root", 5, [], fork, 422],
  ["size 0 with another root", 0, [], signNote(emptyText, createNoteSigner(ORIGIN, LOG_KEY)), 422],
] as const) {
  test(`createWitness: ${claim} is ${status}, and nothing is cosigned`, async () => {
    const { app, store } = await witnessAt5();
    const answer = await ask(app, oldSize, lines, checkpoint);
    assert.equal(answer.status, status);
    assert.deepEqual(store.read(ORIGIN)?.root, five.root);
  });
}

test("createWitness: the body of a 409 is its size, typed so", async () => {
  const { app } = await witnessAt5();
  const answer = await ask(app, 0, [], seven.note);
  assert.equal(answer.headers.get("content-type"), "text/x.tlog.size");
  assert.equal(await answer.text(), "5\n");
});

test("createWitness: a body above the limit is 400", async () => {
  const body = new Uint8Array(200_000);
  const answer = await toyWitness(1).request("/add-checkpoint", { method: "POST", body });
  assert.equal(answer.status, 400);
});

test("createWitness: of two extensions at once one is cosigned, the other told to look again", async () => {
  const { app } = await witnessAt5();
  const answers = await Promise.all([ask(app, 5, proof, seven.note), ask(app, 5, [], five.note)]);
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 409]);
});

test("createWitness: a head that was replaced while it was examined is not cosigned", async () => {
  const { store } = await witnessAt5();
  const note = seven.note;
  const examine = async (): Promise<void> => {
    assert.ok(store.swap(ORIGIN, five, { size: 7, root: seven.root, note }));
  };
  const answer = await ask(toyWitness(1, { store, examine }), 5, proof, seven.note);
  assert.equal(answer.status, 409);
  assert.equal(await answer.text(), "7\n");
});

test("createWitness: what it examines and refuses is 422 with its reason; a refresh is not examined again", async () => {
  const store = sqliteWitnessStore(":memory:");
  let examined = 0;
  const accept = toyWitness(1, { store, examine: async () => void examined++ });
  assert.equal((await ask(accept, 0, [], five.note)).status, 200);
  assert.equal((await ask(accept, 5, [], five.note)).status, 200);
  assert.equal(examined, 1);
  const refusal = new LogError("audit-not-admitted", "entry 6 is void");
  const refuse = toyWitness(1, { store, examine: () => Promise.reject(refusal) });
  const answer = await ask(refuse, 5, proof, seven.note);
  assert.equal(answer.status, 422);
  assert.match(await answer.text(), /entry 6 is void/);
  assert.equal(store.read(ORIGIN)?.size, 5);
});

for (const [claim, error, status] of [
  ["a LogError", new LogError("audit-no-state", "seen"), 422],
  ["a VerifyError", new VerifyError("evidence-missing", "seen"), 422],
  ["a ParseError", new ParseError("malformed", "seen"), 422],
  ["a RefusedError", new RefusedError("trigger-refused", "seen"), 422],
  ["what is out of reach", new LogError("unavailable", "seen"), 503],
  ["too many heads at once", new LogError("audit-busy", "seen"), 503],
  ["a tile that is not there", new LogError("not-found", "seen"), 503],
  ["a mistake of ours", new TypeError("secret"), 500],
  ["what is no error", "secret", 500],
] as const) {
  test(`createWitness: ${claim} in the examination is ${status}${status === 500 ? ", without its text" : ""}`, async (t) => {
    t.mock.method(console, "error", () => {});
    const { store } = await witnessAt5();
    const app = toyWitness(1, { store, examine: () => Promise.reject(error) });
    const answer = await ask(app, 5, proof, seven.note);
    assert.equal(answer.status, status);
    const text = await answer.text();
    assert.equal(text.includes("seen"), status !== 500);
    assert.ok(!text.includes("secret"));
    assert.equal(store.read(ORIGIN)?.size, 5);
  });
}

test("createWitness: a line that a stranger repeats is kept once, so that what is kept can be read", async () => {
  const app = toyWitness(1);
  const { text, signatures } = parseNote(five.note);
  const [line] = signatures;
  const repeated = encodeNote({ text, signatures: Array.from({ length: 64 }, () => line ?? assert.fail()) });
  assert.equal((await ask(app, 0, [], repeated)).status, 200);
  const kept = await app.request(`/${encodeHex(nodeCrypto.sha256(utf8(ORIGIN)))}/checkpoint`);
  assert.equal(parseNote(new Uint8Array(await kept.arrayBuffer())).signatures.length, 2);
});
