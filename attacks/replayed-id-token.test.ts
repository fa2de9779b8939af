// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { attack, INDEX_URL, requestIdToken, sampleWorld } from "@countermark/testkit";

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
    const mint = async (token: string): Promise<string> => {
      const body = JSON.stringify({ token });
      const answer = await world.network.fetch(`${INDEX_URL}/_/oidc/mint-token`, { method: "POST", body });
      return answer.status === 200 ? "granted" : await answer.text();
    };
    await t.test("exchanged twice: the second time is refused", async () => {
      const token = await take("index.test");
      assert.equal(await mint(token), "granted");
      const again = await mint(token);
      assert.match(again, /"id-token-reused"/);
      t.saw("the thief", descriptionOf(again));
    });
    await t.test("exchanged twice, and the index was started anew in between: still refused", async () => {
      const token = await take("index.test");
      assert.equal(await mint(token), "granted");
      await world.crashIndex();
      assert.match(await mint(token), /"id-token-reused"/);
    });
    await t.test("made for another audience: refused, whoever asks first", async () => {
      assert.match(await mint(await take("sigstore")), /"id-token-invalid"/);
    });
    await t.test("kept until it expired: refused", async () => {
      const token = await take("index.test");
      world.clock.advance(3_600);
      const late = await mint(token);
      assert.match(late, /"id-token-invalid"/);
      t.saw("the thief, an hour later", descriptionOf(late));
    });
  },
);

/** What a publishing tool prints of the refusal: code and description of the first error. */
function descriptionOf(body: string): string {
  const [, code = "", description = ""] =
    /"code":"([^"]*)","description":"((?:[^"\\]|\\.)*)"/.exec(body) ?? [];
  return `${code}: ${description}`;
}
