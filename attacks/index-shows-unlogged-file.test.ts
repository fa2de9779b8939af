// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { attack, changedPage, download, lyingAbout, sampleWorld, whileLying } from "@countermark/testkit";

attack(
  {
    by: "index",
    tries: "lists a newer file that is in no ledger, for one victim",
    stoppedBy: "the page is made from the ledger's state; a name that is not in it is not shown",
    noticedBy: "whoever installs",
    when: "before the installer sees a page",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const add = lyingAbout(
      "/simple/sampleproject/",
      changedPage((files) => [
        ...files,
        ...files.map((file) => ({ ...file, filename: file.filename.replace("1.0.0", "6.6.6") })),
      ]),
    );
    const ask = (part: string) =>
      whileLying(world.network, "index.test", add, () =>
        download(world.createClient(), "sampleproject", part),
      );
    await t.test("the installer does not see it", async () => {
      const run = await ask("6.6.6");
      assert.notEqual(run.status, 0, run.output);
      t.saw("the user", run.output, /not shown/);
    });
    await t.test("the true file is installed", async () => {
      const run = await ask("1.0.0");
      assert.equal(run.status, 0, run.output);
    });
  },
);
