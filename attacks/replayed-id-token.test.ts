// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { attack, mintByHand, requestIdToken, sampleWorld } from "@countermark/testkit";

attack(
  {
    by: "stranger",
    tries: "reads the identity token of a job from its memory, and exchanges it once more",
    stoppedBy: "tokens are remembered, on disk, before anything is granted; audience and expiry are checked",
    noticedBy: "the thief, or the job if the thief was first",
    when: "when the token is exchanged again",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const take = async (audience: string): Promise<string> => {
      const job = await world.startJob({ ...world.claims, runId: "2" });
      return await requestIdToken(job, audience, world.network.fetch);
    };
    await t.test("exchanged twice: the second time is refused", async () => {
      const token = await take("index.test");
      assert.equal((await mintByHand(world, token)).said, "granted");
      const again = await mintByHand(world, token);
      assert.equal(again.code, "id-token-reused");
      t.saw("the thief", again.said);
    });
    await t.test("exchanged twice, and the index was started anew in between: still refused", async () => {
      const token = await take("index.test");
      assert.equal((await mintByHand(world, token)).said, "granted");
      await world.crashIndex();
      assert.equal((await mintByHand(world, token)).code, "id-token-reused");
    });
    await t.test("exchanged twice at the same moment: one of them is refused", async () => {
      const token = await take("index.test");
      const answers = await Promise.all([mintByHand(world, token), mintByHand(world, token)]);
      assert.deepEqual(answers.map(({ code }) => code).sort(), ["id-token-reused", null]);
    });
    await t.test("made for another audience: refused, whoever asks first", async () => {
      assert.equal((await mintByHand(world, await take("sigstore"))).code, "id-token-invalid");
    });
    await t.test("kept until it expired: refused", async () => {
      const token = await take("index.test");
      world.clock.advance(3_600);
      const late = await mintByHand(world, token);
      assert.equal(late.code, "id-token-invalid");
      t.saw("the thief, an hour later", late.said);
    });
  },
);
