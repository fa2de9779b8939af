// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mapKey } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import {
  attack,
  buildWheel,
  download,
  INDEX_URL,
  lyingAbout,
  otherBytes,
  sampleWorld,
  toyProject,
  whileLying,
} from "@countermark/testkit";

attack(
  {
    by: "mirror",
    tries:
      "shows a fix, and later, in another run, goes back to the head before it, which is not yet too old",
    stoppedBy: "each machine remembers the newest head of each ledger that it has verified",
    noticedBy: "the user who has seen the fix",
    when: "before a page is shown to the installer",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const key = mapKey(nodeCrypto.sha256, "pypi", "sampleproject");
    const before = await proofOf(world.network.fetch, key);
    const wheel = buildWheel(toyProject("sampleproject", "1.0.1"));
    const published = await world.publish({ ...world.claims, runId: "2" }, [wheel]);
    assert.equal(published.status, 0, published.output);
    world.clock.advance(600);
    await world.tick();
    const user = world.createClient();
    const stranger = world.createClient();
    const liar = lyingAbout(
      "/map/",
      otherBytes(() => before),
    );

    await t.test("who has seen the fix is not shown the time before it", async () => {
      const first = await download(user, "sampleproject");
      assert.equal(first.status, 0, first.output);
      const run = await whileLying(world.network, "index.test", liar, () => download(user, "sampleproject"));
      assert.equal(run.status, 1, run.output);
      assert.match(run.output, /\[head-went-back/);
      t.saw("the user", run.output, /\[head-went-back/);
    });
    await t.test("whoever never saw it cannot tell, until the head is too old", async () => {
      const run = await whileLying(world.network, "index.test", liar, () =>
        download(stranger, "sampleproject"),
      );
      assert.equal(run.status, 0, run.output);
      world.clock.advance(86_400);
      const late = await whileLying(world.network, "index.test", liar, () =>
        download(stranger, "sampleproject"),
      );
      assert.equal(late.status, 1, late.output);
      assert.match(late.output, /\[head-stale/);
      t.saw("a user who never saw it", late.output, /\[head-stale/);
    });
  },
);

async function proofOf(fetch: (url: string) => Promise<Response>, key: string): Promise<Uint8Array> {
  const response = await fetch(`${INDEX_URL}/map/latest/${key}`);
  assert.ok(response.ok);
  return new Uint8Array(await response.arrayBuffer());
}
