// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { encodeHex, encodeReceipt, parseEntry, parseReceipt } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import {
  attack,
  buildZip,
  countersignAsThief,
  INDEX_URL,
  member,
  sampleWorld,
  wheelMembers,
} from "@countermark/testkit";

attack(
  {
    by: "online-key-thief",
    tries: "signs a receipt for a file of his own, and keeps its entry out of the ledger",
    stoppedBy: "a receipt proves that its entry is in a tree that a quorum signed",
    noticedBy: "whoever checks the receipt, offline too",
    when: "at once",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const extra = member("evil.py", "evil = True\n");
    const evil = { ...world.wheel, bytes: buildZip([...wheelMembers(world.project), extra], "deflated") };
    const sha256 = encodeHex(nodeCrypto.sha256(evil.bytes));
    const trueSha256 = encodeHex(nodeCrypto.sha256(world.wheel.bytes));
    const url = `${INDEX_URL}/receipt/${trueSha256}/${world.wheel.filename}.tlog-proof`;
    const truth = await (await world.network.fetch(url)).arrayBuffer();
    const receipt = parseReceipt(new Uint8Array(truth));
    const { statement } = parseEntry(receipt.entry);
    assert.equal(statement.kind, "file-accepted");
    if (statement.kind !== "file-accepted") return;
    const entry = countersignAsThief(world, { ...statement, sha256, size: evil.bytes.length });

    const check = async (file: typeof evil, bytes: Uint8Array) => {
      const path = world.writeFile(file);
      writeFileSync(`${path}.tlog-proof`, bytes);
      return await world.countermark(["verify", path, "--receipt", `${path}.tlog-proof`]);
    };
    await t.test("the true receipt holds for the true file", async () => {
      const run = await check(world.wheel, new Uint8Array(truth));
      assert.equal(run.status, 0, run.output);
    });
    await t.test("the thief's entry is signed, and in no tree", async () => {
      const run = await check(evil, encodeReceipt({ ...receipt, entry }));
      assert.equal(run.status, 1, run.output);
      assert.match(run.output, /\[inclusion-root\]/);
      t.saw("whoever checks it", run.output, /\[inclusion-root\]/);
    });
    await t.test("the true receipt is not for the thief's file", async () => {
      const run = await check(evil, new Uint8Array(truth));
      assert.equal(run.status, 1, run.output);
      assert.match(run.output, /\[digest-mismatch\]/);
    });
  },
);
