// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import {
  attack,
  buildWheel,
  createInstallWorld,
  INSTALLERS,
  selfBuildingMembers,
  toyProject,
} from "@countermark/testkit";

attack(
  {
    by: "configuration",
    tries:
      "installs what no index has: a wheel of this machine, a folder, an editable folder, a repository over ssh",
    stoppedBy: "not stopped: it is the user's own; named before, and counted apart from what was verified",
    noticedBy: "whoever installs",
    when: "before the tool starts, and in the last line",
  },
  async (t) => {
    const world = await createInstallWorld();
    t.after(() => world.close());
    const extra = buildWheel(toyProject("extra", "1.0"));
    world.write(extra.filename, extra.bytes);
    for (const { name, bytes } of selfBuildingMembers(toyProject("local", "1.0"), {
      requires: [],
      script: "pass",
    }))
      world.write(`local/${name}`, bytes);
    const folder = join(world.project, "local");
    const git = (...args: string[]) =>
      execFileSync("git", ["-c", "user.name=x", "-c", "user.email=x@x", ...args], {
        cwd: folder,
        stdio: "ignore",
      });
    git("init");
    git("add", ".");
    git("commit", "-m", "x");
    // Runs on this machine what it is asked to run on another: no proxy is asked, as by any ssh.
    const ssh = world.write("bin/ssh", '#!/bin/sh\nfor last; do :; done\nexec sh -c "$last"\n');
    execFileSync("chmod", ["+x", ssh]);
    const env = {
      PATH: `${join(world.project, "bin")}:${process.env["PATH"] ?? ""}`,
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "safe.directory",
      GIT_CONFIG_VALUE_0: "*",
    };
    const cases: readonly (readonly [string, readonly string[], string])[] = [
      ["a wheel", [`./${extra.filename}`], "3 installed: 2 verified, 1 from a local file"],
      ["a folder", ["./local"], "3 installed: 2 verified, 1 from a local folder"],
      ["an editable folder", ["-e", "./local"], "3 installed: 2 verified, 1 editable"],
      [
        "a repository over ssh",
        [`local @ git+ssh://git@far.example${folder}`],
        "3 installed: 2 verified, 1 from git",
      ],
      [
        "three at once",
        [`./${extra.filename}`, "-e", "./local"],
        "4 installed: 2 verified, 1 from a local file, 1 editable",
      ],
    ];
    for (const tool of ["pip", "uv"] as const) {
      for (const version of [INSTALLERS[tool].oldest, INSTALLERS[tool].newest]) {
        for (const [claim, args, wanted] of cases) {
          await t.test(`${tool} ${version}, ${claim}: ${wanted}`, async () => {
            const words = ["sampleproject", ...args];
            const { run, last } = await (tool === "pip"
              ? world.withPip(words, { version, env })
              : world.withUv(words, { version, env }));
            assert.equal(run.status, 0, run.output);
            assert.deepEqual(last.split(", ").toSorted(), wanted.split(", ").toSorted());
            assert.match(run.output, /^not from the index, so not verified: the argument /m);
            if (
              tool === "uv" &&
              version === INSTALLERS.uv.newest &&
              claim !== "a folder" &&
              claim !== "three at once"
            )
              t.saw(`the user, of ${claim}`, last);
            if (tool === "pip" && claim === "a wheel")
              t.saw("the user, before", run.output, /^not from the index/);
          });
        }
      }
    }
    await t.test("nothing else was verified: that alone is a failure", async () => {
      const { run, last } = await world.withPip([`./${extra.filename}`]);
      assert.equal(run.status, 1, run.output);
      assert.match(run.output, /\[nothing-verified\]/);
      assert.equal(last, "1 installed: 0 verified, 1 from a local file");
    });
  },
);
