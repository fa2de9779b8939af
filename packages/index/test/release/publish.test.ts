// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { attest, attestationsField } from "../support/attest.ts";
import { type BuiltFile, buildSdist, buildWheel } from "../support/build.ts";
import { openWorld, publisherJson, type World } from "../support/world.ts";

const PROJECT = { name: "toy-box", version: "1.0", requiresPython: ">=3.8" };

async function openProject(context: TestContext): Promise<World> {
  const world = await openWorld(context);
  const created = await world.manage("projects", { project: "toy-box", publishers: [publisherJson()] });
  assert.equal(created.status, 201);
  return world;
}

async function shownFiles(world: World, name = "toy-box"): Promise<string[]> {
  const accept = "application/vnd.pypi.simple.v1+json";
  const page = await world.request(`/simple/${name}/`, { headers: { accept } });
  if (page.status === 404) return [];
  const body = (await page.json()) as { files: { filename: string }[] }; // our own page
  return body.files.map(({ filename }) => filename);
}

/** Every blob in place, by its digest. */
async function blobsLeft(world: World): Promise<string[]> {
  const entries = await readdir(join(world.dir, "blobs"), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

async function codeOf(response: Response): Promise<string | null> {
  await response.text();
  return response.headers.get("countermark-code");
}

test("publish: an attested upload by a trusted publisher becomes a visible file", async (context) => {
  const world = await openProject(context);
  const file = await buildWheel(PROJECT);
  const attestations = attestationsField(attest(file));
  const response = await world.upload(await world.uploadToken(), PROJECT, file, { attestations });
  assert.equal(response.status, 200);
  assert.equal(await response.text(), "");
  assert.deepEqual(await shownFiles(world), [file.filename]);
  const receipt = response.headers.get("countermark-receipt") ?? "";
  assert.equal((await world.request(new URL(receipt).pathname)).status, 200);
  assert.deepEqual(world.reported, []);
});

test("publish: an account's first upload creates the project, unattested and logged all the same", async (context) => {
  const world = await openWorld(context);
  const token = await world.account("ada");
  const wheel = await buildWheel(PROJECT);
  assert.equal((await world.upload(token, PROJECT, wheel)).status, 200);
  const sdist = await buildSdist(PROJECT);
  assert.equal((await world.upload(token, PROJECT, sdist)).status, 200);
  assert.deepEqual(await shownFiles(world), [wheel.filename, sdist.filename]);
});

test("publish: an account's first two uploads at once are one project of that account", async (context) => {
  const world = await openWorld(context);
  const token = await world.account("ada");
  const [wheel, sdist] = await Promise.all([buildWheel(PROJECT), buildSdist(PROJECT)]);
  const responses = await Promise.all([
    world.upload(token, PROJECT, wheel),
    world.upload(token, PROJECT, sdist),
  ]);
  assert.deepEqual(
    responses.map(({ status }) => status),
    [200, 200],
  );
  assert.equal((await world.manage("projects/toy-box/status", { status: "archived" }, token)).status, 200);
});

test("publish: of two accounts that upload a new name at once, one gets it and the other is refused", async (context) => {
  const world = await openWorld(context);
  const [ada, eve] = [await world.account("ada"), await world.account("eve")];
  const [wheel, sdist] = await Promise.all([buildWheel(PROJECT), buildSdist(PROJECT)]);
  const responses = await Promise.all([world.upload(ada, PROJECT, wheel), world.upload(eve, PROJECT, sdist)]);
  const codes = responses.map(({ status, headers }) => headers.get("countermark-code") ?? String(status));
  assert.deepEqual(codes.sort(), ["200", "token-project"]);
  assert.equal((await blobsLeft(world)).length, 2);
});

test("publish: the same bytes again are fine, other bytes under the name are not", async (context) => {
  const world = await openProject(context);
  const token = await world.uploadToken();
  const file = await buildWheel(PROJECT);
  assert.equal((await world.upload(token, PROJECT, file)).status, 200);
  const before = await blobsLeft(world);
  assert.equal((await world.upload(token, PROJECT, file)).status, 200);
  const changed = { ...file, bytes: (await buildWheel({ ...PROJECT, requiresPython: ">=3.9" })).bytes };
  const refused = await world.upload(token, { ...PROJECT, requiresPython: ">=3.9" }, changed);
  const body = (await refused.json()) as { code: string }; // our own answer
  assert.match(body.code, /^400 File already exists \(/);
  assert.equal(refused.headers.get("countermark-code"), "file-exists");
  assert.deepEqual((await blobsLeft(world)).sort(), before.sort());
});

test("publish: two uploads of the same file at once are one file", async (context) => {
  const world = await openProject(context);
  const token = await world.uploadToken();
  const file = await buildWheel(PROJECT);
  const responses = await Promise.all([1, 2, 3].map(() => world.upload(token, PROJECT, file)));
  assert.deepEqual(
    responses.map(({ status }) => status),
    [200, 200, 200],
  );
  assert.deepEqual(await shownFiles(world), [file.filename]);
  const path = `/files/${await firstFilePath(world)}`;
  assert.equal((await world.request(path)).status, 200);
});

async function firstFilePath(world: World): Promise<string> {
  const page = await world.request("/simple/toy-box/", {
    headers: { accept: "application/vnd.pypi.simple.v1+json" },
  });
  const body = (await page.json()) as { files: { url: string }[] }; // our own page
  return new URL(body.files[0]?.url ?? "").pathname.slice("/files/".length);
}

test("publish: two different files under one name at once: one wins, the other is refused", async (context) => {
  const world = await openProject(context);
  const token = await world.uploadToken();
  const file = await buildWheel(PROJECT);
  const other = { ...PROJECT, requiresPython: ">=3.9" };
  const rival = { ...file, bytes: (await buildWheel(other)).bytes };
  const [first, second] = await Promise.all([
    world.upload(token, PROJECT, file),
    world.upload(token, other, rival),
  ]);
  assert.deepEqual([first.status, second.status].sort(), [200, 400]);
  assert.equal((await world.request(`/files/${await firstFilePath(world)}`)).status, 200);
  // File and metadata of the winner; nothing of the other.
  assert.equal((await blobsLeft(world)).length, 2);
});

test("publish: a refused upload leaves no blob, no entry and no file behind", async (context) => {
  const world = await openProject(context);
  const size = await headSize(world);
  const file = await buildWheel(PROJECT);
  const token = await world.uploadToken();
  const bad: BuiltFile = { ...file, bytes: file.bytes.subarray(0, 100) };
  assert.equal((await world.upload(token, PROJECT, bad)).status, 400);
  const stranger = await world.account("mallory");
  assert.equal(await codeOf(await world.upload(stranger, PROJECT, file)), "token-project");
  assert.deepEqual(await blobsLeft(world), []);
  assert.equal(await headSize(world), size);
});

async function headSize(world: World): Promise<number> {
  return Number((await (await world.request("/checkpoint")).text()).split("\n")[1]);
}

test("publish: what the ledger's rules refuse is gone, with the rule's code", async (context) => {
  const world = await openWorld(context);
  const policy = { uploads: "publisher", attestations: "required", release: "direct", closeDays: null };
  await world.manage("projects", { project: "toy-box", publishers: [publisherJson()], policy });
  const size = await headSize(world);
  const file = await buildWheel(PROJECT);
  const refused = await world.upload(await world.uploadToken(), PROJECT, file);
  assert.equal(await codeOf(refused), "attestation-required");
  assert.deepEqual(await blobsLeft(world), []);
  assert.equal(await headSize(world), size);
});

test("publish: without a quorum nothing is visible, and an identical retry completes the upload", async (context) => {
  const world = await openProject(context);
  const token = await world.uploadToken();
  const file = await buildWheel(PROJECT);
  world.up.delete("oak");
  world.up.delete("ash");
  const waiting = await world.upload(token, PROJECT, file);
  assert.equal(waiting.status, 503);
  assert.ok(waiting.headers.get("retry-after"));
  assert.equal(await codeOf(waiting), "not-released");
  assert.deepEqual(await shownFiles(world), []);
  world.up.add("oak");
  assert.equal((await world.upload(token, PROJECT, file)).status, 200);
  assert.deepEqual(await shownFiles(world), [file.filename]);
});

test("publish: an upload that waits is not visible after a restart either", async (context) => {
  const world = await openProject(context);
  const token = await world.uploadToken();
  const file = await buildWheel(PROJECT);
  world.up.clear();
  assert.equal((await world.upload(token, PROJECT, file)).status, 503);
  await world.restart();
  await world.index.tick();
  assert.deepEqual(await shownFiles(world), []);
  world.up.add("elm").add("oak");
  await world.index.tick();
  assert.deepEqual(await shownFiles(world), [file.filename]);
});

test("publish: a release has one sdist, however its version is spelt, until it is withdrawn", async (context) => {
  const world = await openWorld(context);
  const token = await world.account("ada");
  const upload = async (version: string) => {
    const project = { name: "Toy.Box", version };
    return await world.upload(token, project, await buildSdist(project));
  };
  assert.equal((await upload("1.0")).status, 200);
  assert.equal((await upload("1.0")).status, 200, "a retry is no second one");
  const left = (await blobsLeft(world)).length;
  for (const version of ["1", "1.0.0", "1.0.0.0"]) {
    assert.equal(await codeOf(await upload(version)), "sdist-exists", version);
  }
  assert.equal((await blobsLeft(world)).length, left);
  for (const version of ["1.0.1", "1.0.post0", "0"]) {
    assert.equal((await upload(version)).status, 200, version);
  }
  const withdrawn = await world.manage(
    "projects/toy-box/withdraw",
    { files: ["toy_box-1.0.tar.gz"], reason: "mistake", text: "" },
    token,
  );
  assert.equal(withdrawn.status, 200, await withdrawn.text());
  assert.equal((await upload("1.0.0")).status, 200);
});

test("publish: of two sdists of one release at once, one is taken", async (context) => {
  const world = await openProject(context);
  const token = await world.uploadToken();
  const uploads = ["1.0", "1.0.0"].map(async (version) => {
    const project = { name: "toy-box", version };
    return await codeOf(await world.upload(token, project, await buildSdist(project)));
  });
  assert.deepEqual((await Promise.all(uploads)).sort(), [null, "sdist-exists"].sort());
});
