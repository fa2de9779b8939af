// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { createLogReader, decideWitness, nodeCrypto } from "@countermark/log";
import { rootOf, toyLeaves, toyLog } from "../support/toy-log.ts";

const { sha256 } = nodeCrypto;
const { storage, sequencer } = await toyLog(9);
const reader = createLogReader(storage, sequencer.head(), sha256);
const headAt = (size: number) => ({ size, root: rootOf(toyLeaves(size)) });
const forkAt = (size: number) => ({ size, root: new Uint8Array(32) });
const proof = await reader.consistencyProof(5, 9);

for (const [claim, latest, request, kind] of [
  ["the first checkpoint is cosigned", null, { oldSize: 0, proof: [], to: headAt(5) }, "cosign"],
  ["the empty tree is cosigned", null, { oldSize: 0, proof: [], to: headAt(0) }, "cosign"],
  ["what follows the empty tree is cosigned", headAt(0), { oldSize: 0, proof: [], to: headAt(5) }, "cosign"],
  ["an extension is cosigned", headAt(5), { oldSize: 5, proof, to: headAt(9) }, "cosign"],
  ["the same tree again is cosigned", headAt(9), { oldSize: 9, proof: [], to: headAt(9) }, "cosign"],
  ["an old size above the new", headAt(9), { oldSize: 9, proof: [], to: headAt(5) }, "old-size-larger"],
  ["an old size below ours", headAt(5), { oldSize: 0, proof: [], to: headAt(9) }, "other-size"],
  ["an old size above ours", headAt(5), { oldSize: 7, proof: [], to: headAt(9) }, "other-size"],
  ["an old size where we have none", null, { oldSize: 5, proof, to: headAt(9) }, "other-size"],
  ["a proof where we have none", null, { oldSize: 0, proof, to: headAt(9) }, "not-consistent"],
  ["a proof from the empty tree", headAt(0), { oldSize: 0, proof, to: headAt(9) }, "not-consistent"],
  ["no proof", headAt(5), { oldSize: 5, proof: [], to: headAt(9) }, "not-consistent"],
  ["a fork", headAt(5), { oldSize: 5, proof, to: forkAt(9) }, "not-consistent"],
  ["a fork of what we hold", forkAt(5), { oldSize: 5, proof, to: headAt(9) }, "not-consistent"],
  ["the same size with another root", headAt(9), { oldSize: 9, proof: [], to: forkAt(9) }, "not-consistent"],
  ["the same size with a proof", headAt(9), { oldSize: 9, proof, to: headAt(9) }, "not-consistent"],
] as const) {
  test(`decideWitness: ${claim}: ${kind}`, () => {
    assert.equal(decideWitness(latest, request, sha256).kind, kind);
  });
}

test("decideWitness: says which size it holds", () => {
  const decision = decideWitness(headAt(5), { oldSize: 0, proof: [], to: headAt(9) }, sha256);
  assert.deepEqual(decision, { kind: "other-size", latest: 5 });
});
