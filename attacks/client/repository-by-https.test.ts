// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { attack, createInstallWorld, INSTALLERS, startLoopback } from "@countermark/testkit";

attack(
  {
    by: "configuration",
    tries: "asks for a repository over https: `name @ git+https://...`",
    stoppedBy: "git honours the environment's proxies: the connection goes to the proxy, which refuses it",
    noticedBy: "whoever installs",
    when: "before the tool starts, and when git asks",
  },
  async (t) => {
    const world = await createInstallWorld();
    t.after(() => world.close());
    for (const tool of ["pip", "uv"] as const) {
      for (const version of [INSTALLERS[tool].oldest, INSTALLERS[tool].newest]) {
        await t.test(`${tool} ${version}: the connection is refused and named`, async () => {
          const args = ["sampleproject", "other @ git+https://token@forge.example/x/y"];
          const { run } = await (tool === "pip"
            ? world.withPip(args, { version })
            : world.withUv(args, { version }));
          assert.equal(run.status, 1, run.output);
          assert.match(run.output, /^refused: other traffic, to forge\.example:443$/m);
          assert.match(
            run.output,
            /^not from the index, so not verified: .*git\+https:\/\/forge\.example\/x\/y/m,
          );
          if (tool === "pip") t.saw("the user of pip", run.output, /^refused: other traffic/);
          else t.saw("the user of uv", run.output, /^not from the index/);
        });
      }
    }
    await t.test("a proxy in git's own configuration is not gone through", async () => {
      const company = await startLoopback((_request, response) => void response.writeHead(502).end());
      t.after(() => company.close());
      writeFileSync(join(world.home, ".gitconfig"), `[http]\n\tproxy = ${company.url}\n`);
      const { run } = await world.withPip(["other @ git+http://forge.example/x/y"]);
      assert.equal(run.status, 1, run.output);
      assert.match(run.output, /^refused: other traffic, to forge\.example$/m);
      assert.deepEqual(company.asked, []);
    });
  },
);
