// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  attack,
  buildWheel,
  createWorld,
  INDEX_URL,
  ISSUER_URL,
  publisherOf,
  releaseJob,
  toyProject,
  uploadByHand,
} from "@countermark/testkit";

attack(
  {
    by: "account-thief",
    tries: "finds a maintainer's API token in a build, and uploads with it",
    stoppedBy:
      "a project whose policy is publishers only takes no token; to loosen that waits a week, in public",
    noticedBy: "the thief",
    when: "at the upload",
  },
  async (t) => {
    const world = await createWorld();
    t.after(() => world.close());
    const claims = releaseJob("example/sampleproject");
    const { token } = (await world.manage("accounts", { name: "maintainer" })) as { token: string }; // our own answer
    const post = (path: string, body: unknown) =>
      world.network.fetch(`${INDEX_URL}/_/manage/${path}`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
    const pending = { project: "sampleproject", publisher: publisherOf(ISSUER_URL, claims) };
    assert.equal((await post("pending-publishers", pending)).status, 201);
    const run = await world.publish(claims, [buildWheel(toyProject("sampleproject", "1.0.0"))]);
    assert.equal(run.status, 0, run.output);
    const project = toyProject("sampleproject", "6.6.6");
    const upload = () => uploadByHand(world, token, { project, file: buildWheel(project), attestations: [] });
    const policyOf = (uploads: "any" | "publisher") => ({
      policy: { uploads, attestations: "optional", release: "direct", closeDays: null },
    });
    const configure = (uploads: "any" | "publisher") =>
      post("projects/sampleproject/configure", { ...policyOf(uploads), act: "change", way: "account" });

    await t.test("publishers only: the token is refused", async () => {
      const answer = await configure("publisher");
      assert.equal(answer.status, 200, await answer.text());
      const said = await upload();
      assert.match(said, /token-refused$/);
      t.saw("the thief", said);
    });
    await t.test("to loosen it at once: refused", async () => {
      const answer = await configure("any");
      const said = await answer.text();
      assert.match(said, /"not-tighter"/);
      t.saw("the thief, of the account's settings", `${answer.status} ${said}`);
      assert.match(await upload(), /token-refused$/);
    });
  },
);
