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

attack(
  {
    by: "authority",
    tries: "answers a job with another job's certificate, timestamp or log entry",
    stoppedBy: "the job verifies what it got, as everybody else will, before it uploads anything",
    noticedBy: "the publisher's job",
    when: "before the upload",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const other = releaseJob("example/another");
    await world.registerProject("another", other);
    const wheel = buildWheel(toyProject("sampleproject", "1.1.0"));
    /** What the authority answered at `path` when another job asked. */
    const answersOf = async (path: string): Promise<Response> => {
      const kept: { answer: Response | null } = { answer: null };
      const keep: Interceptor = async (request, answer) => {
        const truth = await answer(request);
        if (new URL(request.url).pathname === path) kept.answer = truth.clone();
        return truth;
      };
      const file = buildWheel(toyProject("another", `1.0.${path.length}`));
      const run = await whileLying(world.network, "authority.test", keep, () =>
        world.publish({ ...other, runId: String(path.length) }, [file]),
      );
      assert.equal(run.status, 0, run.output);
      assert.ok(kept.answer);
      return kept.answer;
    };
    for (const [claim, path, code] of [
      ["certificate", "/api/v2/signingCert", "authority-refused"],
      ["timestamp", "/api/v1/timestamp", "authority-refused"],
      ["log entry", "/api/v2/log/entries", "log-entry-mismatch"],
    ] as const) {
      await t.test(`another job's ${claim}: the job stops`, async () => {
        const kept = await answersOf(path);
        const liar: Interceptor = async (request, answer) =>
          new URL(request.url).pathname === path ? kept.clone() : await answer(request);
        const uploads: string[] = [];
        const watch = world.network.intercept("index.test", async (request, answer) => {
          uploads.push(new URL(request.url).pathname);
          return await answer(request);
        });
        const run = await whileLying(world.network, "authority.test", liar, () =>
          world.publish({ ...world.claims, runId: `9${path.length}` }, [wheel]),
        );
        watch();
        assert.notEqual(run.status, 0, run.output);
        assert.ok(run.output.includes(`[${code}]`), `wanted ${code}: ${run.output}`);
        assert.deepEqual(uploads, []);
        t.saw("the job", run.output, new RegExp(`\\[${code}\\]`));
      });
    }
  },
);
