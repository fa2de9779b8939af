// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  attack,
  buildWheel,
  createInstallWorld,
  INSTALLED_PROJECT,
  INSTALLERS,
  installedModule,
  lastLine,
  startOtherIndex,
  toyProject,
} from "@countermark/testkit";

attack(
  {
    by: "configuration",
    tries:
      "names another index where nobody looks: in a script that calls pip or uv, on this machine or far away",
    stoppedBy:
      "the tool's environment sends all other traffic to the proxy, other ports of this machine too, and the proxy refuses it",
    noticedBy: "whoever installs",
    when: "when the tool asks; the last line",
  },
  async (t) => {
    const world = await createInstallWorld();
    t.after(() => world.close());
    const other = await startOtherIndex([buildWheel(toyProject(INSTALLED_PROJECT, "9.9.9"))]);
    t.after(() => other.close());
    const tools = [
      ...Object.values(INSTALLERS.pip).map((version) => ["pip", version] as const),
      ...Object.values(INSTALLERS.uv).map((version) => ["uv", version] as const),
    ];
    for (const [tool, version] of tools) {
      for (const url of [other.simpleUrl, "https://elsewhere.example/simple/"]) {
        const where = url.startsWith("https:") ? "far away" : "on this machine";
        await t.test(`${tool} ${version}, ${where}: nothing is fetched from there`, async () => {
          const environment = await world.environment(tool === "pip" ? version : undefined);
          const program = tool === "pip" ? `${environment.python} -m pip` : `${await world.uv(version)} pip`;
          const words = tool === "pip" ? "--index-url" : `--python ${environment.python} --default-index`;
          world.write("build.sh", `exec ${program} install ${words} ${url} sampleproject\n`);
          const run = await world.countermark(["run", "--", "sh", "build.sh"]);
          assert.equal(run.status, 1, run.output);
          const host = new URL(url).host;
          assert.match(
            run.output,
            new RegExp(`^refused: other traffic, to ${host.replaceAll(".", "\\.")}`, "m"),
          );
          assert.equal(lastLine(run), "0 delivered: 0 verified; what the tool installed of it is not known");
          assert.equal(installedModule(environment, "sampleproject"), null);
          if (version === INSTALLERS.pip.newest)
            t.saw("the user of pip", run.output, /^refused: other traffic/);
          if (version === INSTALLERS.uv.newest) t.saw("the user of uv", lastLine(run));
        });
      }
    }
    await t.test("nobody asked the other index for anything", () => assert.deepEqual(other.asked, []));
  },
);
