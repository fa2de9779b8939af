// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { buildSdist, buildWheel } from "../support/build.ts";
import { JOB, openWorld, PUBLISHER, publisherJson, type World } from "../support/world.ts";

const PROJECT = { name: "toy-box", version: "1.0" };
const FILE = await buildWheel(PROJECT);
const PAGE = { headers: { accept: "application/vnd.pypi.simple.v1+json" } };

interface Page {
  readonly "project-status": { readonly status: string };
  readonly files: readonly {
    readonly filename: string;
    readonly url: string;
    readonly yanked: boolean | string;
  }[];
}

async function page(world: World): Promise<Page> {
  return (await (await world.request("/simple/toy-box/", PAGE)).json()) as Page; // our own page
}

async function code(response: Response): Promise<string> {
  const body = (await response.json()) as { code?: string }; // our own answer
  return body.code ?? String(response.status);
}

async function openOwned(context: Parameters<typeof openWorld>[0]): Promise<{ world: World; owner: string }> {
  const world = await openWorld(context);
  const owner = await world.account("ada");
  assert.equal((await world.upload(owner, PROJECT, FILE)).status, 200);
  return { world, owner };
}

test("manage: accounts are the operator's to make, one for each name", async (context) => {
  const world = await openWorld(context);
  const token = await world.account("ada");
  assert.equal(await code(await world.manage("accounts", { name: "ada" })), "account-exists");
  assert.equal(await code(await world.manage("accounts", { name: "eve" }, token)), "management-refused");
  assert.equal(
    await code(await world.manage("accounts", { name: "eve" }, "pypi-wrong")),
    "management-refused",
  );
  assert.equal(await code(await world.manage("accounts", { name: "Not A Name" })), "request-malformed");
  assert.equal(await code(await world.manage("accounts", { name: "eve", more: 1 })), "request-malformed");
  const bare = await world.request("/_/manage/accounts", { method: "POST", body: "{}" });
  assert.equal(await code(bare), "token-missing");
});

test("manage: only owners and the operator manage a project", async (context) => {
  const { world } = await openOwned(context);
  const stranger = await world.account("mallory");
  for (const [path, body] of [
    ["projects/toy-box/yank", { files: [FILE.filename] }],
    ["projects/toy-box/configure", {}],
    ["projects/toy-box/status", { status: "archived" }],
  ] as const) {
    assert.equal(await code(await world.manage(path, body, stranger)), "management-refused", path);
  }
  assert.equal(await code(await world.manage("projects/none/yank", { files: ["x"] })), "project-unknown");
});

test("manage: a project is created once", async (context) => {
  const world = await openWorld(context);
  assert.equal((await world.manage("projects", { project: "toy-box" })).status, 201);
  assert.equal(await code(await world.manage("projects", { project: "Toy_Box" })), "project-exists");
  const policy = { uploads: "publisher", attestations: "required", release: "direct", closeDays: null };
  assert.equal(await code(await world.manage("projects", { project: "other", policy })), "bad-config");
});

test("changeFiles: yank and unyank, with the reason on the page", async (context) => {
  const { world, owner } = await openOwned(context);
  const body = { files: [FILE.filename], reason: "mistake", text: "broken <b>" };
  const yanked = await world.manage("projects/toy-box/yank", body, owner);
  assert.equal(yanked.status, 200);
  assert.equal((await page(world)).files[0]?.yanked, "broken <b>");
  assert.equal(await code(await world.manage("projects/toy-box/yank", body, owner)), "wrong-state");
  assert.equal(
    (await world.manage("projects/toy-box/unyank", { files: [FILE.filename] }, owner)).status,
    200,
  );
  assert.equal((await page(world)).files[0]?.yanked, false);
});

test("changeFiles: a file that does not exist changes none of those named with it", async (context) => {
  const { world, owner } = await openOwned(context);
  const files = [FILE.filename, "toy_box-9.9.tar.gz"];
  assert.equal(await code(await world.manage("projects/toy-box/yank", { files }, owner)), "wrong-state");
  assert.equal((await page(world)).files[0]?.yanked, false);
});

test("changeFiles: what is withdrawn is out of service at once, cosigned or not, and its name is burnt", async (context) => {
  const { world, owner } = await openOwned(context);
  const url = new URL((await page(world)).files[0]?.url ?? "").pathname;
  assert.equal((await world.request(url)).status, 200);
  world.up.clear();
  const body = { files: [FILE.filename], reason: "malware" };
  const withdrawn = await world.manage("projects/toy-box/withdraw", body, owner);
  assert.deepEqual(((await withdrawn.json()) as { released: boolean }).released, false); // our own answer
  assert.deepEqual((await page(world)).files, []);
  assert.equal((await world.request(url)).status, 404);
  assert.equal((await world.request(`${url}.metadata`)).status, 404);
  world.up.add("oak").add("ash");
  const again = await world.upload(owner, PROJECT, FILE);
  assert.equal(again.headers.get("countermark-code"), "file-exists");
});

test("changeStatus: a quarantine hides every file at once, and is the operator's alone", async (context) => {
  const { world, owner } = await openOwned(context);
  const quarantine = { status: "quarantined" };
  assert.equal(
    await code(await world.manage("projects/toy-box/status", quarantine, owner)),
    "management-refused",
  );
  const url = new URL((await page(world)).files[0]?.url ?? "").pathname;
  world.up.clear();
  assert.equal((await world.manage("projects/toy-box/status", quarantine)).status, 200);
  const hidden = await page(world);
  assert.equal(hidden["project-status"].status, "quarantined");
  assert.deepEqual(hidden.files, []);
  assert.equal((await world.request(url)).status, 404);
  assert.equal((await world.request("/pypi/toy-box/json")).status, 404);
  const list = (await (await world.request("/simple/", PAGE)).json()) as { projects: unknown[] }; // our own page
  assert.deepEqual(list.projects, []);
  assert.equal(
    await code(await world.manage("projects/toy-box/status", { status: "active" }, owner)),
    "management-refused",
  );
  // What ends a removal is an addition: it waits for the cosigners.
  assert.equal((await world.manage("projects/toy-box/status", { status: "active" })).status, 200);
  world.up.add("oak").add("ash");
  await world.index.tick();
  assert.equal((await page(world)).files.length, 1);
});

test("changeStatus: the same status again is refused by the rules", async (context) => {
  const { world, owner } = await openOwned(context);
  assert.equal((await world.manage("projects/toy-box/status", { status: "archived" }, owner)).status, 200);
  assert.equal(
    await code(await world.manage("projects/toy-box/status", { status: "archived" }, owner)),
    "same-status",
  );
  const sdist = await buildSdist(PROJECT);
  const refused = await world.upload(owner, PROJECT, sdist);
  assert.equal(refused.headers.get("countermark-code"), "not-open");
});

test("configureProject: free before the first file, and in force at once", async (context) => {
  const world = await openWorld(context);
  await world.manage("projects", { project: "toy-box" });
  assert.equal((await world.mint(world.idToken())).status, 422);
  const response = await world.manage("projects/toy-box/configure", { publishers: [publisherJson()] });
  assert.equal(((await response.json()) as { act: string }).act, "change"); // our own answer
  assert.equal((await world.mint(world.idToken())).status, 200);
});

test("configureProject: on a project with files an account's new publisher waits a week of log time", async (context) => {
  const { world, owner } = await openOwned(context);
  const path = "projects/toy-box/configure";
  const asked = await world.manage(path, { publishers: [publisherJson()] }, owner);
  assert.equal(((await asked.json()) as { act: string }).act, "ask"); // our own answer
  assert.equal((await world.mint(world.idToken())).status, 422);
  const more = { publishers: [publisherJson({ ...PUBLISHER, environment: null })] };
  assert.equal(await code(await world.manage(path, more, owner)), "pending");
  assert.equal(await code(await world.manage(path, { act: "take" }, owner)), "too-early");
  // The ledger's own time moves by cosigned heads, not by our clock.
  for (const seconds of [3_601, 8 * 86_400]) {
    world.now += seconds;
    // One tick to have the head cosigned again, one to seal the time that this shows.
    await world.index.tick();
    await world.index.tick();
  }
  assert.equal((await world.manage(path, { act: "take" }, owner)).status, 200);
  assert.equal((await world.mint(world.idToken(JOB))).status, 200);
});

test("configureProject: a stricter policy is in force at once, a milder one is not", async (context) => {
  const world = await openWorld(context);
  await world.manage("projects", { project: "toy-box", publishers: [publisherJson()] });
  assert.equal((await world.upload(await world.uploadToken(), PROJECT, FILE)).status, 200);
  const strict = { uploads: "publisher", attestations: "required", release: "direct", closeDays: null };
  const path = "projects/toy-box/configure";
  assert.equal((await world.manage(path, { policy: strict })).status, 200);
  assert.equal(
    await code(await world.manage(path, { policy: { ...strict, attestations: "optional" } })),
    "not-tighter",
  );
  const ask = await world.manage(path, { policy: { ...strict, attestations: "optional" }, act: "ask" });
  assert.equal(ask.status, 200);
  assert.equal((await world.manage(path, { act: "cancel" })).status, 200);
  assert.equal(await code(await world.manage(path, { act: "cancel" })), "not-cancellable");
});

test("configureProject: a refused configuration leaves no publisher behind", async (context) => {
  const { world, owner } = await openOwned(context);
  const strict = { uploads: "any", attestations: "required", release: "direct", closeDays: null };
  const wanted = { publishers: [publisherJson()], policy: strict };
  assert.equal(await code(await world.manage("projects/toy-box/configure", wanted, owner)), "bad-config");
  const openings = await countOpenings(world);
  assert.equal(openings, 0);
});

async function countOpenings(world: World): Promise<number> {
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(`${world.dir}/index.sqlite`, { readOnly: true });
  const row = database.prepare("select count(*) as count from publisher_openings").get();
  database.close();
  return Number(row?.["count"]);
}
