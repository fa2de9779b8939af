// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  AUDIT_TOKEN,
  attack,
  buildWheel,
  fileSha256,
  INDEX_URL,
  sampleWorld,
  toyProject,
  uploadByHand,
} from "@countermark/testkit";

attack(
  {
    by: "auditor",
    tries: "uses the token with which it reads evidence to upload, or to manage projects",
    stoppedBy: "the token opens evidence, and nothing else",
    noticedBy: "the auditor",
    when: "when it tries",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const post = async (path: string, body: unknown): Promise<string> => {
      const answer = await world.network.fetch(`${INDEX_URL}/_/manage/${path}`, {
        method: "POST",
        headers: { authorization: `Bearer ${AUDIT_TOKEN}`, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      return `${answer.status} ${await answer.text()}`;
    };
    for (const [claim, path, body] of [
      ["an account", "accounts", { name: "auditor" }],
      ["a withdrawal", "projects/sampleproject/withdraw", { files: [world.wheel.filename] }],
    ] as const) {
      await t.test(`${claim}: refused`, async () => {
        const said = await post(path, body);
        assert.match(said, /^403 /);
        t.saw("the auditor", said);
      });
    }
    await t.test("an upload: refused", async () => {
      const project = toyProject("sampleproject", "6.6.6");
      const said = await uploadByHand(world, AUDIT_TOKEN, {
        project,
        file: buildWheel(project),
        attestations: [],
      });
      assert.match(said, /^403 /);
      t.saw("the auditor", said);
    });
    await t.test("the evidence: shown", async () => {
      const headers = { authorization: `Bearer ${AUDIT_TOKEN}` };
      const url = `${INDEX_URL}/_/audit/blob/${fileSha256(world.wheel)}`;
      assert.equal((await world.network.fetch(url, { headers })).status, 200);
    });
  },
);
