// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { attack, createTrustRepository, sampleWorld } from "@countermark/testkit";

attack(
  {
    by: "trust-repository",
    tries: "names the trust description in a delegated role that is for other paths, or for a cheaper key",
    stoppedBy: "a role speaks only of the paths that were delegated to it, and after those above it",
    noticedBy: "every client",
    when: "at its next refresh",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const { repo, env } = createTrustRepository(world);
    const refresh = () => world.countermark(["audit"], env);
    const evil = new TextDecoder().decode(world.trust).replace('"Zrefuse":86400', '"Zrefuse":86400000');
    repo.delegate("targets", "docs", { paths: ["docs/*"] });
    repo.delegate("targets", "anything", { paths: ["*"] });
    await t.test("beside the true one: the role above is asked first", async () => {
      repo.role("anything").targets["trust.json"] =
        repo.role("targets").targets["trust.json"] ?? assert.fail();
      repo.addTarget("docs", "trust.json", evil);
      repo.artifacts.set("trust.json", world.trust);
      repo.publish("docs", "anything", "targets", "snapshot", "timestamp");
      const run = await refresh();
      assert.equal(run.status, 0, run.output);
    });
    await t.test("instead of the true one, in a role that is for docs: unknown", async () => {
      delete repo.role("targets").targets["trust.json"];
      delete repo.role("anything").targets["trust.json"];
      repo.addTarget("docs", "trust.json", evil);
      repo.publish("docs", "anything", "targets", "snapshot", "timestamp");
      const run = await refresh();
      assert.equal(run.status, 1, run.output);
      t.saw("the user", run.output, /\[tuf-target-unknown\]/);
    });
  },
);
