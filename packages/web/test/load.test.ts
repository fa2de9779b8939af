// SPDX-License-Identifier: Apache-2.0
// The pages' checks against a whole index in this process: what a browser would fetch and believe.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import {
  buildWheel,
  createWorld,
  INDEX_URL,
  ISSUER_URL,
  publisherOf,
  releaseJob,
  toyProject,
} from "@countermark/testkit";
import { loadProject, loadReceipt } from "../src/load.ts";

const world = await createWorld();
after(() => world.close());
const claims = releaseJob("example/sampleproject");
const wheel = buildWheel(toyProject("sampleproject", "1.0.0"));
await world.manage("pending-publishers", {
  project: "sampleproject",
  publisher: publisherOf(ISSUER_URL, claims),
});
const published = await world.publish(claims, [wheel]);
assert.equal(published.status, 0, published.output);

/** Lets the page's fetch reach the index, with the answer to one path replaced. */
function route(replaced: string, change: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>): void {
  globalThis.fetch = async (input, init) => {
    const url = new URL(String(input), INDEX_URL);
    // The page's address gives these; Node has no page.
    const answer = await world.network.fetch(url.href, {
      ...(init?.headers ? { headers: init.headers } : {}),
    });
    if (replaced === "" || !url.pathname.startsWith(replaced)) return answer;
    return new Response(change(new Uint8Array(await answer.arrayBuffer())), { status: answer.status });
  };
}
const now = () => world.clock.now();

test("loadProject: a published file is there, with who published it, and nothing differs", async () => {
  route("", (bytes) => bytes);
  const { project, head } = await loadProject("SampleProject", now());
  assert.ok(project !== null);
  assert.equal(head.kind, "witnessed");
  const [file] = project.files;
  assert.equal(file?.detail?.filename, wheel.filename);
  assert.equal(file?.publisher?.project, "example/sampleproject");
  assert.equal(file?.attesters[0]?.project, "example/sampleproject");
  assert.equal(project.publishers[0]?.project, "example/sampleproject");
  assert.deepEqual(project.differences, []);
});

test("loadReceipt: the file's receipt holds", async () => {
  route("", (bytes) => bytes);
  const { project, own } = await loadProject("sampleproject", now());
  const [file] = project?.files ?? [];
  assert.ok(file !== undefined);
  const logged = await loadReceipt(file, own, now());
  assert.equal(logged.index, file.record.firstEntry);
});

test("loadProject: absence is proved", async () => {
  route("", (bytes) => bytes);
  assert.equal((await loadProject("no-such-project", now())).project, null);
});

test("loadProject: without a detail a file has no name and no identity", async () => {
  route("/details/", () => new Uint8Array(4));
  const { project } = await loadProject("sampleproject", now());
  assert.equal(project?.files[0]?.detail, null);
  assert.equal(project?.files[0]?.publisher, null);
  assert.deepEqual(project?.differences, []);
});

const flipLast = (bytes: Uint8Array<ArrayBuffer>) => {
  bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
  return bytes;
};
for (const [claim, path, change, code] of [
  ["a flipped bit in the map proof is refused", "/map/", flipLast, "map-commitment"],
  ["a flipped bit in the state is refused", "/state/", flipLast, "state-files"],
  [
    "a truncated proof is refused",
    "/map/",
    (bytes: Uint8Array<ArrayBuffer>) => bytes.slice(0, -1),
    "truncated",
  ],
] as const) {
  test(`loadProject: ${claim}`, async () => {
    route(path, change);
    await assert.rejects(loadProject("sampleproject", now()), { code });
  });
}
