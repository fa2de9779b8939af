// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { fileId, mapKey } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { attack, sampleWorld, sealAsThief } from "@countermark/testkit";

attack(
  {
    by: "online-key-thief",
    tries: "seals two entries of one number in a project's history, for each reader another one",
    stoppedBy: "every entry has the next number of its project; what comes second under it is void",
    noticedBy: "everybody who replays the ledger",
    when: "at once",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const project = mapKey(nodeCrypto.sha256, "pypi", "sampleproject");
    const files = [fileId(nodeCrypto.sha256, project, world.wheel.filename)];
    await t.test("the second is void", async () => {
      const outcomes = await sealAsThief(world, [
        { kind: "yanked", project, files, reason: "owner", seq: 2 },
        { kind: "withdrawn", project, files, reason: "owner", seq: 2 },
      ]);
      assert.deepEqual(outcomes, ["legal", "wrong-seq"]);
    });
    await t.test("an audit names it", async () => {
      const run = await world.countermark(["audit"]);
      assert.equal(run.status, 1, run.output);
      t.saw("anybody, with an audit", run.output, /^void: /);
    });
  },
);
