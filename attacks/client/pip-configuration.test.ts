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
  lastLine,
  startOtherIndex,
  toyProject,
} from "@countermark/testkit";

attack(
  {
    by: "configuration",
    tries:
      "names another index in pip.conf (of the user, the environment, PIP_CONFIG_FILE) and in PIP_ variables",
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
    const settings = `[global]\nextra-index-url = ${other.simpleUrl}\n[install]\nfind-links =\n    ${links}\n`;
    mkdirSync(join(world.home, "config", "pip"), { recursive: true });
    writeFileSync(join(world.home, "config", "pip", "pip.conf"), settings);
    const named = world.write("named.conf", `[global]\nindex-url: ${other.simpleUrl}\n`);
    const env = {
      PIP_CONFIG_FILE: named,
      PIP_INDEX_URL: other.simpleUrl,
      PIP_EXTRA_INDEX_URL: other.simpleUrl,
      PIP_FIND_LINKS: links,
      PIP_NO_INDEX: "1",
      PIP_CONSTRAINT: join(world.project, "none.txt"),
      PIP_NO_PROXY_ENV: "1",
    };
    for (const version of Object.values(INSTALLERS.pip)) {
      await t.test(
        `pip ${version}: the verified version is installed, and every setting is named`,
        async () => {
          const environment = await world.environment(version);
          writeFileSync(join(environment.dir, "pip.conf"), settings);
          const active = { ...env, VIRTUAL_ENV: environment.dir };
          const args = ["install", "--python", environment.python, "sampleproject"];
          const run = await world.countermark(args, { env: active });
          assert.equal(run.status, 0, run.output);
          assert.equal(lastLine(run), "2 installed: 2 verified");
          assert.match(installedModule(environment, "sampleproject") ?? "", /1\.0\.0/);
          for (const place of [
            /switched off: extra-index-url in .*config\/pip\/pip\.conf:2/,
            /switched off: find-links in .*config\/pip\/pip\.conf:4/,
            /switched off: extra-index-url in .*environment-\d+\/pip\.conf:2/,
            /switched off: index-url in .*named\.conf:2/,
            ...Object.keys(env)
              .filter((name) => name !== "PIP_CONFIG_FILE")
              .map((name) => new RegExp(`switched off: ${name} in the environment`)),
          ]) {
            assert.match(run.output, place);
          }
          t.saw("the user of pip", run.output, /switched off: index-url/);
          t.saw("the user of pip", run.output, /switched off: PIP_FIND_LINKS/);
          t.saw("the user of pip, last", lastLine(run));
        },
      );
    }
    await t.test("nobody asked the other index for anything", () => assert.deepEqual(other.asked, []));
  },
);
