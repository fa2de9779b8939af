// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { fileId, mapKey } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { attack, download, passDays, sampleWorld, sealAsThief } from "@countermark/testkit";

attack(
  {
    by: "online-key-thief",
    tries: "back-dates an entry, so that it seems to be from before the theft",
    stoppedBy: "log time comes from the cosigners' clocks; an entry earlier than that is void",
    noticedBy: "everybody who replays the ledger",
    when: "at once",
  },
  async (t) => {
    const world = await sampleWorld(t);
    await passDays(world, 2);
    const project = mapKey(nodeCrypto.sha256, "pypi", "sampleproject");
    const files = [fileId(nodeCrypto.sha256, project, world.wheel.filename)];
    const time = world.clock.now() - 2 * 86_400;
    const outcomes = await sealAsThief(world, [{ kind: "withdrawn", project, files, reason: "owner", time }]);
    await t.test("the entry is void, and the file is still there", async () => {
      assert.deepEqual(outcomes, ["time-before-log"]);
      const run = await download(world.createClient(), "sampleproject");
      assert.equal(run.status, 0, run.output);
    });
    await t.test("an audit names it", async () => {
      const run = await world.countermark(["audit"]);
      assert.equal(run.status, 1, run.output);
      t.saw("anybody, with an audit", run.output, /^void: /);
    });
  },
);
