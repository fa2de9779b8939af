// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  attack,
  buildWheel,
  download,
  type Interceptor,
  passDays,
  sampleWorld,
  toyProject,
  whileLying,
} from "@countermark/testkit";

const HOUR = 3_600;

attack(
  {
    by: "cdn",
    tries: "serves yesterday's answers for ever, so that a new version is never seen",
    stoppedBy:
      "a head is as old as its cosigners' clocks say: after an hour that is told, after a day it is refused",
    noticedBy: "whoever installs; within that day nobody",
    when: "an hour later a note, a day later the end",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const frozen = freezing();
    await whileLying(world.network, "index.test", frozen, () =>
      download(world.createClient(), "sampleproject"),
    );
    const wheel = buildWheel(toyProject("sampleproject", "1.1.0"));
    assert.equal((await world.publish({ ...world.claims, runId: "2" }, [wheel])).status, 0);
    const ask = () =>
      whileLying(world.network, "index.test", frozen, () => download(world.createClient(), "sampleproject"));

    await t.test("within the hour: believed, which is what the limit says", async () => {
      const run = await ask();
      assert.equal(run.status, 0, run.output);
      assert.doesNotMatch(run.output, /1\.1\.0/);
    });
    await t.test("two hours later: said", async () => {
      world.clock.advance(2 * HOUR);
      const run = await ask();
      assert.equal(run.status, 0, run.output);
      t.saw("the user, two hours later", run.output, /last vouched for 7200 s ago/);
    });
    await t.test("a day later: refused", async () => {
      await passDays(world, 1);
      const run = await ask();
      assert.equal(run.status, 1, run.output);
      t.saw("the user, a day later", run.output, /\[head-stale\]/);
    });
    await t.test("without the CDN: the new version is there", async () => {
      const run = await download(world.createClient(), "sampleproject", "1.1.0");
      assert.equal(run.status, 0, run.output);
    });
  },
);

/** Gives the first answer to a path again and again. */
function freezing(): Interceptor {
  const kept = new Map<string, Response>();
  return async (request, answer) => {
    const known = kept.get(request.url) ?? (await answer(request));
    kept.set(request.url, known);
    return known.clone();
  };
}
