// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import {
  buildSdist,
  buildWheel,
  createWorld,
  INDEX_URL,
  jobEnvironment,
  releaseJob,
  toyProject,
} from "@countermark/testkit";
import { readDistributions } from "../../src/dist/read-distribution.ts";
import { uploadFile } from "../../src/upload/upload-file.ts";

const world = await createWorld();
after(() => world.close());
const claims = releaseJob("example/sampleproject");
await world.registerProject("sampleproject", claims);
const project = toyProject("sampleproject", "1.0.0");
const wheel = world.writeFile(buildWheel(project));
const sdist = world.writeFile(buildSdist(project));
const job = async () => jobEnvironment(await world.startJob(claims));

test("publish: attests, uploads, and believes the receipt by the pinned trust", async () => {
  const receipts = join(world.dir, "receipts");
  const run = await world.countermark(
    ["publish", "--receipts", receipts, "--print-receipt", wheel],
    await job(),
  );
  assert.equal(run.status, 0, run.output);
  assert.match(
    run.stdout,
    /attested as https:\/\/github\.com\/example\/sampleproject\/\.github\/workflows\/release\.yml@refs\/tags\/v1/,
  );
  assert.match(run.stdout, /logged at index \d+ of index\.test\/ledger/);
  assert.match(run.stdout, /cosigned by (?:oak, ash|ash, elm|ash, elm, oak|ash, oak|elm, oak)/);
  assert.match(run.stdout, /^c2sp\.org\/tlog-proof@v1$/m);
  const written = await readFile(join(receipts, "sampleproject-1.0.0-py3-none-any.whl.tlog-proof"), "utf8");
  assert.ok(written.startsWith("c2sp.org/tlog-proof@v1\n"));
});

test("publish: --json is one document, and no token is in any output", async () => {
  const environment = await job();
  const run = await world.countermark(["publish", "--json", sdist], environment);
  assert.equal(run.status, 0, run.output);
  const [published] = JSON.parse(run.stdout).published;
  assert.equal(published.filename, "sampleproject-1.0.0.tar.gz");
  assert.equal(published.logged.origin, "index.test/ledger");
  assert.ok(!/pypi-|eyJ/.test(run.output));
  assert.ok(!run.output.includes(environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] ?? "?"));
});

test("publish: another repository's job is refused with the index's sentence", async () => {
  const stranger = jobEnvironment(await world.startJob(releaseJob("evil/sampleproject")));
  const other = world.writeFile(buildWheel(toyProject("sampleproject", "6.6.6")));
  const run = await world.countermark(["publish", other], stranger);
  assert.equal(run.status, 1);
  assert.match(run.stderr, /\[upload-refused\]/);
});

test("publish: a receipt that does not hold is no success, whatever the index answered", async () => {
  const file = world.writeFile(buildWheel(toyProject("sampleproject", "1.1.0")));
  const stop = world.network.intercept("index.test", async (request, answer) => {
    const response = await answer(request);
    if (!new URL(request.url).pathname.startsWith("/receipt/")) return response;
    const text = await response.text();
    return new Response(text.replace(/^index \d+$/m, "index 1"), { status: response.status });
  });
  const run = await world.countermark(["publish", file], await job());
  stop();
  assert.equal(run.status, 1, run.output);
  assert.doesNotMatch(run.output, /accepted by the index/);
});

test("publish: an attestation that does not hold is never sent", async () => {
  const uploads: string[] = [];
  const stopIndex = world.network.intercept("index.test", async (request, answer) => {
    uploads.push(new URL(request.url).pathname);
    return await answer(request);
  });
  const stopAuthority = world.network.intercept("authority.test", async (request, answer) => {
    const response = await answer(request);
    if (!request.url.endsWith("/api/v2/log/entries")) return response;
    const entry = (await response.json()) as { logIndex: string }; // our own authority's answer
    return new Response(JSON.stringify({ ...entry, logIndex: "12345" }), { status: response.status });
  });
  const file = world.writeFile(buildWheel(toyProject("sampleproject", "1.2.0")));
  const run = await world.countermark(["publish", file], await job());
  stopAuthority();
  stopIndex();
  assert.notEqual(run.status, 0);
  assert.deepEqual(uploads, []);
});

test("publish: without a CI identity nothing is done", async () => {
  const run = await world.countermark(["publish", wheel]);
  assert.equal(run.status, 2);
  assert.match(run.stderr, /\[no-identity\]/);
});

test("publish: bytes that are there without an attestation are no success", async () => {
  const path = world.writeFile(buildWheel(toyProject("sampleproject", "3.0.0")));
  const { stdout } = await world.countermark(["exchange-token"], await job());
  const [distribution] = await readDistributions([path]);
  assert.ok(distribution);
  const upload = { distribution, attestations: [], token: stdout.trim(), boundary: "b".repeat(32) };
  const { fetch } = world.network;
  await uploadFile(INDEX_URL, upload, { fetch, pause: async () => {}, progress: () => {} });
  // An identical upload is answered with 200, and adds nothing.
  const run = await world.countermark(["publish", path], await job());
  assert.equal(run.status, 1, run.output);
  assert.match(run.stderr, /lists none \[upload-refused\]/);
});

test("publish: the same bytes once more say that the first attestation stays", async () => {
  const path = world.writeFile(buildWheel(toyProject("sampleproject", "3.0.1")));
  assert.equal((await world.countermark(["publish", path], await job())).status, 0);
  const again = await world.countermark(["publish", path], await job());
  assert.equal(again.status, 0, again.output);
  assert.match(again.stdout, /their first attestation stays/);
});
