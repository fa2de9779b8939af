// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  encodeAddCheckpoint,
  encodeNote,
  encodeProjectProof,
  parseNote,
  parseProjectProof,
} from "@countermark/formats";
import { createCosigner } from "@countermark/log";
import {
  attack,
  download,
  forkProof,
  lyingAbout,
  otherBytes,
  type SampleWorld,
  sampleWorld,
  whileLying,
} from "@countermark/testkit";

attack(
  {
    by: "witness",
    tries: "signs an index's second tree without looking at what it signed before",
    stoppedBy:
      "one of three is no quorum; of two, the third holds the true tree, and a fork shows to whoever has both heads",
    noticedBy: "every client; of a colluding quorum whoever compares",
    when: "at once; of a colluding quorum never by the one client alone",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const see = (liars: readonly string[]) =>
      whileLying(
        world.network,
        "index.test",
        lyingAbout(
          "/map/",
          otherBytes((bytes) => forkedProof(world, bytes, liars)),
        ),
        () => download(world.createClient(), "sampleproject"),
      );
    await t.test("one of three: refused", async () => {
      const run = await see(["oak"]);
      assert.equal(run.status, 1, run.output);
      assert.match(run.output, /\[quorum-not-met\]/);
      t.saw("the user", run.output, /\[quorum-not-met\]/);
    });
    await t.test(
      "two of three, which is the quorum: the third does not sign, and says which tree it holds",
      async () => {
        const proof = await (await world.network.fetch(await mapUrl(world))).arrayBuffer();
        const { checkpoint } = parseProjectProof(forkedProof(world, new Uint8Array(proof), []));
        const { size } = forkProof(new Uint8Array(proof), world.logKey);
        const body = encodeAddCheckpoint({ oldSize: size, proof: [], checkpoint });
        const answer = await world.network.fetch("https://elm.test/add-checkpoint", { method: "POST", body });
        assert.equal(answer.status, 422);
        t.saw("the index, of the third witness", `${answer.status} ${await answer.text()}`);
      },
    );
    await t.test("two of three: the client alone cannot tell (this remains)", async () => {
      const run = await see(["oak", "ash"]);
      // The fork's tree is that of the last leaf alone: whatever else it lacks, its quorum is one.
      assert.doesNotMatch(run.output, /\[quorum-not-met\]/);
    });
  },
);

/** A true proof under a head of the same size that the log and `liars` signed. */
function forkedProof(world: SampleWorld, bytes: Uint8Array, liars: readonly string[]): Uint8Array {
  const forked = parseProjectProof(forkProof(bytes, world.logKey).bytes);
  const note = parseNote(forked.checkpoint);
  const lines = liars.map((name) => {
    const key = world.cosignerKeys.get(name);
    assert.ok(key);
    return createCosigner(`${name}.test`, key).cosign(note.text, world.clock.now());
  });
  const signatures = [...note.signatures, ...lines];
  return encodeProjectProof({ ...forked, checkpoint: encodeNote({ text: note.text, signatures }) });
}

/** Where the proof of sampleproject is: asked for by a client. */
async function mapUrl(world: SampleWorld): Promise<string> {
  let url = "";
  const listen = lyingAbout("/map/", (truth, request) => {
    url = request.url;
    return truth;
  });
  await whileLying(world.network, "index.test", listen, () =>
    download(world.createClient(), "sampleproject"),
  );
  return url;
}
