// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { EMPTY_CONFIG, mapKey } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import {
  attack,
  buildWheel,
  download,
  releaseJob,
  sampleWorld,
  sealAsThief,
  toyProject,
} from "@countermark/testkit";

attack(
  {
    by: "online-key-thief",
    tries: "seals an entry that makes his own repository the publisher of a project with files, at once",
    stoppedBy: "a rule that everybody computes: on a project with files only a passkey changes that at once",
    noticedBy: "everybody who replays the ledger; clients go on as before",
    when: "at once, and for ever on record",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const project = mapKey(nodeCrypto.sha256, "pypi", "sampleproject");
    const config = { ...EMPTY_CONFIG, publishers: ["66".repeat(32)] };
    const outcomes = await sealAsThief(world, [
      {
        kind: "project-configured",
        project,
        act: "change",
        way: "free",
        config,
        consent: { kind: "none" },
      },
    ]);
    await t.test("the entry is in the ledger, and void", async () => {
      assert.deepEqual(outcomes, ["has-files"]);
      const run = await world.countermark(["audit"]);
      assert.equal(run.status, 1, run.output);
      t.saw("anybody, with an audit", run.output, /^void: /);
    });
    await t.test("the thief's job is nobody to the index", async () => {
      const run = await world.publish(releaseJob("thief/sampleproject"), [
        buildWheel(toyProject("sampleproject", "6.6.6")),
      ]);
      assert.equal(run.status, 1, run.output);
      t.saw("the thief's job", run.output, /invalid-publisher/);
    });
    await t.test("who installs gets the true file", async () => {
      const run = await download(world.createClient(), "sampleproject");
      assert.equal(run.status, 0, run.output);
    });
  },
);
