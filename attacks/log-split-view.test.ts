// SPDX-License-Identifier: Apache-2.0
// The log's key is in a thief's hands. He signs a second tree and asks the cosigners to sign it too, each on his own terms.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import {
  encodeAddCheckpoint,
  encodeCheckpoint,
  encodeNote,
  parseCheckpoint,
  parseNote,
} from "@countermark/formats";
import { createNoteSigner, fetchOwnHeads, nodeCrypto } from "@countermark/log";
import { buildWheel, createWorld, INDEX_URL, ORIGIN, releaseJob, toyProject } from "@countermark/testkit";

const world = await createWorld();
after(() => world.close());
const claims = releaseJob("example/sampleproject");
await world.registerProject("sampleproject", claims);
const published = await world.publish(claims, [buildWheel(toyProject("sampleproject", "1.0.0"))]);
assert.equal(published.status, 0, published.output);
const truth = parseCheckpoint(parseNote(await readCheckpoint()).text);
const otherRoot = new Uint8Array(32).fill(9);
const signer = createNoteSigner(ORIGIN, world.logKey);

const ATTACKS: readonly (readonly [
  string,
  number,
  { size: number; oldSize: number; proof: readonly Uint8Array[] },
])[] = [
  ["another tree of the same size", 422, { size: truth.size, oldSize: truth.size, proof: [] }],
  ["a larger tree without a proof", 422, { size: truth.size + 5, oldSize: truth.size, proof: [] }],
  [
    "a larger tree with an invented proof",
    422,
    { size: truth.size + 5, oldSize: truth.size, proof: [otherRoot, otherRoot, otherRoot] },
  ],
  [
    "a larger tree, as if nothing had been cosigned before",
    409,
    { size: truth.size + 5, oldSize: 0, proof: [] },
  ],
  ["a smaller tree", 409, { size: truth.size - 2, oldSize: truth.size - 2, proof: [] }],
];

for (const [claim, status, { size, oldSize, proof }] of ATTACKS) {
  test(`${claim}: no witness signs it`, async () => {
    const text = encodeCheckpoint({ origin: ORIGIN, size, root: otherRoot, extensions: [] });
    const checkpoint = encodeNote({ text, signatures: [signer.sign(text)] });
    const body = encodeAddCheckpoint({ oldSize, proof, checkpoint });
    for (const witness of ["oak", "ash", "elm"]) {
      const response = await world.network.fetch(`https://${witness}.test/add-checkpoint`, {
        method: "POST",
        body,
      });
      assert.equal(response.status, status, await response.text());
    }
  });
}

test("a witness says which size it holds, and goes on holding it", async () => {
  const vkey = world.policy.logs[0]?.vkey ?? signer.vkey;
  const ports = { policy: world.policy, fetch: world.network.fetch, crypto: nodeCrypto };
  const heads = await fetchOwnHeads({ origin: ORIGIN, vkey }, ports);
  assert.deepEqual(
    heads.map(({ size }) => size),
    [truth.size, truth.size, truth.size],
  );
});

async function readCheckpoint(): Promise<Uint8Array> {
  return new Uint8Array(await (await world.network.fetch(`${INDEX_URL}/checkpoint`)).arrayBuffer());
}
