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
    by: "mirror",
    tries: "serves a release of its own of a project that was attested, and no provenance at all, back-dated",
    stoppedBy:
      "who published a project is remembered for its index, whoever answers for it; a lost attestation is refused",
    noticedBy: "whoever checks the lock",
    when: "before anything is installed",
  },
  async (t) => {
    const world = await createTodayWorld();
    t.after(() => world.close());
    const mirror = await startTodayIndex();
    t.after(() => mirror.close());
    const claims = releaseJob("example/sampleproject");
    const [old, evil] = ["1.0.0", "1.0.1"].map((version) => buildWheel(toyProject("sampleproject", version)));
    assert.ok(old !== undefined && evil !== undefined);
    world.index.add("sampleproject", "1.0.0", old, await attestToday(world.signing, claims, old));
    const lockOf = (version: string, file: typeof old): string =>
      uvLockOf(world.index.url, [{ name: "sampleproject", version, files: [file] }]);
    const first = await world.check([await world.write("uv.lock", lockOf("1.0.0", old))]);
    assert.equal(first.status, 0, first.output);

    mirror.add("sampleproject", "1.0.0", old);
    mirror.add("sampleproject", "1.0.1", evil);
    const asMirrored = ["--mirror", `${world.index.url}=${mirror.url}`];

    await t.test("what was checked before passes, and that its attestations are hidden is said", async () => {
      const run = await world.check([await world.write("uv.lock", lockOf("1.0.0", old)), ...asMirrored]);
      assert.equal(run.status, 0, run.output);
      assert.match(run.stdout, /no longer lists its attestations/);
      t.saw("the user, of what he checked before", run.output, /no longer lists/);
    });
    await t.test("the mirror's own release is refused", async () => {
      const run = await world.check([await world.write("uv.lock", lockOf("1.0.1", evil)), ...asMirrored]);
      assert.equal(run.status, 1, run.output);
      assertRefused(run, "attestation-lost");
      t.saw("the user, of what is new", run.output, /\[attestation-lost\]/);
    });
  },
);
