// SPDX-License-Identifier: Apache-2.0
// Whoever stores or carries the files puts other bytes in their place: same name, same length.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import {
  buildWheel,
  createWorld,
  download,
  dropLast,
  flipByte,
  type Interceptor,
  releaseJob,
  toyProject,
} from "@countermark/testkit";

const world = await createWorld();
after(() => world.close());
const claims = releaseJob("example/sampleproject");
const file = buildWheel(toyProject("sampleproject", "1.0.0"));
await world.registerProject("sampleproject", claims);
const published = await world.publish(claims, [file]);
assert.equal(published.status, 0, published.output);

const serving =
  (tamper: (bytes: Uint8Array) => Uint8Array): Interceptor =>
  async (request, answer) => {
    const truth = await answer(request);
    if (!new URL(request.url).pathname.startsWith("/files/")) return truth;
    const headers = new Headers(truth.headers);
    headers.delete("content-length");
    return new Response(new Uint8Array(tamper(new Uint8Array(await truth.arrayBuffer()))), {
      status: truth.status,
      headers,
    });
  };

const ATTACKS: readonly (readonly [string, (bytes: Uint8Array) => Uint8Array])[] = [
  ["one bit of the first byte flipped", (bytes) => flipByte(bytes, 0)],
  ["one bit of the last byte flipped", (bytes) => flipByte(bytes, -1)],
  ["the last byte missing", (bytes) => dropLast(bytes, 1)],
  ["one byte more", (bytes) => Uint8Array.from([...bytes, 0])],
  ["nothing at all", () => new Uint8Array()],
];

for (const [claim, tamper] of ATTACKS) {
  test(`${claim}: the installer does not get the file`, async () => {
    const restore = world.network.intercept("index.test", serving(tamper));
    const run = await download(world.createClient(), "sampleproject", ".whl");
    restore();
    assert.equal(run.status, 1, run.output);
    assert.match(run.output, /\[file-mismatch\]/);
  });
}

test("the true bytes: the installer gets them", async () => {
  const run = await download(world.createClient(), "sampleproject", ".whl");
  assert.equal(run.status, 0, run.output);
});
