// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeTlogProof, leafHash, parsePolicy, parseTlogProof, utf8 } from "@countermark/formats";
import {
  verifyCheckpoint,
  verifyCosignatures,
  verifyCosignedCheckpoint,
  verifyTlogProof,
} from "@countermark/verify";
import { testCrypto } from "../support/node-crypto.ts";
import { subtreeLine, toyMlDsa } from "./toy-ml-dsa.ts";
import { log, logLine, NOW, note, ORIGIN, TEXT, toyPolicy, witnessLine } from "./toy-notes.ts";

const policy = toyPolicy("group g 2 w1 w2 w3\nquorum g\n");
const options = { policy, origin: ORIGIN, now: NOW, toleranceSeconds: 120 };

test("verifyCosignedCheckpoint: a quorum, its names and its times", async () => {
  const bytes = note(logLine(TEXT), witnessLine(1, NOW - 50), witnessLine(3, NOW - 20));
  const head = await verifyCosignedCheckpoint(bytes, options, testCrypto);
  assert.equal(head.size, 5);
  assert.deepEqual(head.cosignatures, [
    { name: "w1", time: NOW - 50 },
    { name: "w3", time: NOW - 20 },
  ]);
  assert.deepEqual([head.tLo, head.tHi], [NOW - 50, NOW - 20]);
});

test("verifyCosignedCheckpoint: a cosigner's clock may be ahead as far as is tolerated", async () => {
  const bytes = note(logLine(TEXT), witnessLine(1, NOW + 120), witnessLine(2, NOW));
  assert.equal((await verifyCosignedCheckpoint(bytes, options, testCrypto)).tHi, NOW + 120);
});

test("verifyCosignatures: of several lines by one witness the newest time", async () => {
  const bytes = note(logLine(TEXT), witnessLine(1, 50), witnessLine(1, 70), witnessLine(1, 60));
  const signed = await verifyCheckpoint(bytes, { vkeys: [log.vkey], origin: ORIGIN }, testCrypto);
  assert.deepEqual(await verifyCosignatures(signed, policy, testCrypto), [{ name: "w1", time: 70 }]);
});

const wrong = { ...witnessLine(2, NOW), signature: witnessLine(2, NOW).signature.with(20, 0) };
const short = { ...witnessLine(2, NOW), signature: witnessLine(2, NOW).signature.subarray(1) };
const backdated = { ...witnessLine(2, NOW), signature: witnessLine(2, NOW).signature.with(7, 1) };
const otherText = witnessLine(2, NOW, `${TEXT}extension\n`);
for (const [claim, lines, change, code] of [
  ["one witness of two is refused", [witnessLine(1, NOW)], {}, "quorum-not-met"],
  ["two lines by one witness are one", [witnessLine(1, NOW), witnessLine(1, NOW - 1)], {}, "quorum-not-met"],
  [
    "a witness outside the group does not count",
    [witnessLine(1, NOW), witnessLine(4, NOW)],
    {},
    "quorum-not-met",
  ],
  [
    "a wrong line refuses the note, quorum or not",
    [witnessLine(1, NOW), witnessLine(3, NOW), wrong],
    {},
    "cosignature-invalid",
  ],
  ["a short line is wrong", [witnessLine(1, NOW), short], {}, "cosignature-invalid"],
  ["another time than was signed is wrong", [witnessLine(1, NOW), backdated], {}, "cosignature-invalid"],
  ["a cosignature of another text is wrong", [witnessLine(1, NOW), otherText], {}, "cosignature-invalid"],
  ["time 0 is refused", [witnessLine(1, NOW), witnessLine(2, 0)], {}, "cosignature-time"],
  [
    "a time later than tolerated is refused",
    [witnessLine(1, NOW), witnessLine(2, NOW + 121)],
    {},
    "cosignature-time",
  ],
  [
    "quorum none is refused by name",
    [witnessLine(1, NOW)],
    { policy: toyPolicy("quorum none\n") },
    "quorum-none",
  ],
  [
    "a log that the policy does not list under that origin is refused",
    [],
    { origin: "other.example" },
    "checkpoint-origin",
  ],
] as const) {
  test(`verifyCosignedCheckpoint: ${claim}`, async () => {
    const bytes = note(logLine(TEXT), ...lines);
    await assert.rejects(verifyCosignedCheckpoint(bytes, { ...options, ...change }, testCrypto), { code });
  });
}

test("verifyCosignedCheckpoint: sixteen witnesses with ML-DSA-44 keys, all of whom are wanted", async () => {
  const signers = Array.from({ length: 16 }, (_, i) => toyMlDsa(`p${i}.example`, 100 + i));
  const names = signers.map((_, i) => `p${i}`);
  const keys = signers.map(({ vkey }, i) => `witness ${names[i]} ${vkey.text}\n`);
  const text = `log ${log.vkey.text}\n${keys.join("")}group g all ${names.join(" ")}\nquorum g\n`;
  const all = { ...options, policy: parsePolicy(text, testCrypto.sha256) };
  const lines = signers.map((signer) => subtreeLine(signer, NOW));
  const head = await verifyCosignedCheckpoint(note(logLine(TEXT), ...lines), all, testCrypto);
  assert.equal(head.cosignatures.length, 16);
  const fewer = note(logLine(TEXT), ...lines.slice(1));
  await assert.rejects(verifyCosignedCheckpoint(fewer, all, testCrypto), { code: "quorum-not-met" });
});

test("verifyCosignedCheckpoint: cosignatures without the log's own line are refused", async () => {
  const bytes = note(witnessLine(1, NOW), witnessLine(2, NOW));
  await assert.rejects(verifyCosignedCheckpoint(bytes, options, testCrypto), {
    code: "log-signature-missing",
  });
});

test("verifyTlogProof: an entry that is not the one in the tree is refused", async () => {
  const checkpoint = note(logLine(TEXT), witnessLine(1, NOW), witnessLine(2, NOW));
  const hashes = [leafHash(testCrypto.sha256, utf8("a")), new Uint8Array(32), new Uint8Array(32)];
  const proof = parseTlogProof(encodeTlogProof({ extra: null, index: 0, hashes, checkpoint }));
  await assert.rejects(verifyTlogProof(proof, utf8("entry"), options, testCrypto), {
    code: "inclusion-root",
  });
});
