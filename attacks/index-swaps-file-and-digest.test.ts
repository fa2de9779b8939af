// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { join } from "node:path";
import {
  assertRefused,
  attack,
  attestToday,
  buildWheel,
  createTodayWorld,
  releaseJob,
  toyProject,
  uvLockOf,
} from "@countermark/testkit";

attack(
  {
    by: "index",
    tries: "an index of today swaps a file, and its SHA-256 on the page with it",
    stoppedBy:
      "the lock's digest is compared with the page's, both memories keep every file's, and an attestation is of one digest",
    noticedBy: "whoever checks the lock, or makes a new one",
    when: "before anything is installed",
  },
  async (t) => {
    const world = await createTodayWorld();
    t.after(() => world.close());
    const claims = releaseJob("example/sampleproject");
    const wheel = buildWheel(toyProject("sampleproject", "1.0.0"));
    const swapped = { ...wheel, bytes: Uint8Array.from([...wheel.bytes, 0]) };
    const served = await attestToday(world.signing, claims, wheel);
    world.index.add("sampleproject", "1.0.0", wheel, served);
    const lockOf = (file: typeof wheel): string =>
      uvLockOf(world.index.url, [{ name: "sampleproject", version: "1.0.0", files: [file] }]);
    const lock = await world.write("uv.lock", lockOf(wheel));
    assert.equal((await world.check([lock])).status, 0);

    world.index.projects.clear();
    world.index.add("sampleproject", "1.0.0", swapped, served);
    await t.test("a lock from before is refused", async () => {
      const run = await world.check([lock]);
      assert.equal(run.status, 1, run.output);
      assertRefused(run, "digest-not-listed");
      t.saw("the user, with a lock from before", run.output, /\[digest-not-listed\]/);
    });
    const after = await world.write("after.uv.lock", lockOf(swapped));
    await t.test("a lock made after the swap is refused: the attestation is of other bytes", async () => {
      const run = await world.check([after]);
      assert.equal(run.status, 1, run.output);
      assertRefused(run, "digest-mismatch");
      t.saw("the user, with a lock from after", run.output, /\[digest-mismatch\]/);
    });
    await t.test("also without its attestation, also where only this machine remembers", async () => {
      const [file] = world.index.projects.get("sampleproject") ?? [];
      assert.ok(file);
      file.provenance = null;
      const run = await world.check([after], { COUNTERMARK_LOCK: join(world.folder, "new.lock") });
      assert.equal(run.status, 1, run.output);
      assertRefused(run, "locked-file-changed");
      t.saw("the user, of the swapped file without it", run.output, /\[locked-file-changed\]/);
    });
  },
);
