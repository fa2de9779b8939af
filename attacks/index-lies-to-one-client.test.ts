// SPDX-License-Identifier: Apache-2.0
// The index shows one client a ledger of its own, signed with the log's true key. It lacks the cosigners, who saw the other one.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { encodeProjectProof, parseProjectProof } from "@countermark/formats";
import {
  buildWheel,
  createWorld,
  download,
  flipByte,
  forkProof,
  type Interceptor,
  releaseJob,
  toyProject,
} from "@countermark/testkit";

const world = await createWorld();
after(() => world.close());
const claims = releaseJob("example/sampleproject");
await world.registerProject("sampleproject", claims);
const published = await world.publish(claims, [buildWheel(toyProject("sampleproject", "1.0.0"))]);
assert.equal(published.status, 0, published.output);

const ATTACKS: readonly (readonly [string, string, (proof: Uint8Array) => Uint8Array])[] = [
  [
    "a second tree of the same size, signed by the log alone",
    "quorum-not-met",
    (proof) => forkProof(proof, world.logKey).bytes,
  ],
  [
    "the true head over another state",
    "inclusion-root",
    (bytes) => {
      const forked = parseProjectProof(forkProof(bytes, world.logKey).bytes);
      return encodeProjectProof({ ...parseProjectProof(bytes), stateLeaf: forked.stateLeaf });
    },
  ],
  [
    "the true state with another map proof",
    "map-commitment",
    (bytes) => {
      const proof = parseProjectProof(bytes);
      return encodeProjectProof({ ...proof, mapProof: flipByte(proof.mapProof, -1) });
    },
  ],
];

for (const [claim, code, lie] of ATTACKS) {
  test(`${claim}: refused`, async () => {
    const liar: Interceptor = async (request, answer) => {
      const truth = await answer(request);
      if (!new URL(request.url).pathname.startsWith("/map/")) return truth;
      return new Response(new Uint8Array(lie(new Uint8Array(await truth.arrayBuffer()))), { status: 200 });
    };
    const restore = world.network.intercept("index.test", liar);
    const run = await download(world.createClient(), "sampleproject");
    restore();
    assert.equal(run.status, 1, run.output);
    assert.ok(run.output.includes(`[${code}`), `wanted ${code}: ${run.output}`);
  });
}
