// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  attack,
  buildWheel,
  download,
  INDEX_URL,
  sampleWorld,
  takeUploadToken,
  toyProject,
  uploadByHand,
} from "@countermark/testkit";

attack(
  {
    by: "witness",
    tries: "refuses to sign, together with a second of three, so that nothing new is ever shown",
    stoppedBy:
      "nothing stops that; what was released stays installable, removing works, a retry completes it later",
    noticedBy: "every publisher; clients after an hour",
    when: "at the next upload",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const refuse = { fetch: () => new Response("not today\n", { status: 403 }) };
    const keep = ["oak", "ash"].map((name) =>
      world.network.intercept(`${name}.test`, async () => refuse.fetch()),
    );
    const project = toyProject("sampleproject", "1.1.0");
    const upload = { project, file: buildWheel(project), attestations: [] };
    const publish = async (runId: string) =>
      await uploadByHand(world, await takeUploadToken(world, { ...world.claims, runId }), upload);
    await t.test("a new file waits, and is not shown", async () => {
      const said = await publish("2");
      assert.match(said, /^503 /);
      t.saw("the publisher", said);
      const page = await (await world.network.fetch(`${INDEX_URL}/simple/sampleproject/`)).text();
      assert.doesNotMatch(page, /1\.1\.0/);
    });
    await t.test("what was released is installed; after an hour with a note", async () => {
      world.clock.advance(3_700);
      const run = await download(world.createClient(), "sampleproject", "1.0.0");
      assert.equal(run.status, 0, run.output);
      t.saw("the user, an hour later", run.output, /last vouched for/);
    });
    await t.test("they sign again: the same upload completes", async () => {
      for (const restore of keep) restore();
      assert.match(await publish("3"), /^200/);
    });
  },
);
