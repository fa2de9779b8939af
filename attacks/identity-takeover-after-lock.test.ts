// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { join } from "node:path";
import {
  attack,
  buildWheel,
  download,
  ISSUER_URL,
  passDays,
  publisherOf,
  releaseJob,
  sampleWorld,
  toyProject,
} from "@countermark/testkit";

attack(
  {
    by: "account-thief",
    tries: "makes his own repository the publisher of a project that has files",
    stoppedBy:
      "the account's word waits a week, in public, and can be cancelled; locks remember the old publisher",
    noticedBy: "the owner, and whoever installed before",
    when: "in the week; else at the first install of a thief's file",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const thief = releaseJob("thief/sampleproject");
    const bad = buildWheel(toyProject("sampleproject", "6.6.6"));
    const lock = ["--lock", join(world.dir, "countermark.lock")];
    const first = await download(world.countermark, "sampleproject", "", lock);
    assert.equal(first.status, 0, first.output);

    await t.test("the account asks for another publisher: nothing changes today", async () => {
      const publishers = [publisherOf(ISSUER_URL, thief)];
      await world.manage("projects/sampleproject/configure", { publishers, act: "ask", way: "account" });
      const run = await world.publish(thief, [bad]);
      assert.equal(run.status, 1, run.output);
      assert.match(run.output, /no corresponding publisher/);
      t.saw("the thief, on the first day", run.output, /no corresponding publisher/);
    });
    await t.test("after six days it is still too early", async () => {
      await passDays(world, 6);
      await assert.rejects(world.manage("projects/sampleproject/configure", { act: "take" }), /too-early/);
    });
    await t.test("after a week the change can be taken, and the thief publishes", async () => {
      await passDays(world, 2);
      await world.manage("projects/sampleproject/configure", { act: "take" });
      const run = await world.publish({ ...thief, runId: "99" }, [bad]);
      assert.equal(run.status, 0, run.output);
    });
    await t.test("who has the lock does not get the thief's file, and is told why", async () => {
      const run = await download(world.countermark, "sampleproject", "6.6.6", lock);
      assert.equal(run.status, 1, run.output);
      assert.match(run.output, /\[identity-changed\]/);
      assert.match(run.output, /example\/sampleproject/);
      assert.match(run.output, /thief\/sampleproject/);
      t.saw("whoever has a lock, afterwards", run.output, /\[identity-changed\]/);
    });
    await t.test("who has the lock gets the old file as before", async () => {
      const run = await download(world.countermark, "sampleproject", "1.0.0", lock);
      assert.equal(run.status, 0, run.output);
    });
  },
);
