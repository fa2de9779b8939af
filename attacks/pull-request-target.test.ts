// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { attack, jobEnvironment, sampleWorld } from "@countermark/testkit";

attack(
  {
    by: "stranger",
    tries: "opens a pull request that a workflow runs with the project's own identity",
    stoppedBy: "runs that were started by pull_request_target or workflow_run get no upload token",
    noticedBy: "the job",
    when: "when it asks for an upload token",
  },
  async (t) => {
    const world = await sampleWorld(t);
    for (const event of ["pull_request_target", "workflow_run"]) {
      await t.test(`${event}: refused`, async () => {
        const job = await world.startJob({ ...world.claims, runId: "2", event });
        const run = await world.countermark(["exchange-token"], jobEnvironment(job));
        assert.equal(run.status, 1, run.output);
        t.saw("the job", run.output);
      });
    }
    await t.test("a push, a tag, a button: granted", async () => {
      for (const [position, event] of ["push", "release", "workflow_dispatch"].entries()) {
        const job = await world.startJob({ ...world.claims, runId: `3${position}`, event });
        const run = await world.countermark(["exchange-token"], jobEnvironment(job));
        assert.equal(run.status, 0, run.output);
      }
    });
  },
);
