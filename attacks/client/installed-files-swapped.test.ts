// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { attack, createInstallWorld, INSTALLERS, lastLine } from "@countermark/testkit";

/** The newest pip that cannot say what it installed. */
const WITHOUT_REPORT = "22.1.2";

attack(
  {
    by: "neighbour",
    tries:
      "changes installed files, or adds some, while the tool runs: a wrapped uv, a hook, a tampered link",
    stoppedBy: "every installed file is hashed and compared with RECORD of the wheel that was verified",
    noticedBy: "whoever installs",
    when: "when the tool has ended; the last line",
  },
  async (t) => {
    const world = await createInstallWorld();
    t.after(() => world.close());
    for (const version of Object.values(INSTALLERS.uv)) {
      for (const [claim, change, words] of [
        [
          "a module is changed",
          "echo evil >> $SITE/sampleproject.py",
          /sampleproject\.py is not the verified file's/,
        ],
        ["a module is gone", "rm $SITE/sampleproject.py", /sampleproject\.py is not there/],
        [
          "a module more is recorded",
          "echo evil > $SITE/more.py; echo more.py,, >> $SITE/sampleproject-1.0.0.dist-info/RECORD",
          /more\.py is not in the verified file/,
        ],
        [
          "a start-up file is recorded",
          "echo import os > $SITE/more.pth; echo more.pth,, >> $SITE/sampleproject-1.0.0.dist-info/RECORD",
          /more\.pth is not in the verified file/,
        ],
      ] as const) {
        await t.test(`uv ${version}, ${claim}: not as it was verified, and the run fails`, async () => {
          const environment = await world.environment();
          const script = `#!/bin/sh\n"${await world.uv(version)}" "$@"\nSITE="${environment.sitePackages}"\n${change}\n`;
          const uv = world.write("bin/uv", script);
          chmodSync(uv, 0o755);
          const args = ["pip", "install", "--python", environment.python, "sampleproject"];
          const run = await world.countermark(["run", "--", join(world.project, "bin", "uv"), ...args]);
          assert.equal(run.status, 1, run.output);
          assert.match(run.output, words);
          assert.equal(lastLine(run), "2 installed: 1 verified, 1 not accounted for");
          if (
            version === INSTALLERS.uv.newest &&
            (claim === "a module is changed" || claim === "a module more is recorded")
          )
            t.saw(`the user, when ${claim}`, run.output, /\[not-recorded\]/);
          if (version === INSTALLERS.uv.newest) t.saw("the user, last", lastLine(run));
        });
      }
    }
    for (const version of [WITHOUT_REPORT, ...Object.values(INSTALLERS.pip)]) {
      await t.test(`pip ${version}: its word is not enough, and what is on disk is compared`, async () => {
        const environment = await world.environment(version);
        const args = ["install", "--python", join(environment.bin, "python"), "sampleproject"];
        const good = await world.countermark(args);
        assert.equal(good.status, 0, good.output);
        assert.equal(lastLine(good), "2 installed: 2 verified");
        const other = await world.environment(version);
        const script = `#!/bin/sh\n"${other.python}" "$@" || exit 1\nfor word; do case "$word" in install) echo evil >> "${other.sitePackages}/sampleproject.py";; esac; done\n`;
        const python = world.write(`bin/python${version}`, script);
        chmodSync(python, 0o755);
        const run = await world.countermark(["install", "--python", python, "sampleproject"]);
        assert.equal(run.status, 1, run.output);
        assert.match(run.output, /sampleproject\.py is not the verified file's/);
        assert.equal(lastLine(run), "2 installed: 1 verified, 1 not accounted for");
      });
    }
  },
);
