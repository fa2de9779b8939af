// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  attack,
  buildSelfBuildingSdist,
  buildWheel,
  createInstallWorld,
  INSTALLERS,
  installedModule,
  startOtherIndex,
  toyProject,
} from "@countermark/testkit";

attack(
  {
    by: "publisher",
    tries:
      "lets a verified source fetch what it is built with from elsewhere, and its build backend open connections",
    stoppedBy:
      "build environments inherit the tool's environment: what they ask for goes to the proxy, which refuses it",
    noticedBy: "whoever installs",
    when: "when the build asks; the last line says what was built",
  },
  async (t) => {
    const world = await createInstallWorld();
    t.after(() => world.close());
    const extra = buildWheel(toyProject("extra", "1.0"));
    const other = await startOtherIndex([extra]);
    t.after(() => other.close());
    const asking = `import urllib.request
try:
    urllib.request.urlopen("${other.url}/from-the-build")
except Exception as error:
    open("asking.py", "a").write("# %r" % error)`;
    for (const [name, requires, script] of [
      ["honest", ["needed-project"], "import needed_project"],
      ["leaning", [`extra @ ${other.fileUrl(extra)}`], "import extra"],
      ["asking", [], asking],
    ] as const) {
      await world.publish(name, [buildSelfBuildingSdist(toyProject(name, "1.0"), { requires, script })]);
    }
    const tools = [
      ...Object.values(INSTALLERS.pip).map((version) => ["pip", version] as const),
      ...Object.values(INSTALLERS.uv).map((version) => ["uv", version] as const),
    ];
    for (const [tool, version] of tools) {
      const install = (...args: string[]) =>
        tool === "pip" ? world.withPip(args, { version }) : world.withUv(args, { version });
      await t.test(
        `${tool} ${version}: what a source is built with is verified too, and it is called built`,
        async () => {
          const { run, last } = await install("honest");
          assert.equal(run.status, 0, run.output);
          assert.equal(last, "1 installed: 0 verified, 1 built here from a verified source");
          assert.match(run.output, /^needed_project-1\.0\.0-py3-none-any\.whl$/m);
          if (version === INSTALLERS.uv.newest) t.saw("the user of uv, last", last);
        },
      );
      await t.test(`${tool} ${version}: a build requirement from a URL is refused`, async () => {
        const { run, environment } = await install("leaning");
        assert.equal(run.status, 1, run.output);
        assert.match(run.output, /^refused: other traffic, to 127\.0\.0\.1:/m);
        assert.equal(installedModule(environment, "leaning"), null);
        if (version === INSTALLERS.pip.newest)
          t.saw("the user of pip", run.output, /^countermark: pip ended/);
      });
      await t.test(
        `${tool} ${version}: a backend that asks for something gets 403, and is named`,
        async () => {
          const { run, environment } = await install("asking");
          assert.equal(run.status, 0, run.output);
          assert.match(run.output, /^refused: other traffic, to 127\.0\.0\.1:/m);
          assert.match(installedModule(environment, "asking") ?? "", /403: .Refused by countermark/);
          if (version === INSTALLERS.pip.newest)
            t.saw("the user of pip", run.output, /^refused: other traffic/);
        },
      );
    }
    await t.test("nobody got anything from the other server", () => assert.deepEqual(other.asked, []));
  },
);
