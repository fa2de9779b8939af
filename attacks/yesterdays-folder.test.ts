// SPDX-License-Identifier: Apache-2.0
// As log-rollback, with processes and folders that are real.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  attack,
  buildWheel,
  createProcessWorld,
  postUpload,
  toyProject,
  uploadForm,
} from "@countermark/testkit";

attack(
  {
    by: "accident",
    tries: "puts yesterday's folder of the index in the place of today's, and starts it",
    stoppedBy:
      "its lock store, which lies elsewhere, holds a larger head: it reads only, until today's folder is back",
    noticedBy: "the operator, and every publisher",
    when: "at the start, before anything is signed",
  },
  async (t) => {
    const dir = mkdtempSync(join(tmpdir(), "yesterday-"));
    const world = await createProcessWorld(dir);
    t.after(async () => {
      await world.stop();
      rmSync(dir, { recursive: true });
    });
    await world.start();
    const { token } = await world.createAccount("ann");
    const upload = async (version: string): Promise<string> => {
      const project = toyProject("toy", version);
      const answer = await postUpload(fetch, world.indexUrl, token, uploadForm(project, buildWheel(project)));
      return `${answer.status} ${await answer.text()}`.trim();
    };
    const [today, yesterday, kept] = ["index", "index.yesterday", "index.kept"].map((name) =>
      join(dir, name),
    ) as [string, string, string]; // as many as were named
    assert.equal(await upload("1.0"), "200");
    await world.service("index").stop();
    cpSync(today, yesterday, { recursive: true });
    await world.startService("index");
    assert.equal(await upload("1.1"), "200");
    const { size } = await world.readHead();

    await t.test("it shows what it released by then, takes nothing, and signs nothing", async () => {
      await world.service("index").stop();
      renameSync(today, kept);
      cpSync(yesterday, today, { recursive: true });
      const { logFile } = await world.startService("index");
      const page = await world.readText("/simple/toy/");
      assert.ok(page.includes("toy-1.0-") && !page.includes("toy-1.1-"));
      const before = await world.readText("/checkpoint");
      const answer = await upload("1.2");
      assert.match(answer, /^503 .*ledger-unavailable$/s);
      assert.equal(await world.readText("/checkpoint"), before);
      t.saw("a publisher", answer);
      t.saw("the operator", readFileSync(logFile, "utf8"), /behind-own-head/);
    });
    await t.test("with today's folder it goes on in the same log", async () => {
      await world.service("index").stop();
      rmSync(today, { recursive: true });
      renameSync(kept, today);
      await world.startService("index");
      assert.equal(await upload("1.2"), "200");
      const page = await world.readText("/simple/toy/");
      for (const version of ["1.0", "1.1", "1.2"]) assert.ok(page.includes(`toy-${version}-`));
      assert.ok((await world.readHead()).size > size);
    });
  },
);
