// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { attack, createInstallWorld, INSTALLERS } from "@countermark/testkit";

const LOGIN = "reader:s3cret/pass";

attack(
  {
    by: "neighbour",
    tries: "looks for a private index's credentials: in the tool's environment, the lock, the output",
    stoppedBy: "credentials stay with the proxy and go to the origin they are for; the tool never has them",
    noticedBy: "nobody has to",
    when: "at every run",
  },
  async (t) => {
    const world = await createInstallWorld();
    t.after(() => world.close());
    const wanted = `Basic ${Buffer.from(LOGIN).toString("base64")}`;
    world.intercept = (request, response) => {
      if (request.headers.authorization === wanted) return false;
      response.writeHead(401, { "www-authenticate": 'Basic realm="index"' }).end("who are you?\n");
      return true;
    };
    const withLogin = world.index.url.replace(
      "http://",
      `http://${LOGIN.split(":").map(encodeURIComponent).join(":")}@`,
    );
    const netrc = join(world.home, ".netrc");
    for (const tool of ["pip", "uv"] as const) {
      for (const version of [INSTALLERS[tool].oldest, INSTALLERS[tool].newest]) {
        const install = (env: Readonly<Record<string, string>>) =>
          tool === "pip"
            ? world.withPip(["sampleproject"], { version, env })
            : world.withUv(["sampleproject"], { version, env });
        await t.test(
          `${tool} ${version}, credentials in the index's URL: verified, and told to nobody`,
          async () => {
            writeFileSync(netrc, "");
            const { run, last } = await install({ COUNTERMARK_INDEX: withLogin });
            assert.equal(run.status, 0, run.output);
            assert.equal(last, "2 installed: 2 verified");
            const lock = readFileSync(join(world.dir, "countermark.lock"), "utf8");
            assert.doesNotMatch(run.output + lock, /s3cret|cmVhZGVy/);
          },
        );
        await t.test(`${tool} ${version}, credentials in a netrc file: verified`, async () => {
          writeFileSync(netrc, "machine 127.0.0.1 login reader password s3cret/pass\n");
          const { run } = await install({});
          assert.equal(run.status, 0, run.output);
        });
        await t.test(
          `${tool} ${version}, none, and no keyring: refused, and nobody is asked to type any`,
          async () => {
            writeFileSync(netrc, "machine 127.0.0.2 login reader password s3cret/pass\n");
            const { run } = await install({});
            assert.equal(run.status, 3, run.output);
            t.saw("the user without credentials", run.output, /^countermark: .*401/);
          },
        );
      }
    }
    await t.test("the tool sees none of it", async () => {
      writeFileSync(netrc, "");
      const script = "import os, sys; sys.exit(9 if 's3cret' in repr(dict(os.environ)) else 0)";
      const env = { COUNTERMARK_INDEX: withLogin };
      const run = await world.countermark(["run", "--", world.python.executable, "-c", script], { env });
      assert.doesNotMatch(run.output, /status 9/);
      t.saw("the tool's user", run.output, /\[nothing-verified\]/);
    });
  },
);
