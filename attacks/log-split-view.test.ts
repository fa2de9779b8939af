// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  encodeAddCheckpoint,
  encodeCheckpoint,
  encodeNote,
  parseCheckpoint,
  parseNote,
} from "@countermark/formats";
import { createNoteSigner, fetchOwnHeads, nodeCrypto } from "@countermark/log";
import { attack, INDEX_URL, ORIGIN, sampleWorld } from "@countermark/testkit";

attack(
  {
    by: "online-key-thief",
    tries: "signs a second tree with the log's key, and asks the witnesses to sign it too",
    stoppedBy: "a witness signs only what extends the tree that it signed before",
    noticedBy: "every witness",
    when: "when it is asked",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const served = await (await world.network.fetch(`${INDEX_URL}/checkpoint`)).arrayBuffer();
    const truth = parseCheckpoint(parseNote(new Uint8Array(served)).text);
    const otherRoot = new Uint8Array(32).fill(9);
    const signer = createNoteSigner(ORIGIN, world.logKey);
    const { size } = truth;
    const asks: readonly (readonly [string, number, Ask])[] = [
      ["another tree of the same size", 422, { size, oldSize: size, proof: [] }],
      ["a larger tree without a proof", 422, { size: size + 5, oldSize: size, proof: [] }],
      [
        "a larger tree with an invented proof",
        422,
        { size: size + 5, oldSize: size, proof: [otherRoot, otherRoot, otherRoot] },
      ],
      ["a larger tree, as if nothing had been cosigned", 409, { size: size + 5, oldSize: 0, proof: [] }],
      ["a smaller tree", 409, { size: size - 2, oldSize: size - 2, proof: [] }],
    ];
    for (const [claim, status, ask] of asks) {
      await t.test(`${claim}: no witness signs it`, async () => {
        const text = encodeCheckpoint({ origin: ORIGIN, size: ask.size, root: otherRoot, extensions: [] });
        const checkpoint = encodeNote({ text, signatures: [signer.sign(text)] });
        const body = encodeAddCheckpoint({ oldSize: ask.oldSize, proof: ask.proof, checkpoint });
        for (const witness of ["oak", "ash", "elm"]) {
          const url = `https://${witness}.test/add-checkpoint`;
          const response = await world.network.fetch(url, { method: "POST", body });
          const said = await response.text();
          assert.equal(response.status, status, said);
          if (claim.endsWith("same size") || claim === "a smaller tree")
            t.saw("the thief, of a witness", `${status} ${said}`);
        }
      });
    }
    await t.test("a witness says which size it holds, and goes on holding it", async () => {
      const vkey = world.policy.logs[0]?.vkey ?? signer.vkey;
      const ports = { policy: world.policy, fetch: world.network.fetch, crypto: nodeCrypto };
      const heads = await fetchOwnHeads({ origin: ORIGIN, vkey }, ports);
      assert.deepEqual(
        heads.map((head) => head.size),
        [size, size, size],
      );
    });
  },
);

interface Ask {
  readonly size: number;
  readonly oldSize: number;
  readonly proof: readonly Uint8Array[];
}
