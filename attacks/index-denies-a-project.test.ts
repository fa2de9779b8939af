// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { attack, download, type Lie, lyingAbout, sampleWorld, whileLying } from "@countermark/testkit";

attack(
  {
    by: "index",
    tries: "says that a project does not exist, so that the installer looks for the name elsewhere",
    stoppedBy:
      "absence takes a proof, as presence does; without one the run ends instead of going on elsewhere",
    noticedBy: "whoever installs",
    when: "at once",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const absent: Lie = async (truth, request) => {
      // A proof of a name that is really absent, in the place of the one that was asked for.
      const key = "ff".repeat(32);
      const url = request.url.replace(/[0-9a-f]{64}$/, key);
      assert.ok(truth.ok);
      return await world.network.fetch(`${url}?true`);
    };
    const none: Lie = () => new Response("not found", { status: 404 });
    for (const [claim, part, lie, code] of [
      ["its page is not there", "/simple/", none, "list-differs"],
      ["its proof is not there", "/map/", none, "http-status"],
      ["another name is proven absent", /\/map\/latest\/(?!ff)/, absent, "map-commitment"],
    ] as readonly (readonly [string, string | RegExp, Lie, string])[]) {
      await t.test(`${claim}: the run fails`, async () => {
        const run = await whileLying(world.network, "index.test", lyingAbout(part, lie), () =>
          download(world.createClient(), "sampleproject"),
        );
        assert.notEqual(run.status, 0, run.output);
        // A 404 would send the installer on to another index.
        assert.ok(run.output.includes(`[${code}]`), `wanted ${code}: ${run.output}`);
        t.saw("the user", run.output, new RegExp(`\\[${code}\\]`));
      });
    }
  },
);
