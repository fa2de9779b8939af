// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  attack,
  createTrustRepository,
  type Interceptor,
  sampleWorld,
  whileLying,
} from "@countermark/testkit";

attack(
  {
    by: "trust-repository",
    tries:
      "serves metadata without end, a root after the other without end, or a target that is longer than listed",
    stoppedBy: "every file has a limit, and so has the number of roots of one refresh",
    noticedBy: "every client",
    when: "at the limit",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const { repo, env } = createTrustRepository(world);
    const lie =
      (part: RegExp, body: () => ReadableStream): Interceptor =>
      async (request, answer) =>
        part.test(new URL(request.url).pathname) ? new Response(body()) : await answer(request);
    const refresh = () => world.countermark(["audit"], env);
    for (const [claim, part, code] of [
      ["a timestamp without end", /timestamp\.json$/, "response-too-large"],
      ["a root without end", /root\.json$/, "response-too-large"],
      ["a target without end", /\/targets\/.*trust\.json$/, "response-too-large"],
    ] as const) {
      await t.test(`${claim}: refused`, async () => {
        const run = await whileLying(world.network, "tuf.test", lie(part, endless), refresh);
        assert.notEqual(run.status, 0, run.output);
        assert.ok(run.output.includes(`[${code}]`), run.output);
        if (!claim.startsWith("a root")) t.saw("the user", run.output, new RegExp(`\\[${code}\\]`));
      });
    }
    await t.test("more roots than one refresh takes: no more of them are asked for", async () => {
      for (let i = 0; i < 1_100; i++) repo.publish("root");
      const before = repo.requests.length;
      await refresh();
      const asked = repo.requests.slice(before).filter((request) => request.startsWith("root"));
      assert.ok(asked.length <= 1_025, `${asked.length} roots`);
    });
  },
);

function endless(): ReadableStream<Uint8Array> {
  const part = new Uint8Array(65_536).fill(32);
  return new ReadableStream({ pull: (controller) => controller.enqueue(part.slice()) });
}
