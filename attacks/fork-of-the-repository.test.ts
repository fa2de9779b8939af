// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { attack, type JobClaims, jobEnvironment, releaseJob, sampleWorld } from "@countermark/testkit";

const TRIES: readonly (readonly [string, Partial<JobClaims>])[] = [
  ["the fork itself", releaseJob("mallory/sampleproject")],
  ["the owner's name, free again and taken by somebody else", { ownerId: "666" }],
  ["the repository's name, deleted and made anew", { repositoryId: "666" }],
];

attack(
  {
    by: "stranger",
    tries: "publishes from a fork, or from an owner or repository name that became free",
    stoppedBy: "numbers that are never given again decide who somebody is; names are for reading",
    noticedBy: "the stranger",
    when: "when his job asks for an upload token",
  },
  async (t) => {
    const world = await sampleWorld(t);
    for (const [claim, changes] of TRIES) {
      await t.test(`${claim}: no publisher of that identity`, async () => {
        const job = await world.startJob({ ...world.claims, runId: "2", ...changes });
        const run = await world.countermark(["exchange-token"], jobEnvironment(job));
        assert.equal(run.status, 1, run.output);
        assert.match(run.output, /invalid-publisher/);
        if (claim !== "the repository's name, deleted and made anew") t.saw("the stranger", run.output);
      });
    }
  },
);
