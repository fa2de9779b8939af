// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  encodeNote,
  encodeProjectProof,
  parseNote,
  parsePolicy,
  parseProjectProof,
} from "@countermark/formats";
import { createCosigner, nodeCrypto } from "@countermark/log";
import {
  attack,
  download,
  expectRefusal,
  forkProof,
  lyingAbout,
  otherBytes,
  sampleWorld,
  whileLying,
} from "@countermark/testkit";

attack(
  {
    by: "witness",
    tries: "counts twice: two lines by one key, or one key under two names of the policy",
    stoppedBy: "of several lines by one witness one counts; a policy that has a key twice is malformed",
    noticedBy: "every client; whoever reads the policy",
    when: "at once",
  },
  async (t) => {
    const world = await sampleWorld(t);
    await t.test("two lines by one key, at two times: one witness", async () => {
      const key = world.cosignerKeys.get("oak");
      assert.ok(key);
      const cosigner = createCosigner("oak.test", key);
      const twice = otherBytes((bytes) => {
        const forked = parseProjectProof(forkProof(bytes, world.logKey).bytes);
        const note = parseNote(forked.checkpoint);
        const now = world.clock.now();
        const lines = [cosigner.cosign(note.text, now), cosigner.cosign(note.text, now - 1)];
        const checkpoint = encodeNote({ text: note.text, signatures: [...note.signatures, ...lines] });
        return encodeProjectProof({ ...forked, checkpoint });
      });
      const run = await whileLying(world.network, "index.test", lyingAbout("/map/", twice), () =>
        download(world.createClient(), "sampleproject"),
      );
      assert.equal(run.status, 1, run.output);
      assert.match(run.output, /cosigned by \[oak\], wanted .*\[quorum-not-met\]/);
      t.saw("the user", run.output, /\[quorum-not-met\]/);
    });
    await t.test("a policy with one key under two names: not read", async () => {
      const oak = world.policy.witnesses.get("oak");
      const policy = `log ${world.logVkey}\nwitness a ${oak?.vkey.text}\nwitness b ${oak?.vkey.text}\ngroup g 2 a b\nquorum g\n`;
      const error = await expectRefusal(
        (async () => parsePolicy(policy, nodeCrypto.sha256))(),
        "duplicate-key",
      );
      t.saw("whoever reads the policy", error.message);
    });
  },
);
