// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  attack,
  buildWheel,
  INDEX_URL,
  ISSUER_URL,
  publisherOf,
  releaseJob,
  sampleWorld,
  toyProject,
  uploadByHand,
} from "@countermark/testkit";

attack(
  {
    by: "stranger",
    tries: "manages or uploads to a project with an account of his own, or waits for its name as a publisher",
    stoppedBy:
      "an account reaches its own projects only; who waits for a name that exists by then gets nothing",
    noticedBy: "the stranger",
    when: "when he tries",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const { token } = (await world.manage("accounts", { name: "stranger" })) as { token: string }; // our own answer
    const stranger = releaseJob("stranger/sampleproject");
    const publisher = publisherOf(ISSUER_URL, stranger);
    const post = async (path: string, body: unknown): Promise<string> => {
      const answer = await world.network.fetch(`${INDEX_URL}/_/manage/${path}`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      return `${answer.status} ${await answer.text()}`;
    };
    for (const [claim, path, body] of [
      ["another publisher", "projects/sampleproject/configure", { publishers: [publisher] }],
      ["a withdrawal", "projects/sampleproject/withdraw", { files: [world.wheel.filename] }],
      ["a yank", "projects/sampleproject/yank", { files: [world.wheel.filename] }],
      ["a quarantine", "projects/sampleproject/status", { status: "quarantined" }],
      ["an account for a friend", "accounts", { name: "friend" }],
    ] as const) {
      await t.test(`${claim}: refused`, async () => {
        const said = await post(path, body);
        assert.match(said, /^403 /);
        if (claim === "another publisher") t.saw("the stranger", said);
      });
    }
    await t.test("an upload: refused", async () => {
      const project = toyProject("sampleproject", "6.6.6");
      const said = await uploadByHand(world, token, { project, file: buildWheel(project), attestations: [] });
      assert.match(said, /^403 [\s\S]*token-project$/);
      t.saw("the stranger", said);
    });
    await t.test("a publisher that waits for the name: gets nothing", async () => {
      await post("pending-publishers", { project: "sampleproject", publisher });
      const run = await world.publish(stranger, [buildWheel(toyProject("sampleproject", "6.6.6"))]);
      assert.equal(run.status, 1, run.output);
      t.saw("the stranger's job", run.output, /^countermark: /);
    });
  },
);
