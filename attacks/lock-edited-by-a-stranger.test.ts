// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  assertRefused,
  attack,
  attestToday,
  buildWheel,
  createTodayWorld,
  releaseJob,
  startTodayIndex,
  toyProject,
  uvLockOf,
} from "@countermark/testkit";

attack(
  {
    by: "configuration",
    tries: "a change of the lock takes its digests out, names another index, or puts another file in",
    stoppedBy:
      "an entry without a SHA-256, from an index that nobody allowed, or with a file of another version is refused",
    noticedBy: "whoever checks the lock, as CI does",
    when: "before anything is installed",
  },
  async (t) => {
    const world = await createTodayWorld();
    t.after(() => world.close());
    const evil = await startTodayIndex();
    t.after(() => evil.close());
    const { index, signing } = world;
    const claims = releaseJob("example/sampleproject");
    const [wheel, old] = ["1.0.0", "0.1.0"].map((version) =>
      buildWheel(toyProject("sampleproject", version)),
    );
    assert.ok(wheel !== undefined && old !== undefined);
    for (const [version, file] of [
      ["1.0.0", wheel],
      ["0.1.0", old],
    ] as const) {
      index.add("sampleproject", version, file, await attestToday(signing, claims, file));
    }
    evil.add("sampleproject", "1.0.0", wheel);
    const truth = uvLockOf(index.url, [{ name: "sampleproject", version: "1.0.0", files: [wheel] }]);
    const withOld = uvLockOf(index.url, [{ name: "sampleproject", version: "1.0.0", files: [wheel, old] }]);
    assert.equal((await world.check([await world.write("uv.lock", truth)])).status, 0);

    for (const [claim, text, code] of [
      ["without digests", truth.replace(/, hash = "[^"]*"/, ""), "lock-no-hash"],
      ["with a digest of another algorithm", truth.replace(/sha256:[0-9a-f]*/, "md5:00"), "lock-no-hash"],
      ["with another index", truth.replace(index.url, evil.url), "index-not-allowed"],
      ["with a file of an old version", withOld, "lock-inconsistent"],
    ] as const) {
      await t.test(`a lock ${claim} is refused`, async () => {
        const run = await world.check([await world.write("changed.uv.lock", text)]);
        assert.equal(run.status, 1, run.output);
        assertRefused(run, code);
        t.saw("the user", run.output, new RegExp(`\\[${code}\\]`));
      });
    }
  },
);
