// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { join } from "node:path";
import {
  attack,
  buildSelfBuildingSdist,
  buildWheel,
  createInstallWorld,
  INSTALLED_PROJECT,
  INSTALLERS,
  installedModule,
  runTool,
  scrubbedEnvironment,
  startOtherIndex,
  type ToyProject,
  toyProject,
} from "@countermark/testkit";

attack(
  {
    by: "neighbour",
    tries:
      "fills the caches of pip and uv before: other bytes under the name, version and file name of a verified one",
    stoppedBy:
      "pip runs without its cache, uv with an empty one of this run; what lands on disk is compared with the verified wheel",
    noticedBy: "nobody has to: the verified bytes are installed",
    when: "at every run",
  },
  async (t) => {
    const world = await createInstallWorld();
    t.after(() => world.close());
    const build = { requires: [], script: "pass" };
    await world.publish("built", [buildSelfBuildingSdist(toyProject("built", "1.0"), build)]);
    const evil = (project: ToyProject): ToyProject => ({
      ...project,
      modules: Object.fromEntries(Object.keys(project.modules).map((path) => [path, "EVIL = 1\n"])),
    });
    const other = await startOtherIndex([
      buildWheel(evil(toyProject(INSTALLED_PROJECT, "1.0.0"))),
      buildSelfBuildingSdist(evil(toyProject("built", "1.0")), build),
    ]);
    t.after(() => other.close());
    const home = scrubbedEnvironment(world.home);
    for (const version of Object.values(INSTALLERS.pip)) {
      await t.test(`pip ${version}: what its cache has is not installed`, async () => {
        const before = await world.environment(version);
        const args = ["-m", "pip", "install", "-i", other.simpleUrl, "sampleproject", "built"];
        const filled = await runTool(before.python, args, { env: home });
        assert.equal(filled.status, 0, filled.output);
        assert.match(installedModule(before, "built") ?? "", /EVIL/);
        const env = { PIP_CACHE_DIR: join(world.home, "cache", "pip") };
        const { run, environment, last } = await world.withPip(["sampleproject", "built"], { version, env });
        assert.equal(run.status, 0, run.output);
        assert.equal(last, "3 installed: 2 verified, 1 built here from a verified source");
        for (const module of ["sampleproject", "built"])
          assert.doesNotMatch(installedModule(environment, module) ?? "EVIL", /EVIL/);
        const refused = await world.withPip(["--cache-dir", env.PIP_CACHE_DIR, "built"], { version });
        assert.equal(refused.run.status, 2, refused.run.output);
        if (version === INSTALLERS.pip.newest) {
          t.saw("the user of pip, last", last);
          t.saw("the user of pip --cache-dir", refused.last);
        }
      });
    }
    for (const version of Object.values(INSTALLERS.uv)) {
      await t.test(`uv ${version}: what its cache has is not installed`, async () => {
        const [before, uv] = [await world.environment(), await world.uv(version)];
        const args = ["pip", "install", "--python", before.python, "--default-index", other.simpleUrl];
        const filled = await runTool(uv, [...args, "sampleproject", "built"], { env: home });
        assert.equal(filled.status, 0, filled.output);
        assert.match(installedModule(before, "built") ?? "", /EVIL/);
        const env = { UV_CACHE_DIR: join(world.home, "cache", "uv") };
        const { run, environment, last } = await world.withUv(["sampleproject", "built"], { version, env });
        assert.equal(run.status, 0, run.output);
        assert.equal(last, "3 installed: 2 verified, 1 built here from a verified source");
        for (const module of ["sampleproject", "built"])
          assert.doesNotMatch(installedModule(environment, module) ?? "EVIL", /EVIL/);
        if (version === INSTALLERS.uv.newest)
          t.saw("the user of uv", run.output, /switched off: UV_CACHE_DIR/);
      });
    }
  },
);
