// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { attack, INDEX_URL, lyingAbout, otherBytes, sampleWorld, whileLying } from "@countermark/testkit";

attack(
  {
    by: "index",
    tries: "names another publisher in the provenance object than the one that signed",
    stoppedBy: "what the index says of the publisher is compared with the certificate, field by field",
    noticedBy: "whoever verifies",
    when: "at once",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const path = world.writeFile(world.wheel);
    const verify = () => world.countermark(["verify", path, "--index", INDEX_URL, "--any-identity"]);
    await t.test("the truth: they agree", async () => {
      assert.equal((await verify()).status, 0);
    });
    for (const [claim, from, to] of [
      ["another repository", '"example/sampleproject"', '"famous/sampleproject"'],
      ["another workflow", '"release.yml"', '"other.yml"'],
    ] as const) {
      await t.test(`${claim}: refused`, async () => {
        const lie = otherBytes((bytes) => {
          const text = new TextDecoder().decode(bytes);
          assert.ok(text.includes(from), text.slice(0, 400));
          return text.replaceAll(from, to);
        });
        const run = await whileLying(world.network, "index.test", lyingAbout("/integrity/", lie), verify);
        assert.equal(run.status, 1, run.output);
        assert.match(run.output, /\[publisher-claim\]/);
        t.saw("whoever verifies", run.output, /\[publisher-claim\]/);
      });
    }
  },
);
