// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  attack,
  buildWheel,
  changedPage,
  download,
  lyingAbout,
  sampleWorld,
  toyProject,
  whileLying,
} from "@countermark/testkit";

attack(
  {
    by: "index",
    tries: "leaves the newest file out of the page, to keep a victim on the old version",
    stoppedBy: "the page is made from the ledger's state, where the file is; what is not served is missed",
    noticedBy: "whoever installs",
    when: "when the page is read",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const wheel = buildWheel(toyProject("sampleproject", "1.1.0"));
    assert.equal((await world.publish({ ...world.claims, runId: "2" }, [wheel])).status, 0);
    const hide = lyingAbout(
      "/simple/sampleproject/",
      changedPage((files) => files.filter(({ filename }) => filename !== wheel.filename)),
    );
    const ask = (part: string) =>
      whileLying(world.network, "index.test", hide, () =>
        download(world.createClient(), "sampleproject", part),
      );
    await t.test("the old version is installed, and what is withheld is named", async () => {
      const run = await ask("1.0.0");
      assert.equal(run.status, 0, run.output);
      t.saw("who takes the old version", run.output, /withheld by the index/);
    });
    await t.test("the new version is listed all the same, and cannot be had", async () => {
      const run = await ask("1.1.0");
      assert.equal(run.status, 1, run.output);
      assert.match(run.output, /\[list-differs\]/);
      t.saw("who takes the newest", run.output, /\[list-differs\]/);
    });
  },
);
