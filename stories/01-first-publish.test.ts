// SPDX-License-Identifier: Apache-2.0
// A project is published for the first time, from a CI job that holds no key, to an index that has never heard of it.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import {
  buildSdist,
  buildWheel,
  createWorld,
  INDEX_URL,
  ISSUER_URL,
  publisherOf,
  releaseJob,
  toyProject,
} from "@countermark/testkit";

const world = await createWorld();
after(() => world.close());
const claims = releaseJob("example/sampleproject");
const project = toyProject("sampleproject", "1.0.0");
const files = [buildWheel(project), buildSdist(project)];

test("before anything: no project of that name is shown", async () => {
  assert.equal((await world.network.fetch(`${INDEX_URL}/simple/sampleproject/`)).status, 404);
});

test("a pending publisher waits for a project that does not exist", async () => {
  const publisher = publisherOf(ISSUER_URL, claims);
  await world.manage("pending-publishers", { project: "sampleproject", publisher });
  assert.equal((await world.network.fetch(`${INDEX_URL}/simple/sampleproject/`)).status, 404);
});

test("countermark publish: attested, accepted, logged and cosigned", async () => {
  const run = await world.publish(claims, files);
  assert.equal(run.status, 0, run.output);
  for (const file of files) assert.ok(run.stdout.includes(file.filename), file.filename);
  assert.equal(run.stdout.match(/^ +logged at index \d+ of index\.test\/ledger/gm)?.length, files.length);
});

test("the files are shown, each with its digest and its provenance", async () => {
  const response = await world.network.fetch(`${INDEX_URL}/simple/sampleproject/`, {
    headers: { accept: "application/vnd.pypi.simple.v1+json" },
  });
  const page = (await response.json()) as { files: { filename: string; provenance?: string }[] }; // our own page
  assert.deepEqual(
    page.files.map(({ filename }) => filename).sort(),
    files.map(({ filename }) => filename).sort(),
  );
  for (const { provenance } of page.files) {
    assert.equal((await world.network.fetch(provenance ?? "")).status, 200);
  }
});

test("countermark check-mine: the index hosts exactly these files", async () => {
  const run = await world.countermark(["check-mine", ...files.map(world.writeFile)]);
  assert.equal(run.status, 0, run.output);
});

test("the same files once more: accepted as what they are, and nothing is logged", async () => {
  const before = await readSize();
  const run = await world.publish(claims, files);
  assert.equal(run.status, 0, run.output);
  assert.equal(await readSize(), before);
});

async function readSize(): Promise<string> {
  const text = await (await world.network.fetch(`${INDEX_URL}/checkpoint`)).text();
  return text.split("\n")[1] ?? "";
}
