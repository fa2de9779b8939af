// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { attack, download, fileSha256, flipByte, sampleWorld } from "@countermark/testkit";

attack(
  {
    by: "store",
    tries: "changes or loses a file on the index's own disk",
    stoppedBy: "the ledger's record holds the SHA-256; what is not these bytes is delivered to nobody",
    noticedBy: "whoever installs, and every audit",
    when: "at the next download or audit",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const sha256 = fileSha256(world.wheel);
    const blob = join(world.dir, "index", "blobs", sha256.slice(0, 2), sha256);
    const truth = readFileSync(blob);
    const install = () => download(world.createClient(), "sampleproject");
    await t.test("one bit of it changed: not delivered", async () => {
      writeFileSync(blob, flipByte(truth, 100));
      const run = await install();
      assert.equal(run.status, 1, run.output);
      assert.match(run.output, /\[file-mismatch\]/);
      t.saw("the user", run.output, /\[file-mismatch\]/);
      const audit = await world.countermark(["audit"]);
      assert.equal(audit.status, 1, audit.output);
      t.saw("anybody, with an audit", audit.output, /^not admitted: /);
    });
    await t.test("gone: not delivered", async () => {
      rmSync(blob);
      const run = await install();
      assert.notEqual(run.status, 0, run.output);
      const audit = await world.countermark(["audit"]);
      assert.equal(audit.status, 1, audit.output);
      assert.match(audit.output, /\[file-missing\]/);
    });
    await t.test("put back: delivered", async () => {
      writeFileSync(blob, truth);
      const run = await install();
      assert.equal(run.status, 0, run.output);
    });
  },
);
