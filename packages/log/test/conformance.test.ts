// SPDX-License-Identifier: Apache-2.0
// A log that someone else wrote (transparency-dev/tessera testdata/log), read by our reader.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parseVkey } from "@countermark/formats";
import { appendLeaves, createLogReader, EMPTY_EDGE, fileStorage, nodeCrypto } from "@countermark/log";
import { verifyCheckpoint, verifyConsistency } from "@countermark/verify";

const { CONFORMANCE_DIR } = process.env;
const dir = CONFORMANCE_DIR ?? fileURLToPath(new URL("../../../../shared/conformance", import.meta.url));
const folder = `${dir}/tlog/tessera-log`;
const skip = existsSync(folder) ? false : `no conformance data in ${folder}`;
const KEY = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";

test("LogReader: Tessera's log, every pair of its checkpoints consistent", { skip }, async () => {
  const storage = fileStorage(folder);
  const log = { vkeys: [parseVkey(KEY, nodeCrypto.sha256)], origin: "example.com/log/testdata" };
  const heads = [];
  for (let n = 0; n < 16; n++) {
    const bytes = (await storage.read(`checkpoint.${n}`)) ?? new Uint8Array(0);
    heads.push(await verifyCheckpoint(bytes, log, nodeCrypto));
  }
  for (const to of heads) {
    const reader = createLogReader(storage, to, nodeCrypto.sha256);
    for (const from of heads.filter((head) => head.size <= to.size)) {
      const proof = await reader.consistencyProof(from.size, to.size);
      verifyConsistency({ from, to, proof }, nodeCrypto.sha256);
    }
  }
});

test("appendLeaves: makes Tessera's tiles and bundles of Tessera's entries, byte for byte", {
  skip,
}, async () => {
  const storage = fileStorage(folder);
  const log = { vkeys: [parseVkey(KEY, nodeCrypto.sha256)], origin: "example.com/log/testdata" };
  const bytes = (await storage.read("checkpoint")) ?? new Uint8Array(0);
  const head = await verifyCheckpoint(bytes, log, nodeCrypto);
  const entries = await createLogReader(storage, head, nodeCrypto.sha256).readEntries(0, head.size);
  let edge = EMPTY_EDGE;
  for (const entry of entries) {
    const next = appendLeaves(nodeCrypto.sha256, edge, [entry]);
    for (const file of next.files) assert.deepEqual(await storage.read(file.path), file.bytes, file.path);
    edge = next.edge;
  }
});
