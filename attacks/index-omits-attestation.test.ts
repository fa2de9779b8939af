// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  attack,
  buildSdist,
  buildWheel,
  download,
  type Interceptor,
  sampleWorld,
  toyProject,
  whileLying,
} from "@countermark/testkit";

attack(
  {
    by: "index",
    tries: "hides a file's attestation, or serves that of another file in its place",
    stoppedBy: "the ledger lists every attestation of a file by its digest, and each must be served",
    noticedBy: "whoever installs, on first use too",
    when: "before the file is installed",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const project = toyProject("sampleproject", "1.1.0");
    const [wheel, sdist] = [buildWheel(project), buildSdist(project)];
    const published = await world.publish({ ...world.claims, runId: "2" }, [wheel, sdist]);
    assert.equal(published.status, 0, published.output);

    const lies: readonly (readonly [string, Interceptor])[] = [
      ["says that there is none", async () => new Response("not found", { status: 404 })],
      [
        "serves the provenance of another file of the release",
        (request, answer) =>
          answer(new Request(request.url.replace(wheel.filename, sdist.filename), request)),
      ],
    ];
    for (const [claim, lie] of lies) {
      await t.test(`the index ${claim}: refused, on first use too`, async () => {
        const liar: Interceptor = async (request, answer) => {
          const isHidden = request.url.includes("/integrity/") && request.url.includes(wheel.filename);
          return isHidden ? await lie(request, answer) : await answer(request);
        };
        const run = await whileLying(world.network, "index.test", liar, () =>
          download(world.createClient(), "sampleproject", wheel.filename),
        );
        assert.equal(run.status, 1, run.output);
        assert.match(run.output, /expected the attestation [0-9a-f]{64} .* seen [0-9a-z]/);
        assert.match(run.output, /\[attestation-withheld\]/);
        t.saw("the user", run.output, /\[attestation-withheld\]/);
      });
    }
  },
);
