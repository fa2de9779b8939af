// SPDX-License-Identifier: Apache-2.0
// Dependency confusion inside one lock: a name that is the company's on its own index is anybody's on a public one.
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
    by: "stranger",
    tries: "publishes a company's internal name on a public index, attested, with a higher version",
    stoppedBy:
      "a project is looked up in one index; a lock that takes it from two, or from another than before, is refused",
    noticedBy: "whoever checks the lock",
    when: "before anything is installed",
  },
  async (t) => {
    const world = await createTodayWorld();
    t.after(() => world.close());
    const publicIndex = await startTodayIndex();
    t.after(() => publicIndex.close());
    const own = buildWheel(toyProject("acme-internal", "1.0.0"));
    const evil = buildWheel(toyProject("acme-internal", "99.0.0"));
    world.index.add("acme-internal", "1.0.0", own);
    publicIndex.add(
      "acme-internal",
      "99.0.0",
      evil,
      await attestToday(world.signing, releaseJob("evil/acme-internal"), evil),
    );
    const allow = ["--simple-index", publicIndex.url];
    const entry = (url: string, version: string, file: typeof own): string =>
      uvLockOf(url, [{ name: "acme-internal", version, files: [file] }]);
    const good = entry(world.index.url, "1.0.0", own);

    await t.test("the company's own lock passes", async () => {
      const run = await world.check([await world.write("uv.lock", good), ...allow]);
      assert.equal(run.status, 0, run.output);
    });
    await t.test("a lock with both in it is refused", async () => {
      const second = entry(publicIndex.url, "99.0.0", evil).replace(/^version.*\n.*\n/, "");
      const run = await world.check([await world.write("both.uv.lock", `${good}\n${second}`), ...allow]);
      assert.equal(run.status, 1, run.output);
      assertRefused(run, "two-indexes");
      t.saw("the user, of both in one lock", run.output, /\[two-indexes\]/);
    });
    await t.test(
      "a lock with the stranger's alone is refused: the name came from another index",
      async () => {
        const swapped = await world.write("swapped.uv.lock", entry(publicIndex.url, "99.0.0", evil));
        const run = await world.check([swapped, ...allow]);
        assert.equal(run.status, 1, run.output);
        assertRefused(run, "locked-index-changed");
        t.saw("the user, of the stranger's alone", run.output, /\[locked-index-changed\]/);
      },
    );
  },
);
