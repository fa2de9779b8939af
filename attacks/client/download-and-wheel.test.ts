// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  attack,
  buildSelfBuildingSdist,
  buildWheel,
  createInstallWorld,
  INSTALLED_PROJECT,
  INSTALLERS,
  lastLine,
  toyProject,
} from "@countermark/testkit";

attack(
  {
    by: "neighbour",
    tries: "puts another wheel of that name into the folder that `pip download` and `pip wheel` write to",
    stoppedBy:
      "every archive that is new or changed is hashed and compared with what was delivered; pip checks what lies there",
    noticedBy: "whoever downloads",
    when: "in the last line",
  },
  async (t) => {
    const world = await createInstallWorld();
    t.after(() => world.close());
    await world.publish("built", [
      buildSelfBuildingSdist(toyProject("built", "1.0"), { requires: [], script: "pass" }),
    ]);
    const evil = buildWheel({
      ...toyProject(INSTALLED_PROJECT, "1.0.0"),
      modules: { "sampleproject.py": "EVIL" },
    });
    for (const version of Object.values(INSTALLERS.pip)) {
      const environment = await world.environment(version);
      for (const [command, option, wanted] of [
        ["download", "-d", "3 downloaded: 3 verified"],
        ["wheel", "--wheel-dir", "3 downloaded: 2 verified, 1 built here from a verified source"],
      ] as const) {
        await t.test(`pip ${version} ${command}: ${wanted}`, async () => {
          const folder = `${command}-${version}`;
          const words = ["-m", "pip", command, option, folder, "sampleproject", "built"];
          const run = await world.countermark(["run", "--", environment.python, ...words]);
          assert.equal(run.status, 0, run.output);
          assert.equal(lastLine(run), wanted);
          if (version === INSTALLERS.pip.newest) t.saw(`the user of pip ${command}`, lastLine(run));
        });
      }
    }
    for (const version of Object.values(INSTALLERS.pip)) {
      const environment = await world.environment(version);
      await t.test(`pip ${version}, another wheel lies there already: replaced, or seen`, async () => {
        const folder = `waiting-${version}`;
        world.write(`${folder}/${evil.filename}`, evil.bytes);
        const words = ["-m", "pip", "download", "-d", folder, "sampleproject"];
        const run = await world.countermark(["run", "--", environment.python, ...words]);
        const found = new Uint8Array(readFileSync(join(world.project, folder, evil.filename)));
        const isReplaced = Buffer.compare(found, evil.bytes) !== 0;
        // A pip before 23.1 does not compare what lies there with the digest on the page.
        assert.equal(isReplaced, version !== INSTALLERS.pip.oldest);
        assert.equal(run.status, isReplaced ? 0 : 1, run.output);
        const seen = "1 downloaded: 0 verified, 1 not accounted for";
        assert.equal(lastLine(run), isReplaced ? "2 downloaded: 2 verified" : seen);
        if (!isReplaced) t.saw("the user of pip 22.3", run.output, /\[not-recorded\]/);
      });
    }
    await t.test(
      "a script that swaps one afterwards: it is not accounted for, and the run fails",
      async () => {
        const { python } = await world.environment();
        world.write("evil.bin", evil.bytes);
        // `python3` as its own name: what it is given is pip's, and what it does is not.
        const swap = `"${python}" "$@" && cp "${join(world.project, "evil.bin")}" "${join(world.project, "swapped", evil.filename)}"`;
        const shim = world.write("bin/python3", `#!/bin/sh\n${swap}\n`);
        const words = ["-m", "pip", "download", "-d", "swapped", "sampleproject"];
        const run = await world.countermark(["run", "--", "sh", "-c", `chmod +x "${shim}"`]);
        assert.equal(run.status, 1);
        const swapped = await world.countermark(["run", "--", shim, ...words]);
        assert.equal(swapped.status, 1, swapped.output);
        assert.match(swapped.output, /\[not-recorded\]/);
        assert.equal(lastLine(swapped), "2 downloaded: 1 verified, 1 not accounted for");
        t.saw("the user of a script that swaps", lastLine(swapped));
      },
    );
  },
);
