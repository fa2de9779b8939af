// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  attack,
  buildWheel,
  createInstallWorld,
  INSTALLED_PROJECT,
  startOtherIndex,
  toyProject,
} from "@countermark/testkit";

attack(
  {
    by: "configuration",
    tries:
      "names a second index with the same project in a higher version, or a folder of wheels, by argument",
    stoppedBy:
      "arguments that name a source, or a way past the proxy, are refused, in every spelling that the tool takes",
    noticedBy: "whoever installs",
    when: "before the tool starts",
  },
  async (t) => {
    const world = await createInstallWorld();
    t.after(() => world.close());
    const other = await startOtherIndex([buildWheel(toyProject(INSTALLED_PROJECT, "9.9.9"))]);
    t.after(() => other.close());
    const url = other.simpleUrl;
    for (const args of [
      ["--extra-index-url", url],
      [`--extra=${url}`],
      ["-i", url],
      [`-qi${url}`],
      ["--find-links", url],
      ["-f", "."],
      ["--proxy", other.url],
      ["--no-proxy-env"],
      ["--isolated"],
      ["--no-index"],
      ["--trusted-host", "127.0.0.1"],
    ]) {
      await t.test(`pip ${args[0]?.replace(url, "URL")}: refused`, async () => {
        const { run, last } = await world.withPip([...args, "sampleproject"]);
        assert.equal(run.status, 2, run.output);
        assert.match(run.output, /\[bypass-refused\]/);
        if (args[0] === "--extra-index-url" || args[0] === "--no-proxy-env") t.saw("the user of pip", last);
      });
    }
    for (const args of [
      ["--extra-index-url", url],
      ["--index", url],
      [`--default-index=${url}`],
      ["-i", url],
      ["--find-links", "."],
      ["--no-index"],
      ["--config-file", "uv.toml"],
      ["--allow-insecure-host", "127.0.0.1"],
      ["--torch-backend", "cpu"],
    ]) {
      await t.test(`uv ${args[0]?.replace(url, "URL")}: refused`, async () => {
        const { run, last } = await world.withUv([...args, "sampleproject"]);
        assert.equal(run.status, 2, run.output);
        assert.match(run.output, /\[bypass-refused\]/);
        if (args[0] === "--index") t.saw("the user of uv", last);
      });
    }
    await t.test("nobody asked the other index for anything", () => assert.deepEqual(other.asked, []));
  },
);
