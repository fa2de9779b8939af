// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  attack,
  buildWheel,
  createInstallWorld,
  INSTALLERS,
  installedModule,
  startOtherIndex,
  toyProject,
} from "@countermark/testkit";

attack(
  {
    by: "configuration",
    tries:
      "asks for a file by its URL: `name @ https://...`, on this machine or far away, or as a dependency",
    stoppedBy: "the tool's environment sends all other traffic to the proxy, which refuses it",
    noticedBy: "whoever installs",
    when: "before the tool starts, and when it asks",
  },
  async (t) => {
    const world = await createInstallWorld();
    t.after(() => world.close());
    const extra = buildWheel(toyProject("extra", "1.0"));
    const other = await startOtherIndex([extra]);
    t.after(() => other.close());
    const near = other.fileUrl(extra);
    const far = "https://user:hunter2@elsewhere.example/extra-1.0-py3-none-any.whl?token=hunter2";
    await world.publish("leaning", [buildWheel(toyProject("leaning", "1.0", [`extra @ ${near}`]))]);
    const tools = [
      ...Object.values(INSTALLERS.pip).map((version) => ["pip", version] as const),
      ...Object.values(INSTALLERS.uv).map((version) => ["uv", version] as const),
    ];
    for (const [tool, version] of tools) {
      const install = (...args: string[]) =>
        tool === "pip" ? world.withPip(args, { version }) : world.withUv(args, { version });
      for (const [url, host] of [
        [near, new URL(near).host],
        [far, "elsewhere.example:443"],
      ] as const) {
        await t.test(`${tool} ${version}, ${host}: named before, denied, nothing installed`, async () => {
          world.write("requirements.txt", `sampleproject\nextra @ ${url}\n`);
          const { run, environment } = await install("-r", "requirements.txt");
          assert.equal(run.status, 1, run.output);
          assert.match(run.output, /not from the index, so not verified: .*requirements\.txt:2 \(extra @/);
          assert.match(
            run.output,
            new RegExp(`^refused: other traffic, to ${host.replaceAll(".", "\\.")}`, "m"),
          );
          assert.doesNotMatch(
            run.stdout
              .split("\n")
              .filter((line) => /countermark|refused/.test(line))
              .join(),
            /hunter2/,
          );
          assert.equal(installedModule(environment, "extra"), null);
          if (version !== INSTALLERS.pip.newest && version !== INSTALLERS.uv.newest) return;
          if (url === far) t.saw(`the user of ${tool}`, run.output, /^not from the index/);
          else t.saw(`the user of ${tool}`, run.output, /^refused: other traffic/);
        });
      }
      await t.test(
        `${tool} ${version}: a verified file that needs a URL does not get it either`,
        async () => {
          const { run, environment } = await install("leaning");
          assert.equal(run.status, 1, run.output);
          assert.equal(installedModule(environment, "extra"), null);
        },
      );
    }
    await t.test("nobody asked the other server for anything", () => assert.deepEqual(other.asked, []));
  },
);
