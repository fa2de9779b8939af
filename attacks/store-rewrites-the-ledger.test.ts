// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { attack, buildWheel, flipByte, sampleWorld, toyProject } from "@countermark/testkit";

attack(
  {
    by: "store",
    tries: "changes an entry of the ledger on the index's own disk",
    stoppedBy:
      "the index hashes what it reads up to the head in its lock store, and does not start on anything else",
    noticedBy: "the operator",
    when: "at the next start; clients and auditors when they read it",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const truth = new Map<string, Uint8Array>();
    for (const path of await world.storage.list("")) {
      const bytes = path.startsWith("tile/entries/") ? await world.storage.read(path) : null;
      if (bytes !== null) truth.set(path, bytes);
    }
    assert.ok(truth.size > 0);
    await t.test("an audit of the running index does not believe it", async () => {
      for (const [path, bytes] of truth) await world.storage.replace(path, flipByte(bytes, 200));
      const run = await world.countermark(["audit"]);
      assert.notEqual(run.status, 0, run.output);
      t.saw("anybody, with an audit", run.output, /^countermark: /);
    });
    await t.test("the index does not start on it", async () => {
      await assert.rejects(world.crashIndex(), (error: Error) => {
        t.saw("the operator", `${error.message}`);
        return true;
      });
    });
    await t.test("the true entry is put back: the index goes on", async () => {
      for (const [path, bytes] of truth) await world.storage.replace(path, bytes);
      await world.crashIndex();
      assert.equal(world.readOnly(), null);
      const run = await world.publish({ ...world.claims, runId: "2" }, [
        buildWheel(toyProject("sampleproject", "1.1.0")),
      ]);
      assert.equal(run.status, 0, run.output);
    });
  },
);
