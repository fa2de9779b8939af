// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { attack, createTrustRepository, createTufSigner, sampleWorld } from "@countermark/testkit";

attack(
  {
    by: "trust-repository",
    tries: "meets a threshold of two alone: one key under two ids, or one that signs twice",
    stoppedBy: "a threshold counts keys by what they are, whatever they are called",
    noticedBy: "every client",
    when: "at its next refresh",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const { repo, env } = createTrustRepository(world);
    const refresh = () => world.countermark(["audit"], env);
    assert.equal((await refresh()).status, 0);
    const signer = createTufSigner();
    const keys = repo.signers.get("targets");
    const role = repo.root.roles["targets"];
    assert.ok(keys !== undefined && role !== undefined);
    keys.clear();
    Object.assign(role, { keyids: ["alice", "bob"], threshold: 2 });
    // One key under two names, each with its signature.
    for (const name of ["alice", "bob"]) {
      repo.root.keys[name] = signer.key;
      keys.set(name, signer);
    }
    await t.test("one key as alice and as bob: one of two", async () => {
      repo.publish("root", "targets", "snapshot", "timestamp");
      const run = await refresh();
      assert.equal(run.status, 1, run.output);
      t.saw("the user", run.output, /\[tuf-threshold\]/);
    });
    await t.test("two keys: two of two", async () => {
      const bob = createTufSigner();
      repo.root.keys["bob"] = bob.key;
      keys.set("bob", bob);
      repo.publish("root", "targets", "snapshot", "timestamp");
      const run = await refresh();
      assert.equal(run.status, 0, run.output);
    });
  },
);
