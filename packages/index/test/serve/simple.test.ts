// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { encodeHex } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { attest, attestationsField } from "../support/attest.ts";
import { buildWheel, metadataOf } from "../support/build.ts";
import { openWorld, publisherJson, type World } from "../support/world.ts";

const PROJECT = { name: "toy-box", version: "1.0", requiresPython: ">=3.8" };
const FILE = await buildWheel(PROJECT);
const SHA256 = encodeHex(nodeCrypto.sha256(FILE.bytes));
const URL_PATH = `/files/${SHA256.slice(0, 2)}/${SHA256}/${FILE.filename}`;
const JSON_TYPE = "application/vnd.pypi.simple.v1+json";
const HTML_TYPE = "application/vnd.pypi.simple.v1+html";

async function openPublished(context: Parameters<typeof openWorld>[0]): Promise<World> {
  const world = await openWorld(context);
  await world.manage("projects", { project: "toy-box", publishers: [publisherJson()] });
  const attestations = attestationsField(attest(FILE));
  assert.equal((await world.upload(await world.uploadToken(), PROJECT, FILE, { attestations })).status, 200);
  return world;
}

const PIP = `${JSON_TYPE}, ${HTML_TYPE}; q=0.1, text/html; q=0.01`;

test("serveProjectPage: the form is negotiated as installers ask", async (context) => {
  const world = await openPublished(context);
  for (const [accept, type] of [
    [PIP, JSON_TYPE],
    [`${HTML_TYPE};q=0.2, text/html;q=0.1`, HTML_TYPE],
    ["application/vnd.pypi.simple.latest+json", JSON_TYPE],
    ["text/html", "text/html"],
    ["*/*", "text/html"],
    ["image/png", "text/html"],
    [`${JSON_TYPE};q=0, text/html`, "text/html"],
    ["application/*", JSON_TYPE],
  ] as const) {
    const response = await world.request("/simple/toy-box/", { headers: { accept } });
    assert.equal(response.headers.get("content-type"), type, accept);
    assert.equal(response.headers.get("vary"), "Accept");
  }
  const plain = await world.request("/simple/toy-box/");
  assert.equal(plain.headers.get("content-type"), "text/html");
});

test("serveProjectPage: every member that installers read, and no null that uv refuses", async (context) => {
  const world = await openPublished(context);
  const response = await world.request("/simple/toy-box/", { headers: { accept: PIP } });
  const body = (await response.json()) as { files: Record<string, unknown>[] }; // our own page
  const [file] = body.files;
  assert.deepEqual(file?.["hashes"], { sha256: SHA256 });
  assert.equal(file?.["size"], FILE.bytes.length);
  assert.match(String(file?.["upload-time"]), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  assert.equal(file?.["requires-python"], ">=3.8");
  assert.equal(file?.["yanked"], false);
  assert.equal(file?.["url"], `https://index.test${URL_PATH}`);
  assert.equal(file?.["provenance"], `https://index.test/integrity/toy-box/1.0/${FILE.filename}/provenance`);
  const metadata = { sha256: encodeHex(nodeCrypto.sha256(Buffer.from(metadataOf(PROJECT)))) };
  assert.deepEqual(file?.["core-metadata"], metadata);
});

test("serveProjectPage: a page that the client has is 304; other spellings are redirected", async (context) => {
  const world = await openPublished(context);
  const first = await world.request("/simple/toy-box/", { headers: { accept: PIP } });
  const etag = first.headers.get("etag") ?? "";
  const again = await world.request("/simple/toy-box/", { headers: { accept: PIP, "if-none-match": etag } });
  assert.equal(again.status, 304);
  for (const path of ["/simple/Toy.Box/", "/simple/toy-box", "/simple/toy_box"]) {
    const moved = await world.request(path);
    assert.equal(moved.status, 301, path);
    assert.equal(moved.headers.get("location"), "https://index.test/simple/toy-box/");
  }
  const nothing = await world.request("/simple/nothing/");
  assert.equal(nothing.status, 404);
  assert.equal(((await nothing.json()) as { code: string }).code, "not-found"); // our own answer
  assert.equal((await world.request("/simple/-/")).status, 404);
});

test("serveProjectList: names of released projects, in both forms", async (context) => {
  const world = await openPublished(context);
  const json = await world.request("/simple/", { headers: { accept: PIP } });
  assert.deepEqual(((await json.json()) as { projects: unknown }).projects, [{ name: "toy-box" }]); // our own page
  const html = await (await world.request("/simple/")).text();
  assert.ok(html.includes('<a href="/simple/toy-box/">toy-box</a>'));
});

test("serveFile: whole, in ranges, and not at all when the client has it", async (context) => {
  const world = await openPublished(context);
  const whole = await world.request(URL_PATH);
  assert.equal(whole.status, 200);
  assert.equal(whole.headers.get("accept-ranges"), "bytes");
  const etag = whole.headers.get("etag") ?? "";
  assert.equal(etag, `"${SHA256}"`);
  assert.deepEqual(new Uint8Array(await whole.arrayBuffer()), new Uint8Array(FILE.bytes));
  const size = FILE.bytes.length;
  for (const [range, from, to] of [
    ["bytes=0-9", 0, 10],
    ["bytes=10-", 10, size],
    ["bytes=-5", size - 5, size],
    [`bytes=5-${size + 100}`, 5, size],
  ] as const) {
    const part = await world.request(URL_PATH, { headers: { range, "if-range": etag } });
    assert.equal(part.status, 206, range);
    assert.equal(part.headers.get("content-range"), `bytes ${from}-${to - 1}/${size}`);
    assert.deepEqual(new Uint8Array(await part.arrayBuffer()), new Uint8Array(FILE.bytes.slice(from, to)));
  }
  for (const headers of [
    { range: "bytes=0-1,3-4" },
    { range: "bytes=-" },
    { range: "lines=1-2" },
    { range: "bytes=0-1", "if-range": '"another"' },
  ]) {
    assert.equal((await world.request(URL_PATH, { headers })).status, 200, JSON.stringify(headers));
  }
  const beyond = await world.request(URL_PATH, { headers: { range: `bytes=${size}-` } });
  assert.equal(beyond.status, 416);
  assert.equal(beyond.headers.get("content-range"), `bytes */${size}`);
  assert.equal(((await beyond.json()) as { code: string }).code, "range-unsatisfiable"); // our own answer
  assert.equal((await world.request(URL_PATH, { headers: { "if-none-match": etag } })).status, 304);
  const head = await world.request(URL_PATH, { method: "HEAD" });
  assert.equal(head.status, 200);
  assert.equal(head.headers.get("content-length"), String(size));
});

test("serveFile: .metadata is the file's own; a URL with another digest is not found", async (context) => {
  const world = await openPublished(context);
  const metadata = await world.request(`${URL_PATH}.metadata`);
  assert.equal(await metadata.text(), metadataOf(PROJECT));
  const zeros = "0".repeat(64);
  for (const path of [
    `/files/00/${zeros}/${FILE.filename}`,
    `/files/00/${SHA256}/${FILE.filename}`,
    `/files/${SHA256.slice(0, 2)}/${SHA256}/other-1.0-py3-none-any.whl`,
    `/files/${SHA256.slice(0, 2)}/${SHA256}/nonsense`,
  ]) {
    assert.equal((await world.request(path)).status, 404, path);
  }
});

test("serveProvenance: PEP 740, with issuer and ids beside what old verifiers read", async (context) => {
  const world = await openPublished(context);
  const path = `/integrity/toy-box/1.0/${FILE.filename}/provenance`;
  const response = await world.request(path, {
    headers: { accept: "application/vnd.pypi.integrity.v1+json" },
  });
  assert.equal(response.headers.get("content-type"), "application/vnd.pypi.integrity.v1+json");
  const body = (await response.json()) as { attestation_bundles: { publisher: Record<string, unknown> }[] }; // our own answer
  const publisher = body.attestation_bundles[0]?.publisher;
  assert.equal(publisher?.["kind"], "GitHub");
  assert.equal(publisher?.["repository"], "octo-org/toy-box");
  assert.equal(publisher?.["workflow"], "release.yml");
  assert.equal(publisher?.["repository_id"], "4242");
  assert.equal(publisher?.["issuer"], "https://token.actions.githubusercontent.com");
  const refused = await world.request(path, { headers: { accept: "text/html" } });
  assert.equal(refused.status, 406);
  assert.equal(((await refused.json()) as { code: string }).code, "not-acceptable"); // our own answer
  const other = await world.request(`/integrity/toy-box/2.0/${FILE.filename}/provenance`);
  assert.equal(other.status, 404);
});

test("serveJsonApi: project, release, and neither", async (context) => {
  const world = await openPublished(context);
  const response = await world.request("/pypi/Toy.Box/json");
  const body = (await response.json()) as { info: { version: string }; releases: Record<string, unknown[]> }; // our own answer
  assert.equal(body.info.version, "1.0");
  assert.equal(body.releases["1.0"]?.length, 1);
  assert.equal((await world.request("/pypi/toy-box/1.0/json")).status, 200);
  assert.equal((await world.request("/pypi/toy-box/2.0/json")).status, 404);
  assert.equal((await world.request("/pypi/nothing/json")).status, 404);
});

test("serveAsset: the web shell has a strict policy, and nothing else of its folder is served", async (context) => {
  const world = await openWorld(context, (options) => ({ ...options, webDir: options.dir }));
  for (const name of ["project.html", "file.html", "app.js", "software.js", "style.css"]) {
    await writeFile(join(world.dir, name), "x");
  }
  for (const path of [
    "/project/toy-box/",
    `/project/toy-box/${FILE.filename}`,
    "/web/app.js",
    "/web/software.js",
    "/web/style.css",
  ]) {
    const response = await world.request(path);
    assert.equal(response.status, 200, path);
    assert.match(response.headers.get("content-security-policy") ?? "", /default-src 'none'/);
  }
  for (const path of ["/web/index.sqlite", "/web/..%2findex.sqlite", "/web/constructor"]) {
    assert.equal((await world.request(path)).status, 404, path);
  }
});
