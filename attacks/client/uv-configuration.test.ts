// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  attack,
  buildWheel,
  createInstallWorld,
  INSTALLED_PROJECT,
  INSTALLERS,
  installedModule,
  startOtherIndex,
  toyProject,
} from "@countermark/testkit";

attack(
  {
    by: "configuration",
    tries: "names another index in uv.toml (of the project, the user) and in UV_ variables",
    stoppedBy:
      "the tool is given no configuration file and none of those variables; each setting is named with file and line",
    noticedBy: "whoever installs",
    when: "before the tool starts",
  },
  async (t) => {
    const world = await createInstallWorld();
    t.after(() => world.close());
    const evil = buildWheel(toyProject(INSTALLED_PROJECT, "9.9.9"));
    const other = await startOtherIndex([evil]);
    t.after(() => other.close());
    const links = join(world.dir, "links");
    mkdirSync(links);
    writeFileSync(join(links, evil.filename), evil.bytes);
    world.write("uv.toml", `index-url = "${other.simpleUrl}"\n\n[pip]\nfind-links = ["${links}"]\n`);
    mkdirSync(join(world.home, "config", "uv"), { recursive: true });
    writeFileSync(
      join(world.home, "config", "uv", "uv.toml"),
      `[[index]]\nname = "other"\nurl = "${other.simpleUrl}"\ndefault = true\n`,
    );
    const env = {
      UV_INDEX: other.simpleUrl,
      UV_DEFAULT_INDEX: other.simpleUrl,
      UV_INDEX_URL: other.simpleUrl,
      UV_EXTRA_INDEX_URL: other.simpleUrl,
      UV_FIND_LINKS: links,
      UV_INSECURE_HOST: "127.0.0.1",
      UV_CONFIG_FILE: join(world.project, "uv.toml"),
    };
    for (const version of Object.values(INSTALLERS.uv)) {
      await t.test(
        `uv ${version}: the verified version is installed, and every setting is named`,
        async () => {
          const { run, environment, last } = await world.withUv(["sampleproject"], { version, env });
          assert.equal(run.status, 0, run.output);
          assert.equal(last, "2 installed: 2 verified");
          assert.match(installedModule(environment, "sampleproject") ?? "", /1\.0\.0/);
          for (const place of [
            /switched off: index-url in .*project\/uv\.toml:1/,
            /switched off: find-links in .*project\/uv\.toml:4/,
            /switched off: index in .*config\/uv\/uv\.toml:1/,
            ...Object.keys(env).map((name) => new RegExp(`switched off: ${name} in the environment`)),
          ]) {
            assert.match(run.output, place);
          }
          t.saw("the user of uv", run.output, /switched off: index-url/);
          t.saw("the user of uv", run.output, /switched off: UV_INDEX in/);
          t.saw("the user of uv, last", last);
        },
      );
    }
    await t.test("nobody asked the other index for anything", () => assert.deepEqual(other.asked, []));
  },
);
