// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { join } from "node:path";
import {
  assertRefused,
  attack,
  attestToday,
  buildWheel,
  createTodayWorld,
  publisherToday,
  releaseJob,
  toyProject,
  uvLockOf,
} from "@countermark/testkit";

attack(
  {
    by: "index",
    tries:
      "an index of today passes off the provenance of another file, or of another publisher, with claims: null",
    stoppedBy:
      "the statement is of one file; the publisher is read from the certificate and must be the one that is remembered",
    noticedBy: "whoever checks the lock",
    when: "before anything is installed",
  },
  async (t) => {
    const world = await createTodayWorld();
    t.after(() => world.close());
    const [claims, thief] = [releaseJob("example/sampleproject"), releaseJob("thief/sampleproject")];
    const wheel = buildWheel(toyProject("sampleproject", "1.0.0"));
    const next = buildWheel(toyProject("sampleproject", "1.1.0"));
    const { signing, index } = world;
    const ofWheel = await attestToday(signing, claims, wheel);
    index.add("sampleproject", "1.0.0", wheel, ofWheel);
    const lockOf = (version: string, file: typeof wheel): string =>
      uvLockOf(index.url, [{ name: "sampleproject", version, files: [file] }]);
    const first = await world.check([await world.write("uv.lock", lockOf("1.0.0", wheel))]);
    assert.equal(first.status, 0, first.output);
    const lock = await world.write("next.uv.lock", lockOf("1.1.0", next));

    for (const [claim, provenance, code] of [
      ["of another file", ofWheel, "statement-subject-name"],
      ["of the thief, named as the thief's", await attestToday(signing, thief, next), "identity-changed"],
      [
        "of the thief, named as the owner's",
        await attestToday(signing, thief, next, publisherToday(claims)),
        "publisher-claim",
      ],
    ] as const) {
      await t.test(`provenance ${claim} is refused`, async () => {
        index.projects.clear();
        index.add("sampleproject", "1.1.0", next, provenance);
        const run = await world.check([lock], { COUNTERMARK_CACHE_DIR: join(world.folder, code) });
        assert.equal(run.status, 1, run.output);
        assertRefused(run, code);
        t.saw("the user", run.output, new RegExp(`\\[${code}\\]`));
      });
    }
  },
);
