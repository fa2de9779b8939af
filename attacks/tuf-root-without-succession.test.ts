// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { attack, createTrustRepository, sampleWorld } from "@countermark/testkit";

attack(
  {
    by: "trust-repository",
    tries: "publishes a root of its own making, skips one, or brings back a revoked key",
    stoppedBy:
      "each root is signed by the one before it, and is its next version; a role's keys are the root's",
    noticedBy: "every client",
    when: "at its next refresh",
  },
  async (t) => {
    await t.test("a root that only its own new keys signed", async () => {
      const { repo, refresh } = await repository();
      repo.rotateKeys("root");
      repo.publish("root");
      const run = await refresh();
      assert.equal(run.status, 1, run.output);
      t.saw("the user", run.output, /\[tuf-root-succession\]/);
    });
    await t.test("a root that skips a version", async () => {
      const { repo, refresh } = await repository();
      repo.root.version++;
      repo.publish("root");
      const run = await refresh();
      assert.equal(run.status, 1, run.output);
      t.saw("the user", run.output, /\[tuf-root-version\]/);
    });
    await t.test("metadata signed with a key that the root revoked", async () => {
      const { repo, refresh } = await repository();
      const revoked = [...(repo.signers.get("timestamp") ?? [])];
      repo.rotateKeys("timestamp");
      repo.publish("root", "snapshot", "timestamp");
      assert.equal((await refresh()).status, 0);
      repo.signers.set("timestamp", new Map(revoked));
      repo.publish("snapshot", "timestamp");
      const run = await refresh();
      assert.equal(run.status, 1, run.output);
      t.saw("the user", run.output, /\[tuf-threshold\]/);
    });
    await t.test("a root that its predecessor signed too: taken", async () => {
      const { repo, refresh } = await repository();
      const old = [...(repo.signers.get("root") ?? [])];
      repo.rotateKeys("root");
      for (const [id, signer] of old) repo.signers.get("root")?.set(id, signer);
      repo.publish("root");
      assert.equal((await refresh()).status, 0);
    });

    async function repository() {
      const world = await sampleWorld(t);
      const { repo, env } = createTrustRepository(world);
      const refresh = () => world.countermark(["audit"], env);
      assert.equal((await refresh()).status, 0);
      return { repo, refresh };
    }
  },
);
