// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { attack, jobEnvironment, sampleWorld } from "@countermark/testkit";

attack(
  {
    by: "network",
    tries: "waits for a configuration that names an index, authority or trust repository without TLS",
    stoppedBy: "the client speaks https only, but to its own machine",
    noticedBy: "whoever configured it",
    when: "before the first request",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const asked: string[] = [];
    world.network.attach("plain.test", {
      fetch: (request) => {
        asked.push(request.url);
        return new Response("");
      },
    });
    const job = jobEnvironment(await world.startJob({ ...world.claims, runId: "2" }));
    const wheel = world.writeFile(world.wheel);
    for (const [claim, args, env] of [
      ["an index", ["exchange-token"], { ...job, COUNTERMARK_INDEX: "http://plain.test" }],
      ["an authority", ["sign", wheel], { ...job, COUNTERMARK_SIGNING_CONFIG: "http://plain.test" }],
      [
        "a trust repository",
        ["audit"],
        {
          COUNTERMARK_TRUST: "",
          COUNTERMARK_TRUST_REPOSITORY: "http://plain.test",
          COUNTERMARK_TRUST_ROOT: `root.json#sha256=${"0".repeat(64)}`,
        },
      ],
    ] as const) {
      await t.test(`${claim}: not asked`, async () => {
        const run = await world.countermark(args, env);
        assert.equal(run.status, 2, run.output);
        assert.match(run.output, /\[usage\]/);
        assert.deepEqual(asked, []);
        if (claim === "an index") t.saw("the user", run.output, /\[usage\]/);
      });
    }
  },
);
