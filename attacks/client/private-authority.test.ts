// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "@countermark/log";
import { attack, createInstallWorld, createToyTls, INSTALLERS } from "@countermark/testkit";

attack(
  {
    by: "network",
    tries: "answers for an index that a private authority vouches for, with a certificate of its own",
    stoppedBy:
      "the proxy checks the index's certificate by Node's and the system's authorities, and those the user names",
    noticedBy: "whoever installs",
    when: "before a page is read",
  },
  async (t) => {
    const world = await createInstallWorld("tls");
    t.after(() => world.close());
    assert.ok(world.caFile !== null);
    const ca = world.caFile;
    const stranger = join(world.dir, "stranger.pem");
    writeFileSync(stranger, createToyTls(systemClock()).caCertificate);
    for (const [claim, env] of [
      ["no authority that knows it", {}],
      ["another private authority", { SSL_CERT_FILE: stranger }],
    ] as const) {
      await t.test(`${claim}: the index is not believed to be there`, async () => {
        const { run } = await world.withPip(["sampleproject"], { env });
        assert.equal(run.status, 3, run.output);
        assert.match(run.output, /\[unreachable\]/);
        t.saw("the user", run.output, /^countermark: .*\[unreachable\]/);
      });
    }
    for (const tool of ["pip", "uv"] as const) {
      for (const version of [INSTALLERS[tool].oldest, INSTALLERS[tool].newest]) {
        for (const name of [
          "REQUESTS_CA_BUNDLE",
          "SSL_CERT_FILE",
          "PIP_CERT",
          "CURL_CA_BUNDLE",
          "COUNTERMARK_CA",
        ]) {
          if (version !== INSTALLERS[tool].newest && name !== "SSL_CERT_FILE") continue;
          await t.test(`${tool} ${version}, ${name} names it: all is verified`, async () => {
            const options = { version, env: { [name]: ca } };
            const { run, last } = await (tool === "pip"
              ? world.withPip(["sampleproject"], options)
              : world.withUv(["sampleproject"], options));
            assert.equal(run.status, 0, run.output);
            assert.equal(last, "2 installed: 2 verified");
          });
        }
      }
    }
    await t.test("pip --cert names it: all is verified", async () => {
      const { run, last } = await world.withPip(["--cert", ca, "sampleproject"]);
      assert.equal(run.status, 0, run.output);
      t.saw("the user of pip --cert, last", last);
    });
    await t.test("a file that is not there is named", async () => {
      const { run, last } = await world.withPip(["sampleproject"], {
        env: { SSL_CERT_FILE: "/nowhere.pem" },
      });
      assert.equal(run.status, 2, run.output);
      t.saw("the user of a file that is gone", last);
    });
  },
);
