// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  attack,
  buildWheel,
  createInstallWorld,
  INSTALLED_PROJECT,
  installedModule,
  startOtherIndex,
  toyProject,
} from "@countermark/testkit";

attack(
  {
    by: "configuration",
    tries: "names another index inside a requirements file, or hides it so that only pip sees it",
    stoppedBy:
      "requirements and constraints are read as pip reads them, nested ones too, and refused by file and line",
    noticedBy: "whoever installs",
    when: "before the tool starts",
  },
  async (t) => {
    const world = await createInstallWorld();
    t.after(() => world.close());
    const other = await startOtherIndex([buildWheel(toyProject(INSTALLED_PROJECT, "9.9.9"))]);
    t.after(() => other.close());
    const index = other.simpleUrl;
    const hidden: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
      ["-i", `-i ${index}\nsampleproject\n`, /:1 \("-i"\)/],
      ["--extra-index-url", `sampleproject\n--extra-index-url ${index}\n`, /:2 \("--extra-index-url"\)/],
      ["--find-links", `--find-links ${index}\nsampleproject\n`, /:1 \("--find-links"\)/],
      ["a second option of the line", `--pre --index-url ${index}\nsampleproject\n`, /:1 \("--index-url"\)/],
      ["an option after a nested file", `-c none.txt -i ${index}\nsampleproject\n`, /:1 \("-i"\)/],
      [
        "a word that goes on in the next line",
        `--inde\\\nx-url ${index}\nsampleproject\n`,
        /:1 \("--index-url"\)/,
      ],
      ["a line that ends in a form feed", `sampleproject\f--index-url ${index}\n`, /:2 \("--index-url"\)/],
      [
        "a line after a lone carriage return",
        `sampleproject\r--index-url ${index}\n`,
        /:2 \("--index-url"\)/,
      ],
      ["quotes", `--pre "--index-"'url' ${index}\nsampleproject\n`, /:1 \("--index-url"\)/],
      ["a byte order mark", `\ufeff--index-url ${index}\nsampleproject\n`, /:1 \("--index-url"\)/],
      ["a variable", `\${WHERE}\nsampleproject\n`, /:1 \("--index-url"\)/],
      ["another encoding", `# coding: utf-7\n+AC0--index-url ${index}\nsampleproject\n`, /not UTF-8/],
      ["UTF-16", Buffer.from(`\ufeff-i ${index}\nsampleproject\n`, "utf16le"), /not UTF-8/],
    ];
    world.write("none.txt", "");
    for (const [claim, text, place] of hidden) {
      await t.test(`${claim}: refused, and pip is not started`, async () => {
        writeFileSync(join(world.project, "requirements.txt"), text);
        const env = { WHERE: `--index-url ${index}` };
        const { run, environment } = await world.withPip(["-r", "requirements.txt"], { env });
        assert.equal(run.status, 2, run.output);
        assert.match(run.output, /\[bypass-refused\]/);
        assert.match(run.output, place);
        assert.equal(installedModule(environment, "sampleproject"), null);
        if (claim === "-i" || claim === "another encoding") t.saw("the user of pip", run.output, place);
      });
    }
    world.write("deep/base.txt", `-i ${index}\n`);
    world.write("deep/all.txt", "-c base.txt\nsampleproject\n");
    world.write("top.txt", "--requirement=deep/all.txt\n");
    await t.test("a file in a file in a file: refused by the innermost line, for uv as for pip", async () => {
      for (const { run } of [await world.withPip(["-rtop.txt"]), await world.withUv(["-r=top.txt"])]) {
        assert.equal(run.status, 2, run.output);
        assert.match(run.output, /deep\/base\.txt:1 \("-i"\)/);
      }
    });
    await t.test("nobody asked the other index for anything", () => assert.deepEqual(other.asked, []));
  },
);
