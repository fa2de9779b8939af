// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  attack,
  buildWheel,
  download,
  type Interceptor,
  releaseJob,
  sampleWorld,
  toyProject,
  whileLying,
} from "@countermark/testkit";

attack(
  {
    by: "cdn",
    tries: "mixes up paths: the answer for one file or project is given for another",
    stoppedBy: "a proof holds for one name alone, a state for one digest, a file for one record",
    noticedBy: "whoever installs",
    when: "before the file is installed",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const other = releaseJob("example/another");
    await world.registerProject("another", other);
    const wheel = buildWheel(toyProject("another", "1.0.0"));
    assert.equal((await world.publish(other, [wheel])).status, 0);

    /** What `download` asks for, with the answers of `part` being those that another project gets. */
    const mixed = async (part: string) => {
      const asked = new Map<string, string>();
      const listen: Interceptor = async (request, answer) => {
        const { pathname } = new URL(request.url);
        const kind = pathname.split("/")[1] ?? "";
        if (!asked.has(kind)) asked.set(kind, request.url);
        return await answer(request);
      };
      await whileLying(world.network, "index.test", listen, () => download(world.createClient(), "another"));
      const instead: Interceptor = (request, answer) => {
        const isPart = new URL(request.url).pathname.startsWith(`/${part}/`);
        return answer(isPart ? new Request(asked.get(part) ?? "", request) : request);
      };
      return await whileLying(world.network, "index.test", instead, () =>
        download(world.createClient(), "sampleproject"),
      );
    };
    for (const [claim, part, code] of [
      ["another project's proof", "map", "map-bucket"],
      ["another project's state", "state", "state-value"],
      ["another project's file", "files", "file-mismatch"],
      ["another project's page", "simple", "list-differs"],
    ] as const) {
      await t.test(`${claim}: refused`, async () => {
        const run = await mixed(part);
        assert.equal(run.status, 1, run.output);
        assert.ok(run.output.includes(`[${code}]`), `wanted ${code}: ${run.output}`);
        if (part !== "state") t.saw("the user", run.output, new RegExp(`\\[${code}\\]`));
      });
    }
  },
);
