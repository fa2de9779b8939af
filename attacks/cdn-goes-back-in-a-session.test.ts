// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  attack,
  buildWheel,
  type Interceptor,
  releaseJob,
  sampleWorld,
  toyProject,
  whileLying,
} from "@countermark/testkit";

/** An installer that resolves projects, one after the other. */
const RESOLVER = `
const headers = { accept: "application/vnd.pypi.simple.v1+json" };
for (const project of process.argv.slice(1)) {
  const page = await fetch(process.env.PIP_INDEX_URL + project + "/", { headers });
  if (!page.ok) process.exit(3);
  await page.json();
}
`;

attack(
  {
    by: "cdn",
    tries: "serves one project as it is now and the next as it was an hour ago, in one resolution",
    stoppedBy: "a session pins its first head: each later one must be it, or begin with it",
    noticedBy: "whoever installs",
    when: "at the second project",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const old = await keepAnswers();
    const other = releaseJob("example/another");
    await world.registerProject("another", other);
    assert.equal((await world.publish(other, [buildWheel(toyProject("another", "1.0.0"))])).status, 0);

    await t.test("the truth, twice: fine", async () => {
      assert.match((await resolve(null, "another", "sampleproject")).output, /nothing-verified/);
    });
    await t.test("the truth, then the past: the run fails", async () => {
      const run = await resolve(old, "another", "sampleproject");
      assert.equal(run.status, 1, run.output);
      assert.match(run.output, /\[head-went-back\]/);
      t.saw("the user", run.output, /\[head-went-back\]/);
    });

    /** What is answered about sampleproject now, to be given later. */
    async function keepAnswers(): Promise<Interceptor> {
      const kept = new Map<string, Response>();
      const keep: Interceptor = async (request, answer) => {
        const response = await answer(request);
        kept.set(request.url, response.clone());
        return response;
      };
      await whileLying(world.network, "index.test", keep, () => resolve(null, "sampleproject"));
      return async (request, answer) => kept.get(request.url)?.clone() ?? (await answer(request));
    }

    function resolve(liar: Interceptor | null, ...projects: readonly string[]) {
      const run = () =>
        world.createClient()([
          "run",
          "--",
          process.execPath,
          "--input-type=module",
          "-e",
          RESOLVER,
          ...projects,
        ]);
      return liar === null ? run() : whileLying(world.network, "index.test", liar, run);
    }
  },
);
