// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mapKey } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { attack, download, sampleWorld, sealAsThief, sealedState } from "@countermark/testkit";
import { findProject } from "@countermark/verify";

attack(
  {
    by: "online-key-thief",
    tries: "has the detail erased that says who may publish a project, so that nobody can read it any more",
    stoppedBy:
      "a rule that everybody computes: who is configured stays readable, unless the project shows no files",
    noticedBy: "everybody who replays the ledger",
    when: "at once",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const project = mapKey(nodeCrypto.sha256, "pypi", "sampleproject");
    const known = findProject(await sealedState(world), project);
    const opening = [...(known?.openings.values() ?? [])][0] ?? "";
    const erased = { kind: "detail-erased", project, details: [opening], ground: "person" } as const;
    await t.test("the entry is void, in whatever company", async () => {
      const both = { ...erased, details: [opening, "ff".repeat(32)].sort() };
      assert.deepEqual(await sealAsThief(world, [erased, both]), ["detail-in-use", "detail-in-use"]);
      const run = await world.countermark(["audit"]);
      t.saw("anybody, with an audit", run.output, /^void: .*detail-in-use/m);
    });
    await t.test("clients go on reading who it is", async () => {
      const run = await download(world.createClient(), "sampleproject");
      assert.equal(run.status, 0, run.output);
    });
    await t.test("in a quarantined project it can go, and there is nothing to install", async () => {
      const quarantine = { kind: "status", project, status: "quarantined" } as const;
      assert.deepEqual(await sealAsThief(world, [quarantine, erased]), ["legal", "legal"]);
      await world.tick();
      const run = await download(world.createClient(), "sampleproject");
      assert.notEqual(run.status, 0, run.output);
      t.saw("who installs", run.output);
    });
  },
);
