// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { attack, createInstallWorld, INSTALLERS, installedModule } from "@countermark/testkit";

attack(
  {
    by: "mirror",
    tries: "serves other metadata beside a true wheel, with another dependency in it",
    stoppedBy:
      "the ledger's record holds the metadata's SHA-256; the proxy serves nothing else under that name",
    noticedBy: "whoever installs",
    when: "before anything is resolved by it",
  },
  async (t) => {
    const world = await createInstallWorld();
    t.after(() => world.close());
    world.intercept = (request, response) => {
      if (request.url?.endsWith(".metadata") !== true) return false;
      response.end("Metadata-Version: 2.1\nName: sampleproject\nVersion: 1.0.0\nRequires-Dist: evil\n");
      return true;
    };
    for (const tool of ["pip", "uv"] as const) {
      for (const version of Object.values(INSTALLERS[tool])) {
        await t.test(
          `${tool} ${version}: refused where it is asked for, and unused where it is not`,
          async () => {
            const { run, environment, last } = await (tool === "pip"
              ? world.withPip(["sampleproject"], { version })
              : world.withUv(["sampleproject"], { version }));
            // pip before 23.2 reads the metadata of the wheel itself.
            const asks = tool === "uv" || version !== INSTALLERS.pip.oldest;
            assert.equal(run.status, asks ? 1 : 0, run.output);
            if (!asks) {
              assert.equal(last, "2 installed: 2 verified");
              return;
            }
            assert.match(
              run.output,
              /Cannot accept the metadata of sampleproject-1\.0\.0.*\[file-mismatch\]/,
            );
            assert.equal(installedModule(environment, "sampleproject"), null);
            t.saw(`the user of ${tool}`, run.output, /^refused: .*\[file-mismatch\]/);
          },
        );
      }
    }
  },
);
