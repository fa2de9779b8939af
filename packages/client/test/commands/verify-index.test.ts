// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { buildWheel, createWorld, INDEX_URL, releaseJob, toyProject } from "@countermark/testkit";
import { runCli } from "../../src/cli.ts";
import { fakeFetch, fakeWorld, type Routes } from "../world.ts";

const world = await createWorld();
after(() => world.close());
const claims = releaseJob("example/sampleproject");
await world.registerProject("sampleproject", claims);
const built = buildWheel(toyProject("sampleproject", "1.0.0"));
const { filename } = built;
const published = await world.publish(claims, [built]);
assert.equal(published.status, 0, published.output);
const wheel = world.writeFile(built);
const integrity = `${INDEX_URL}/integrity/sampleproject/1.0.0/${filename}/provenance`;

test("verify: a file and an index that lists and attests it", async () => {
  const run = await world.countermark(["verify", wheel, "--index", INDEX_URL, "--any-identity"]);
  assert.equal(run.status, 0, run.output);
  assert.match(run.stdout, /the publisher that the index names agrees with the certificate/);
  assert.match(run.stdout, new RegExp(`from ${integrity}`));
  assert.equal((await world.countermark(["verify", wheel, "--index", INDEX_URL])).status, 2);
});

test("verify: the URL of a provenance object, or of a file beside its index, is of the file that is served", async () => {
  const page = await world.network.fetch(`${INDEX_URL}/simple/sampleproject/`, {
    headers: { accept: "application/vnd.pypi.simple.v1+json" },
  });
  const listed = ((await page.json()) as { files: { url: string }[] }).files[0]?.url ?? "";
  const url = new URL(listed, `${INDEX_URL}/simple/sampleproject/`).href;
  for (const args of [[integrity], [url, "--index", INDEX_URL]]) {
    const run = await world.countermark(["verify", ...args, "--any-identity", "--json"]);
    assert.equal(run.status, 0, run.output);
    const { filename: name, attested } = JSON.parse(run.stdout);
    assert.equal(name, filename);
    assert.equal(attested[0].publisherAgrees, true);
  }
  assert.equal((await world.countermark(["verify", url, "--any-identity"])).status, 2);
});

test("verify: evidence that is named beside an index, or a digest, is a wrong call", async () => {
  for (const args of [
    [wheel, "--index", INDEX_URL, "--provenance", wheel],
    [integrity, "--bundle", wheel],
    [`sha256:${"0".repeat(64)}`, "--index", INDEX_URL],
  ]) {
    assert.equal((await world.countermark(["verify", ...args, "--any-identity"])).status, 2);
  }
});

test("verify: nothing is fetched unless an index is named", async () => {
  const alone = join(world.dir, filename);
  await copyFile(wheel, alone);
  assert.equal((await world.countermark(["verify", alone], { COUNTERMARK_INDEX: INDEX_URL })).status, 2);
});

const digest = JSON.parse(
  (await world.countermark(["verify", integrity, "--any-identity", "--json"])).stdout,
);
const root = join(world.dir, "root.json");
await writeFile(root, world.authority.trustedRoot());
const served = Buffer.from(await (await world.network.fetch(integrity)).arrayBuffer());
const SIMPLE = "application/vnd.pypi.simple.v1+json";
const INTEGRITY = "application/vnd.pypi.integrity.v1+json";
const PAGE_URL = "https://i.example/simple/sampleproject/";
const PROVENANCE_URL = "https://i.example/p";

function page(file: Readonly<Record<string, unknown>>): string {
  const files = [{ filename, url: "f", hashes: { sha256: digest.sha256 }, provenance: "/p", ...file }];
  return JSON.stringify({ meta: { "api-version": "1.4" }, name: "sampleproject", files });
}

function answer(body: string | Uint8Array<ArrayBuffer>, type: string, status = 200): () => Response {
  return () => new Response(body, { status, headers: { "content-type": type } });
}

function routes(changes: Routes): Routes {
  return {
    [`GET ${PAGE_URL}`]: answer(page({}), SIMPLE),
    [`GET ${PROVENANCE_URL}`]: answer(new Uint8Array(served), INTEGRITY),
    ...changes,
  };
}

async function verifyAt(changes: Routes, ...args: readonly string[]) {
  const other = fakeWorld(fakeFetch(routes(changes)));
  const given = ["--index", "https://i.example", "--trusted-root", root, "--any-identity"];
  const status = await runCli(["verify", wheel, ...given, ...args], other);
  return { status, text: other.text(), errors: other.errors() };
}

test("verify: an index of another kind, with a trusted root alone", async () => {
  const { status, errors } = await verifyAt({});
  assert.equal(status, 0, errors);
  const plain = await verifyAt({
    [`GET ${PROVENANCE_URL}`]: answer(new Uint8Array(served), "application/json"),
  });
  assert.equal(plain.status, 0, plain.errors);
});

const noBundles = JSON.stringify({ version: 1, attestation_bundles: [] });
for (const [claim, changes, code, status] of [
  ["without a page", { [`GET ${PAGE_URL}`]: answer("", SIMPLE, 404) }, "not-hosted", 1],
  [
    "without the file",
    { [`GET ${PAGE_URL}`]: answer(page({ filename: "x-1.tar.gz" }), SIMPLE) },
    "not-hosted",
    1,
  ],
  [
    "with other bytes",
    { [`GET ${PAGE_URL}`]: answer(page({ hashes: { sha256: "0".repeat(64) } }), SIMPLE) },
    "not-hosted",
    1,
  ],
  ["that gives no SHA-256", { [`GET ${PAGE_URL}`]: answer(page({ hashes: {} }), SIMPLE) }, "not-hosted", 1],
  ["whose page is HTML", { [`GET ${PAGE_URL}`]: answer("<html>", "text/html") }, "content-type", 4],
  ["whose page calls itself HTML", { [`GET ${PAGE_URL}`]: answer(page({}), "text/html") }, "content-type", 4],
  ["that fails", { [`GET ${PAGE_URL}`]: answer("", SIMPLE, 500) }, "http-status", 3],
  [
    "without provenance",
    { [`GET ${PAGE_URL}`]: answer(page({ provenance: null }), SIMPLE) },
    "no-provenance",
    1,
  ],
  [
    "whose provenance is not there",
    { [`GET ${PROVENANCE_URL}`]: answer("", INTEGRITY, 404) },
    "no-provenance",
    1,
  ],
  [
    "whose provenance is over plain HTTP",
    { [`GET ${PAGE_URL}`]: answer(page({ provenance: "http://i.example/p" }), SIMPLE) },
    "not-hosted",
    1,
  ],
  [
    "whose provenance is HTML",
    { [`GET ${PROVENANCE_URL}`]: answer("<html>", "text/html") },
    "content-type",
    4,
  ],
  [
    "whose provenance has no type",
    { [`GET ${PROVENANCE_URL}`]: () => new Response(null) },
    "content-type",
    4,
  ],
  [
    "whose provenance is empty",
    { [`GET ${PROVENANCE_URL}`]: answer(noBundles, INTEGRITY) },
    "missing-field",
    4,
  ],
  [
    "whose provenance is too long",
    { [`GET ${PROVENANCE_URL}`]: answer(" ".repeat(3_000_000), INTEGRITY) },
    "response-too-large",
    4,
  ],
] as const) {
  test(`verify: an index ${claim} is no success`, async () => {
    const run = await verifyAt(changes);
    assert.match(run.errors, new RegExp(`\\[${code}\\]`));
    assert.equal(run.status, status);
  });
}

test("verify: bytes that an index serves and does not list are refused", async () => {
  const bytes = await readFile(wheel);
  const world_ = (served: Uint8Array<ArrayBuffer>) =>
    fakeWorld(
      fakeFetch({
        ...routes({}),
        "GET https://i.example/simple/sampleproject/f": answer(served, "application/octet-stream"),
        [`GET https://i.example/integrity/s/1/${filename}/provenance`]:
          routes({})[`GET ${PROVENANCE_URL}`] ?? answer("", ""),
      }),
    );
  const url = `https://i.example/integrity/s/1/${filename}/provenance`;
  const args = ["verify", url, "--trusted-root", root, "--any-identity"];
  assert.equal(await runCli(args, world_(new Uint8Array(bytes))), 0);
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  const other = world_(new Uint8Array(bytes));
  assert.equal(await runCli(args, other), 1);
  assert.match(other.errors(), /\[not-hosted\]/);
  const failing = fakeWorld(
    fakeFetch({
      ...routes({}),
      "GET https://i.example/simple/sampleproject/f": answer("", "text/plain", 503),
    }),
  );
  assert.equal(await runCli(args, failing), 3);
});
