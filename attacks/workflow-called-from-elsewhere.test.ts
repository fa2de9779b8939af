// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { attack, type JobClaims, jobEnvironment, releaseJob, sampleWorld } from "@countermark/testkit";

const REGISTERED = "example/sampleproject/.github/workflows/release.yml@refs/heads/main";
const STRANGERS = "stranger/tools/.github/workflows/publish.yml@refs/heads/main";

const TRIES: readonly (readonly [string, Partial<JobClaims>])[] = [
  [
    "his own repository calls the project's release workflow",
    { ...releaseJob("stranger/tools"), calledWorkflow: REGISTERED },
  ],
  ["the project's workflow calls one of his", { calledWorkflow: STRANGERS }],
];

attack(
  {
    by: "stranger",
    tries: "calls the project's release workflow from his repository, or has his workflow called by it",
    stoppedBy: "who calls and what is called are two fields of an identity, and both are compared",
    noticedBy: "the stranger's job",
    when: "when it asks for an upload token",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const exchange = async (changes: Partial<JobClaims>) => {
      const job = await world.startJob({ ...world.claims, runId: "2", ...changes });
      return await world.countermark(["exchange-token"], jobEnvironment(job));
    };
    for (const [claim, changes] of TRIES) {
      await t.test(`${claim}: no publisher of that identity`, async () => {
        const run = await exchange(changes);
        assert.equal(run.status, 1, run.output);
        assert.match(run.output, /invalid-publisher/);
        t.saw("the job", run.output);
      });
    }
    await t.test("nothing is called: granted", async () => {
      assert.equal((await exchange({})).status, 0);
    });
  },
);
