// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  attack,
  buildWheel,
  download,
  type Interceptor,
  sampleWorld,
  toyProject,
  whileLying,
} from "@countermark/testkit";

attack(
  {
    by: "cdn",
    tries: "goes on serving page and bytes of a file that was withdrawn as malware",
    stoppedBy: "the ledger says withdrawn; a file that is not in service there is not shown",
    noticedBy: "whoever installs",
    when: "with the first head after the withdrawal",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const bad = buildWheel(toyProject("sampleproject", "6.6.6"));
    assert.equal((await world.publish({ ...world.claims, runId: "2" }, [bad])).status, 0);
    const stale = keepingPagesAndFiles();
    await whileLying(world.network, "index.test", stale, () =>
      download(world.createClient(), "sampleproject"),
    );
    await world.manage("projects/sampleproject/withdraw", { files: [bad.filename], reason: "malware" });
    await world.tick();
    const ask = (part: string) =>
      whileLying(world.network, "index.test", stale, () =>
        download(world.createClient(), "sampleproject", part),
      );
    await t.test("the withdrawn file is not shown", async () => {
      const run = await ask("6.6.6");
      assert.notEqual(run.status, 0, run.output);
      t.saw("the user", run.output, /out of service: .*withdrawn/);
    });
    await t.test("the other file is installed", async () => {
      const run = await ask("1.0.0");
      assert.equal(run.status, 0, run.output);
    });
  },
);

function keepingPagesAndFiles(): Interceptor {
  const kept = new Map<string, Response>();
  return async (request, answer) => {
    if (!/\/(?:simple|files)\//.test(request.url)) return await answer(request);
    const known = kept.get(request.url) ?? (await answer(request));
    kept.set(request.url, known);
    return known.clone();
  };
}
