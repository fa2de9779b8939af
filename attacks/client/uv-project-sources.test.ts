// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  attack,
  buildWheel,
  createInstallWorld,
  INSTALLED_PROJECT,
  INSTALLERS,
  lastLine,
  selfBuildingMembers,
  startOtherIndex,
  toyProject,
} from "@countermark/testkit";

attack(
  {
    by: "configuration",
    tries:
      "names other sources in pyproject.toml or a script: tool.uv.index, tool.uv.sources (git, url, path, workspace)",
    stoppedBy:
      "an index is refused by file and line; the others are named, and denied where they need a network",
    noticedBy: "whoever installs",
    when: "before the tool starts, and in the last line",
  },
  async (t) => {
    const world = await createInstallWorld();
    t.after(() => world.close());
    const extra = buildWheel(toyProject("extra", "1.0"));
    const other = await startOtherIndex([buildWheel(toyProject(INSTALLED_PROJECT, "9.9.9")), extra]);
    t.after(() => other.close());
    for (const { name, bytes } of selfBuildingMembers(toyProject("local", "1.0"), {
      requires: [],
      script: "pass",
    }))
      world.write(`local/${name}`, bytes);
    const start = (needs: readonly string[]) =>
      `[project]\nname = "consumer"\nversion = "0.1"\nrequires-python = ">=3.8"\ndependencies = ${JSON.stringify(["sampleproject", ...needs])}\n`;
    const index = `[[tool.uv.index]]\nname = "other"\nurl = "${other.simpleUrl}"\n`;
    let projects = 0;
    for (const version of [INSTALLERS.uv.oldest, INSTALLERS.uv.newest]) {
      const uv = await world.uv(version);
      const run = async (text: string, args: readonly string[] = ["sync"]) => {
        const name = `consumer-${projects++}`;
        world.write(`${name}/pyproject.toml`, text);
        const cwd = join(world.project, name);
        const done = await world.countermark(["run", "--", uv, ...args], { cwd });
        return { run: done, cwd };
      };
      for (const [claim, text] of [
        ["tool.uv.index", start([]) + index],
        [
          "a source that is an index",
          `${start([])}[tool.uv.sources]\nsampleproject = { index = "other" }\n${index}`,
        ],
        ["an index in one line", `${start([])}[tool]\nuv = { index = [{ url = "${other.simpleUrl}" }] }\n`],
        ["find-links", `${start([])}[tool.uv]\nfind-links = ["${other.simpleUrl}"]\n`],
      ] as const) {
        await t.test(`uv ${version}, ${claim}: refused by file and line`, async () => {
          const { run: done } = await run(text);
          assert.equal(done.status, 2, done.output);
          assert.match(
            done.output,
            /pyproject\.toml:\d+ \(.*\) names an index beside the verifying proxy \[bypass-refused\]/,
          );
          if (claim === "tool.uv.index") t.saw("the user of tool.uv.index", lastLine(done));
        });
      }
      await t.test(`uv ${version}, a script that names an index: refused by its line`, async () => {
        world.write(
          "tool.py",
          `# /// script\n# dependencies = []\n${index.replaceAll(/^(?=.)/gm, "# ")}# ///\n`,
        );
        const done = await world.countermark(["run", "--", uv, "run", "tool.py"]);
        assert.equal(done.status, 2, done.output);
        assert.match(done.output, /tool\.py:3/);
      });
      for (const [kind, source, host] of [
        ["url", `url = "${other.fileUrl(extra)}"`, /to 127\.0\.0\.1:/],
        ["git", 'git = "https://forge.example/x/y"', /to forge\.example:443/],
      ] as const) {
        await t.test(`uv ${version}, a ${kind} source: named, and denied`, async () => {
          const { run: done } = await run(`${start(["extra"])}[tool.uv.sources]\nextra = { ${source} }\n`);
          assert.equal(done.status, 1, done.output);
          assert.match(done.output, /^not from the index, so not verified: .*pyproject\.toml:7 \(extra = /m);
          assert.match(done.output, host);
          if (kind === "git") t.saw("the user of a git source", done.output, /^not from the index/);
        });
      }
      for (const [kind, source, wanted] of [
        ["path", 'path = "../local"', "3 installed: 2 verified, 1 from a local folder"],
        ["editable", 'path = "../local", editable = true', "3 installed: 2 verified, 1 editable"],
      ] as const) {
        await t.test(`uv ${version}, a ${kind} source: ${wanted}`, async () => {
          const { run: done } = await run(`${start(["local"])}[tool.uv.sources]\nlocal = { ${source} }\n`);
          assert.equal(done.status, 0, done.output);
          assert.equal(lastLine(done), wanted);
          if (kind === "editable") t.saw("the user of an editable source", lastLine(done));
        });
      }
      await t.test(
        `uv ${version}, a workspace: its member is editable, its environment is found from within`,
        async () => {
          const folder = `workspace-${projects++}`;
          for (const { name, bytes } of selfBuildingMembers(toyProject("member", "1.0", ["sampleproject"]), {
            requires: [],
            script: "pass",
          }))
            world.write(`${folder}/member/${name}`, bytes);
          world.write(
            `${folder}/pyproject.toml`,
            `${start(["member"])}[tool.uv.workspace]\nmembers = ["member"]\n[tool.uv.sources]\nmember = { workspace = true }\n`,
          );
          const cwd = join(world.project, folder, "member");
          const done = await world.countermark(["run", "--", uv, "sync", "--all-packages"], { cwd });
          assert.equal(done.status, 0, done.output);
          assert.equal(lastLine(done), "3 installed: 2 verified, 1 editable");
        },
      );
      await t.test(
        `uv ${version}: lock and add say what is locked, and leave no trace of the proxy`,
        async () => {
          const locked = await run(start([]), ["lock"]);
          assert.equal(locked.run.status, 0, locked.run.output);
          assert.equal(lastLine(locked.run), "2 locked: 2 verified");
          const added = await run(start([]), ["add", "needed-project"]);
          assert.equal(added.run.status, 0, added.run.output);
          for (const path of [
            join(locked.cwd, "uv.lock"),
            join(added.cwd, "uv.lock"),
            join(added.cwd, "pyproject.toml"),
          ]) {
            assert.doesNotMatch(readFileSync(path, "utf8").replaceAll(world.index.url, ""), /127\.0\.0\.1/);
          }
          assert.doesNotMatch(readFileSync(join(added.cwd, "pyproject.toml"), "utf8"), /tool\.uv/);
          const again = await world.countermark(["run", "--", uv, "sync"], { cwd: added.cwd });
          assert.doesNotMatch(again.output, /bypass-refused/);
        },
      );
    }
    await t.test("nobody asked the other index for anything", () => assert.deepEqual(other.asked, []));
  },
);
