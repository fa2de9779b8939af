// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { encodeProjectProof, parseProjectProof } from "@countermark/formats";
import {
  attack,
  download,
  type Lie,
  lyingAbout,
  otherBytes,
  sampleWorld,
  whileLying,
} from "@countermark/testkit";

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
    const emptyMap = otherBytes((bytes) => {
      const proof = parseProjectProof(bytes);
      return encodeProjectProof({ ...proof, mapProof: new Uint8Array(proof.mapProof.length) });
    });
    for (const [claim, part, lie] of [
      ["its page is not there", "/simple/", none],
      ["its proof is not there", "/map/", none],
      ["another name is proven absent", /\/map\/latest\/(?!ff)/, absent],
      ["a proof of nothing", "/map/", emptyMap],
    ] as readonly (readonly [string, string | RegExp, Lie])[]) {
      await t.test(`${claim}: the run fails`, async () => {
        const run = await whileLying(world.network, "index.test", lyingAbout(part, lie), () =>
          download(world.createClient(), "sampleproject"),
        );
        assert.notEqual(run.status, 0, run.output);
        assert.doesNotMatch(run.output, /the ledger has no project/i);
        if (claim !== "a proof of nothing") t.saw("the user", run.output, /\[[a-z-]+\]$/);
      });
    }
  },
);
