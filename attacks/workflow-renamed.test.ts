// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { attack, type JobClaims, jobEnvironment, sampleWorld } from "@countermark/testkit";

const OTHERS: readonly (readonly [string, Partial<JobClaims>])[] = [
  ["another workflow", { workflow: ".github/workflows/release2.yml" }],
  ["a workflow whose name has the registered one in it", { workflow: ".github/workflows/my-release.yml" }],
  ["the registered name in other letters", { workflow: ".github/workflows/Release.yml" }],
  ["another environment", { environment: "testing" }],
  ["no environment", { environment: null }],
  ["a repository in other letters", { repository: "example/SampleProject" }],
];

attack(
  {
    by: "publisher",
    tries: "pushes a workflow beside the registered one, or leaves out its environment",
    stoppedBy: "workflow and environment are compared with the registered publisher, exactly",
    noticedBy: "the job that tries",
    when: "when it asks for an upload token",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const exchange = async (changes: Partial<JobClaims>) => {
      const job = await world.startJob({ ...world.claims, runId: "2", ...changes });
      return await world.countermark(["exchange-token"], jobEnvironment(job));
    };
    await t.test("the registered publisher gets a token", async () => {
      assert.equal((await exchange({})).status, 0);
    });
    for (const [claim, changes] of OTHERS) {
      await t.test(`${claim}: no publisher of that identity`, async () => {
        const run = await exchange(changes);
        assert.equal(run.status, 1, run.output);
        assert.match(run.output, /invalid-publisher/);
        if (claim === "another environment") t.saw("the job", run.output);
      });
    }
  },
);
