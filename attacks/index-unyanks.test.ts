// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { attack, changedPage, download, lyingAbout, sampleWorld, whileLying } from "@countermark/testkit";

attack(
  {
    by: "index",
    tries: "shows a yanked file as if it were not, so that resolvers choose it again",
    stoppedBy: "the page that the installer sees is made from the ledger's state, where the file is yanked",
    noticedBy: "whoever installs",
    when: "before the installer sees a page",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const { filename } = world.wheel;
    const yank = { files: [filename], reason: "owner", text: "it deletes files" };
    await world.manage("projects/sampleproject/yank", yank);
    await world.tick();
    const unyank = lyingAbout(
      "/simple/sampleproject/",
      changedPage((files) => files.map((file) => ({ ...file, yanked: false }))),
    );
    await t.test("the installer's page says that it is yanked", async () => {
      const script = `
        const headers = { accept: "application/vnd.pypi.simple.v1+json" };
        const page = await (await fetch(process.env.PIP_INDEX_URL + "sampleproject/", { headers })).json();
        process.exit(page.files[0].yanked === "it deletes files" ? 0 : 7);`;
      const run = await whileLying(world.network, "index.test", unyank, () =>
        world.createClient()(["run", "--", process.execPath, "--input-type=module", "-e", script]),
      );
      assert.doesNotMatch(run.output, /status 7/);
      assert.match(run.output, /nothing-verified/);
    });
    await t.test("who takes it all the same is told", async () => {
      const run = await whileLying(world.network, "index.test", unyank, () =>
        download(world.createClient(), "sampleproject"),
      );
      assert.equal(run.status, 0, run.output);
      t.saw("who takes it all the same", run.output, /yanked/);
    });
  },
);
