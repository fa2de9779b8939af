// SPDX-License-Identifier: Apache-2.0
// The index hides the attestation of a file, so that a file of an unknown identity looks like one that never had any.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import {
  buildSdist,
  buildWheel,
  createWorld,
  download,
  type Interceptor,
  releaseJob,
  toyProject,
} from "@countermark/testkit";

const world = await createWorld();
after(() => world.close());
const claims = releaseJob("example/sampleproject");
await world.registerProject("sampleproject", claims);
const project = toyProject("sampleproject", "1.0.0");
const [wheel, sdist] = [buildWheel(project), buildSdist(project)];
const published = await world.publish(claims, [wheel, sdist]);
assert.equal(published.status, 0, published.output);

const ATTACKS: readonly (readonly [
  string,
  (request: Request, answer: (request: Request) => Promise<Response>) => Promise<Response>,
])[] = [
  ["says that there is none", async () => new Response("not found", { status: 404 })],
  [
    "serves the provenance of another file of the release",
    (request, answer) => answer(new Request(request.url.replace(wheel.filename, sdist.filename), request)),
  ],
];

for (const [claim, answerWith] of ATTACKS) {
  test(`the index ${claim}: refused, on first use too`, async () => {
    const hide: Interceptor = async (request, answer) => {
      const isHidden = request.url.includes("/integrity/") && request.url.includes(wheel.filename);
      return isHidden ? await answerWith(request, answer) : await answer(request);
    };
    const restore = world.network.intercept("index.test", hide);
    const run = await download(world.createClient(), "sampleproject", wheel.filename);
    restore();
    assert.equal(run.status, 1, run.output);
    assert.match(run.output, /expected the attestation [0-9a-f]{64} .* seen [0-9a-z]/);
    assert.match(run.output, /\[attestation-withheld\]/);
  });
}
