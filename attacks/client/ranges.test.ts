// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { attack, buildWheel, createInstallWorld, INSTALLERS, toyProject } from "@countermark/testkit";

attack(
  {
    by: "cdn",
    tries:
      "answers parts of files: a range that was not asked for, or a tool asks for a range to read a wheel's metadata",
    stoppedBy:
      "the proxy asks for whole files only, says so (accept-ranges: none), and gives whole files only",
    noticedBy: "nobody has to: the whole file is verified",
    when: "at every download",
  },
  async (t) => {
    const world = await createInstallWorld();
    t.after(() => world.close());
    await world.publish("wide", [buildWheel(toyProject("wide", "1.0"), "stored")]);
    const ranges: string[] = [];
    world.intercept = (request, response) => {
      // No separate metadata: tools fall back to ranges, or to the whole file.
      if (request.headers.range !== undefined) ranges.push(request.headers.range);
      if (request.url?.endsWith(".metadata") !== true) return false;
      response.writeHead(404).end();
      return true;
    };
    for (const version of Object.values(INSTALLERS.pip)) {
      await t.test(
        `pip ${version} --use-feature=fast-deps: the file is taken whole, and verified`,
        async () => {
          const { run, last } = await world.withPip(["--use-feature=fast-deps", "wide"], { version });
          // Where the tool asks for metadata that the ledger has and the index withholds, that is the index's failure.
          const asks = version !== INSTALLERS.pip.oldest;
          assert.equal(run.status, asks ? 3 : 0, run.output);
          if (!asks) assert.equal(last, "1 installed: 1 verified");
          if (asks) t.saw("the user, of withheld metadata", run.output, /^countermark: .*metadata/);
          else t.saw("the user of fast-deps, last", last);
        },
      );
    }
    for (const version of Object.values(INSTALLERS.uv)) {
      await t.test(
        `uv ${version}: withheld metadata is said to be, and no range is taken instead`,
        async () => {
          const { run } = await world.withUv(["wide"], { version });
          assert.equal(run.status, 3, run.output);
        },
      );
    }
    await t.test("the index was never asked for a part", () => assert.deepEqual(ranges, []));
  },
);
