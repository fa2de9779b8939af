// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { fileId, mapKey, parseVersion, releaseId } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { attack, sampleWorld, sealAsThief, sealedState } from "@countermark/testkit";
import { findProject } from "@countermark/verify";

const { sha256 } = nodeCrypto;
const EVIL = "sampleproject-6.6.6-py3-none-any.whl";

attack(
  {
    by: "online-key-thief",
    tries:
      "accepts a file in the publisher's name and erases its detail, so that no auditor can check the names",
    stoppedBy:
      "an erasure excuses an entry only where a cosigned head had covered it before: auditors had seen it then",
    noticedBy: "every auditor",
    when: "before a head is audited",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const project = mapKey(sha256, "pypi", "sampleproject");
    const [publisher = ""] = findProject(await sealedState(world), project)?.current.publishers ?? [];
    const detail = "77".repeat(32);
    const now = world.clock.now();
    const outcomes = await sealAsThief(world, [
      {
        kind: "file-accepted",
        project,
        sha256: "66".repeat(32),
        file: fileId(sha256, project, EVIL),
        release: releaseId(sha256, project, parseVersion("6.6.6")),
        size: 6,
        metadata: null,
        show: "now",
        uploader: "publisher",
        publisher,
        received: now,
        attestations: [],
        detail,
      },
      { kind: "detail-erased", project, details: [detail], ground: "secret" },
    ]);
    await t.test("both are legal, and the first is not admitted", async () => {
      assert.deepEqual(outcomes, ["legal", "legal"]);
      await world.tick();
      const run = await world.countermark(["audit"]);
      assert.equal(run.status, 1, run.output);
      t.saw("every auditor", run.output, /detail-missing|not admitted/);
    });
  },
);
