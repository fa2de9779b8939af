// SPDX-License-Identifier: Apache-2.0
// What owners do with passkeys, through the index: each consent is over what anybody can compute.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type ConfigRecord,
  configId,
  configureChallenge,
  encodeConfigRecord,
  encodeHex,
  mapKey,
  openedPublisherId,
  originHash,
  type ProjectHeader,
  parseMapProof,
  parseProjectProof,
  parseStateLeaf,
  writeConsent,
} from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { verifyMapProof, verifyStateFile } from "@countermark/verify";
import {
  createSoftwarePasskey,
  passkeyJson,
  type SoftwarePasskey,
} from "../../../testkit/src/software-passkey.ts";
import { buildWheel } from "../support/build.ts";
import { ORIGIN, openWorld, PUBLISHER, publisherJson, type World } from "../support/world.ts";

const { sha256 } = nodeCrypto;
const NAME = "toy-box";
const KEY = mapKey(sha256, "pypi", NAME);
const PLACE = { webOrigin: "https://index.test", rpIdHash: encodeHex(sha256(Buffer.from("index.test"))) };
const POLICY = { uploads: "any", attestations: "optional", release: "direct", closeDays: null } as const;
const PROJECT = { name: NAME, version: "1.0" };
const WHEEL = await buildWheel(PROJECT);

/** A project of `ada` with a file and these passkeys. */
async function openOwned(
  context: Parameters<typeof openWorld>[0],
  passkeys: readonly SoftwarePasskey[],
): Promise<{ readonly world: World; readonly owner: string }> {
  const world = await openWorld(context);
  const owner = await world.account("ada");
  const people = { publishers: [], passkeys: passkeys.map(passkeyJson) };
  assert.equal((await world.manage("projects", { project: NAME, people }, owner)).status, 201);
  assert.equal((await world.upload(owner, PROJECT, WHEEL)).status, 200);
  return { world, owner };
}

/** The project as anybody reads it. */
async function read(
  world: World,
): Promise<{ readonly header: ProjectHeader; readonly current: ConfigRecord }> {
  const bytes = async (path: string): Promise<Uint8Array> =>
    new Uint8Array(await (await world.request(path)).arrayBuffer());
  const proof = parseProjectProof(await bytes(`/map/latest/${KEY}`));
  const commitment = parseStateLeaf(proof.stateLeaf).map;
  const value = verifyMapProof(parseMapProof(proof.mapProof), { key: KEY, commitment }, sha256) ?? "";
  return verifyStateFile(await bytes(`/state/sha256/${value}`), value, sha256);
}

type Act = "change" | "ask" | "cancel" | "undo";

/** The body of an act that `passkey` consents to, as the project stands. */
async function signed(
  world: World,
  act: Act,
  wanted: ConfigRecord,
  passkey: SoftwarePasskey,
): Promise<object> {
  const { header } = await read(world);
  const config = configId(sha256, encodeConfigRecord(wanted));
  const asked = { log: originHash(sha256, ORIGIN), project: KEY, header, act, config };
  const consent = writeConsent(passkey.consent(configureChallenge(sha256, asked), PLACE));
  const named = act === "change" || act === "ask" ? { config: configJson(wanted) } : {};
  return { act, way: "passkey", consent, ...named };
}

function configJson({ policy, principals, publishers }: ConfigRecord): object {
  return { policy, principals, publishers };
}

/** A request without an account. */
async function send(world: World, body: object, path = `manage/projects/${NAME}/configure`): Promise<Answer> {
  const response = await world.request(`/_/${path}`, { method: "POST", body: JSON.stringify(body) });
  const answer = (await response.json()) as { code?: string; passkeys?: unknown }; // our own answer
  return { code: answer.code ?? String(response.status), passkeys: answer.passkeys };
}

interface Answer {
  readonly code: string;
  readonly passkeys: unknown;
}

async function tick(world: World, seconds: number): Promise<void> {
  world.now += seconds;
  await world.index.tick();
  await world.index.tick();
}

test("createProject: passkeys are registered with it, and an account asks for nothing then", async (context) => {
  const passkey = createSoftwarePasskey();
  const { world, owner } = await openOwned(context, [passkey]);
  assert.deepEqual((await read(world)).current.principals, [passkey.id]);
  const ask = { act: "ask", way: "account", publishers: [publisherJson(PUBLISHER)] };
  const answer = await world.manage(`projects/${NAME}/configure`, ask, owner);
  assert.equal(((await answer.json()) as { code: string }).code, "has-principals"); // our own answer
});

test("configureProject: without an account nothing is chosen for who brings a consent", async (context) => {
  const passkey = createSoftwarePasskey();
  const { world } = await openOwned(context, [passkey]);
  const { current } = await read(world);
  const { act: _, ...unnamed } = (await signed(world, "change", current, passkey)) as { act: string };
  assert.equal((await send(world, unnamed)).code, "token-missing");
});

test("configureProject: a passkey asks, changes, cancels and undoes without an account; nothing twice", async (context) => {
  const [mine, stolen] = [createSoftwarePasskey(), createSoftwarePasskey()];
  const { world } = await openOwned(context, [mine, stolen]);
  const { current } = await read(world);
  const thiefs = { ...current, principals: [stolen.id] };

  const ask = await signed(world, "ask", thiefs, stolen);
  assert.equal((await send(world, ask)).code, "200");
  assert.equal((await send(world, ask)).code, "bad-consent", "the serial moved");
  assert.equal((await send(world, await signed(world, "cancel", current, mine))).code, "200");
  assert.equal((await read(world)).header.pending, null);
  assert.equal((await send(world, { act: "take", way: "none" })).code, "token-missing");

  assert.equal((await send(world, await signed(world, "change", thiefs, stolen))).code, "200");
  assert.deepEqual((await read(world)).current, thiefs);
  assert.equal((await send(world, await signed(world, "undo", current, mine))).code, "200");
  assert.deepEqual((await read(world)).current, current);
  assert.equal((await send(world, await signed(world, "undo", current, stolen))).code, "nothing-to-undo");
  assert.equal((await send(world, await signed(world, "change", thiefs, stolen))).code, "frozen");
});

test("configureProject: who is new is opened, by himself; a stranger leaves nothing", async (context) => {
  const [mine, second, stranger] = [
    createSoftwarePasskey(),
    createSoftwarePasskey(),
    createSoftwarePasskey(),
  ];
  const { world } = await openOwned(context, [mine]);
  const { current } = await read(world);
  const both = { ...current, principals: [mine.id, second.id].sort() };
  const change = await signed(world, "change", both, mine);
  assert.equal((await send(world, change)).code, "opening-missing");
  const people = { publishers: [], passkeys: [passkeyJson(second)] };
  assert.equal((await send(world, { ...change, people })).code, "200");
  assert.deepEqual((await read(world)).current, both);

  const own = { ...current, principals: [stranger.id] };
  const theft = await signed(world, "change", own, stranger);
  const strangers = { publishers: [], passkeys: [passkeyJson(stranger)] };
  assert.equal((await send(world, { ...theft, people: strangers })).code, "bad-consent");
  const find = { credential: (passkeyJson(stranger) as { credential: string }).credential };
  assert.equal((await send(world, find, `owner/${NAME}/passkey`)).code, "passkey-unknown");
});

test("withPeople: what a refused entry would have opened is forgotten", async (context) => {
  const [mine, second] = [createSoftwarePasskey(), createSoftwarePasskey()];
  const { world } = await openOwned(context, [mine]);
  const { current } = await read(world);
  const both = { ...current, principals: [mine.id, second.id].sort() };
  const asked = await signed(world, "ask", both, mine);
  const people = { publishers: [], passkeys: [passkeyJson(second)] };
  // A consent to asking is none to changing.
  assert.equal((await send(world, { ...asked, act: "change", people })).code, "bad-consent");
  const find = { credential: (passkeyJson(second) as { credential: string }).credential };
  assert.equal((await send(world, find, `owner/${NAME}/passkey`)).code, "passkey-unknown");
});

test("withPeople: a publisher under the salt of another project is refused", async (context) => {
  const mine = createSoftwarePasskey();
  const { world, owner } = await openOwned(context, [mine]);
  const opening = { record: publisherJson(PUBLISHER), salt: "07".repeat(32) };
  const people = { publishers: [opening], passkeys: [] };
  const id = openedPublisherId(sha256, { record: PUBLISHER, salt: new Uint8Array(32).fill(7) });
  const config = { policy: POLICY, principals: [], publishers: [id] };
  await world.manage("projects", { project: "other" }, owner);
  const free = { act: "change", way: "free", config, people };
  assert.equal((await world.manage("projects/other/configure", free, owner)).status, 200);
  const { current } = await read(world);
  const body = await signed(world, "change", { ...current, publishers: [id] }, mine);
  assert.equal((await send(world, { ...body, people })).code, "request-malformed");
});

test("handlePasskey: by its credential, what opens a passkey; not in another project", async (context) => {
  const mine = createSoftwarePasskey();
  const { world, owner } = await openOwned(context, [mine]);
  await world.manage("projects", { project: "other" }, owner);
  const { alg, credential, key, salt } = passkeyJson(mine) as Record<string, string>;
  const found = await send(world, { credential }, `owner/${NAME}/passkey`);
  assert.deepEqual(found.passkeys, [{ alg, key, salt }]);
  assert.equal((await send(world, { credential }, "owner/other/passkey")).code, "passkey-unknown");
});

test("serveTimes: when a change was asked for and may be taken, by log time", async (context) => {
  const mine = createSoftwarePasskey();
  const { world, owner } = await openOwned(context, [mine]);
  const { current } = await read(world);
  const times = async (): Promise<Record<string, number | null>> =>
    (await (await world.request(`/_/owner/${NAME}/times`)).json()) as Record<string, number | null>; // our own answer
  assert.equal((await times())["takeFrom"], null);
  const ask = await signed(world, "ask", { ...current, principals: [] }, mine);
  assert.equal((await send(world, ask)).code, "200");
  const before = world.now;
  await tick(world, 4_000);
  const { asked, takeFrom } = await times();
  assert.ok(asked !== null && asked !== undefined && takeFrom === asked + 7 * 86_400);
  assert.ok(asked >= before, "no earlier than it was asked");
  const take = await world.manage(`projects/${NAME}/configure`, { act: "take" }, owner);
  assert.equal(((await take.json()) as { code: string }).code, "too-early"); // our own answer
  for (const name of ["nothing", "-"])
    assert.equal((await world.request(`/_/owner/${name}/times`)).status, 404);
});
