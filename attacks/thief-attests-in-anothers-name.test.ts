// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { fileId, mapKey } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { attack, sampleWorld, sealAsThief, sealedState } from "@countermark/testkit";
import { findFile, findProject } from "@countermark/verify";

const { sha256 } = nodeCrypto;

attack(
  {
    by: "online-key-thief",
    tries: "adds an attestation to a published file: by a stranger, or as if by the project's publisher",
    stoppedBy:
      "only a registered publisher's is legal, over the recorded bytes; and an auditor verifies that it is his",
    noticedBy: "everybody who replays the ledger; every auditor",
    when: "before a head is audited",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const project = mapKey(sha256, "pypi", "sampleproject");
    const file = fileId(sha256, project, world.wheel.filename);
    const known = findProject(await sealedState(world), project);
    const record = known === null ? null : findFile(known, file);
    if (known === null || record === null) throw new TypeError("there is no such file");
    const [publisher = ""] = known.current.publishers;
    const by = (id: string, digest = "77".repeat(32), over = record.sha256) =>
      ({
        kind: "file-attested",
        project,
        file,
        sha256: over,
        attestations: [{ digest, predicate: "slsa", publisher: id, time: world.clock.now() - 5 }],
      }) as const;
    await t.test("a stranger's, one over other bytes and one that is there are void", async () => {
      const [first] = record.attestations;
      const outcomes = await sealAsThief(world, [
        by("66".repeat(32)),
        by(publisher, undefined, "55".repeat(32)),
        by(publisher, first?.digest),
      ]);
      assert.deepEqual(outcomes, ["publisher-not-registered", "wrong-digest", "attested-already"]);
      const run = await world.countermark(["audit"]);
      t.saw("anybody, with an audit", run.output, /^void: .*publisher-not-registered/m);
    });
    await t.test("one in the publisher's name is in the ledger, and no auditor admits it", async () => {
      assert.deepEqual(await sealAsThief(world, [by(publisher)]), ["legal"]);
      await world.tick();
      const run = await world.countermark(["audit"]);
      assert.equal(run.status, 1, run.output);
      t.saw("anybody, with an audit", run.output, /not admitted|detail-missing/);
    });
  },
);
