// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { encodeProjectProof, parseProjectProof } from "@countermark/formats";
import {
  attack,
  download,
  flipByte,
  forkProof,
  lyingAbout,
  otherBytes,
  sampleWorld,
  whileLying,
} from "@countermark/testkit";

attack(
  {
    by: "index",
    tries: "shows one client a ledger of its own, signed with the log's true key",
    stoppedBy:
      "the cosigners saw the other ledger; everything shown is rendered from the state that they signed",
    noticedBy: "the client that was lied to",
    when: "before a page is shown to the installer",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const forged = (proof: Uint8Array) => forkProof(proof, world.logKey).bytes;
    const lies: readonly (readonly [string, string, (proof: Uint8Array) => Uint8Array])[] = [
      ["a second tree of the same size, signed by the log alone", "quorum-not-met", forged],
      [
        "the true head over another state",
        "inclusion-root",
        (bytes) => {
          const { stateLeaf } = parseProjectProof(forged(bytes));
          return encodeProjectProof({ ...parseProjectProof(bytes), stateLeaf });
        },
      ],
      [
        "the true state with another map proof",
        "map-commitment",
        (bytes) => {
          const proof = parseProjectProof(bytes);
          return encodeProjectProof({ ...proof, mapProof: flipByte(proof.mapProof, -1) });
        },
      ],
    ];
    for (const [claim, code, lie] of lies) {
      await t.test(`${claim}: refused`, async () => {
        const liar = lyingAbout("/map/", otherBytes(lie));
        const run = await whileLying(world.network, "index.test", liar, () =>
          download(world.createClient(), "sampleproject"),
        );
        assert.equal(run.status, 1, run.output);
        assert.ok(run.output.includes(`[${code}`), `wanted ${code}: ${run.output}`);
        t.saw("the user", run.output, new RegExp(`\\[${code}`));
      });
    }
  },
);
