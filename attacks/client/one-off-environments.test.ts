// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  attack,
  buildWheel,
  createInstallWorld,
  INSTALLERS,
  lastLine,
  toyProject,
} from "@countermark/testkit";

attack(
  {
    by: "configuration",
    tries: "installs where nobody looks: uvx, `uv run --with`, a script's own environment, `uv tool install`",
    stoppedBy:
      "uv keeps these in its cache, which is this run's own, or with its tools: both are looked into",
    noticedBy: "whoever runs it",
    when: "in the last line",
  },
  async (t) => {
    const world = await createInstallWorld();
    t.after(() => world.close());
    await world.publish("sampletool", [
      buildWheel({
        ...toyProject("sampletool", "1.0", ["needed-project"]),
        modules: {
          "sampletool.py": "def main():\n    print('it ran')\n",
          "sampletool-1.0.dist-info/entry_points.txt": "[console_scripts]\nsampletool = sampletool:main\n",
        },
      }),
    ]);
    world.write(
      "script.py",
      '# /// script\n# dependencies = ["sampletool"]\n# ///\nimport sampletool\nsampletool.main()\n',
    );
    for (const version of Object.values(INSTALLERS.uv)) {
      const uv = await world.uv(version);
      for (const [claim, ...words] of [
        ["uv tool run", "tool", "run", "sampletool"],
        ["uv run --with", "run", "--no-project", "--with", "sampletool", "sampletool"],
        ["uv run script.py", "run", "script.py"],
      ] as const) {
        await t.test(`uv ${version}, ${claim}: what it ran was verified`, async () => {
          const run = await world.countermark(["run", "--", uv, ...words]);
          assert.equal(run.status, 0, run.output);
          assert.match(run.output, /^it ran$/m);
          assert.equal(lastLine(run), "2 installed: 2 verified");
          if (version === INSTALLERS.uv.newest) t.saw(`the user of ${claim}, last`, lastLine(run));
        });
      }
      await t.test(`uv ${version}, uv tool install: verified, and nothing of the proxy is kept`, async () => {
        const home = join(world.home, version);
        const env = { HOME: home, XDG_DATA_HOME: join(home, "share") };
        const run = await world.countermark(["run", "--", uv, "tool", "install", "sampletool"], { env });
        assert.equal(run.status, 0, run.output);
        assert.equal(lastLine(run), "2 installed: 2 verified");
        const receipt = join(home, "share", "uv", "tools", "sampletool", "uv-receipt.toml");
        assert.ok(existsSync(receipt));
        assert.doesNotMatch(readFileSync(receipt, "utf8").replaceAll(world.index.url, ""), /127\.0\.0\.1/);
      });
      await t.test(`uv ${version} --no-cache tool run: it cannot be seen, and that is said`, async () => {
        const run = await world.countermark(["run", "--", uv, "--no-cache", "tool", "run", "sampletool"]);
        assert.equal(run.status, 0, run.output);
        assert.equal(lastLine(run), "2 delivered: 2 verified; what the tool installed of it is not known");
        if (version === INSTALLERS.uv.newest) t.saw("the user of uv --no-cache, last", lastLine(run));
      });
    }
  },
);
