// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { attack, download, sampleWorld } from "@countermark/testkit";

attack(
  {
    by: "stranger",
    tries: "takes the name of a company's own package on the public index, and waits for an installer",
    stoppedBy: "a lock remembers from which index a project comes; one run asks one index, and no other",
    noticedBy: "whoever has a lock",
    when: "before the file is installed",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const path = join(world.dir, "countermark.lock");
    const lock = ["--lock", path];
    assert.equal((await download(world.countermark, "sampleproject", "", lock)).status, 0);
    await t.test("the same name, locked to the company's index, comes from this one: refused", async () => {
      const text = readFileSync(path, "utf8");
      assert.ok(text.includes("index.test/ledger"), text);
      writeFileSync(path, text.replaceAll("index.test/ledger", "packages.company.test/ledger"));
      const run = await download(world.countermark, "sampleproject", "", lock);
      assert.equal(run.status, 1, run.output);
      assert.match(run.output, /\[locked-index-changed\]/);
      t.saw("the user", run.output, /\[locked-index-changed\]/);
    });
  },
);
