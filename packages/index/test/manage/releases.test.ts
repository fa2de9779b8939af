// SPDX-License-Identifier: Apache-2.0
// What happens to files after their upload: staged and shown, closed, attested, erased, given back.
import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import {
  concat,
  encodeBase64Url,
  encodeHex,
  encodeKeyRecord,
  originHash,
  parseEd25519Spki,
  parseStatement,
  principalId,
  u8,
  u32,
  utf8,
  webauthnClientData,
} from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { findProject, rootMessage } from "@countermark/verify";
import { requestConfiguration } from "../../src/seal/request.ts";
import { openServices, type Services } from "../../src/services.ts";
import { attest, attestationsField } from "../support/attest.ts";
import { buildSdist, buildWheel } from "../support/build.ts";
import { AUDIT, JOB, openWorld, publisherJson, type World } from "../support/world.ts";

const PROJECT = { name: "toy-box", version: "1.0" };
const WHEEL = await buildWheel(PROJECT);
const SDIST = await buildSdist(PROJECT);
const PAGE = { headers: { accept: "application/vnd.pypi.simple.v1+json" } };
const POLICY = { uploads: "any", attestations: "optional", release: "staged", closeDays: null } as const;
const RELEASE = { version: "1.0" };

async function filenames(world: World): Promise<readonly string[]> {
  const response = await world.request("/simple/toy-box/", PAGE);
  const { files } = (await response.json()) as { files: readonly { filename: string }[] }; // our own page
  return files.map(({ filename }) => filename);
}

async function code(response: Response): Promise<string> {
  const body = (await response.json()) as { code?: string }; // our own answer
  return body.code ?? String(response.status);
}

/** A project of `ada` whose releases are staged, with a wheel and an sdist that wait. */
async function openStaged(
  context: Parameters<typeof openWorld>[0],
): Promise<{ world: World; owner: string }> {
  const world = await openWorld(context);
  const owner = await world.account("ada");
  const created = await world.manage("projects", { project: "toy-box", policy: POLICY }, owner);
  assert.equal(created.status, 201);
  for (const file of [WHEEL, SDIST]) {
    const answer = await world.upload(owner, PROJECT, file);
    assert.equal(answer.status, 200);
    assert.match(await answer.text(), /^Staged:/);
  }
  return { world, owner };
}

/** The index's own parts, over the same stores, when its routes are not enough to see or to prepare something. */
async function openParts(context: Parameters<typeof openWorld>[0], world: World): Promise<Services> {
  await world.index.close();
  const services = await openServices(world.options);
  context.after(() => services.close().catch(() => {}));
  return services;
}

test("publishRelease: nobody sees a staged file by any way before its release is published", async (context) => {
  const { world, owner } = await openStaged(context);
  const digest = encodeHex(nodeCrypto.sha256(WHEEL.bytes));
  const hidden = [
    `/files/${digest.slice(0, 2)}/${digest}/${WHEEL.filename}`,
    `/files/${digest.slice(0, 2)}/${digest}/${WHEEL.filename}.metadata`,
    `/integrity/toy-box/1.0/${WHEEL.filename}/provenance`,
    `/pypi/toy-box/1.0/json`,
    `/_/audit/blob/${digest}`,
  ];
  assert.deepEqual(await filenames(world), []);
  for (const path of hidden) assert.equal((await world.request(path)).status, 404, path);
  // Auditors look at what is sealed before anybody sees it.
  const audit = { headers: { authorization: `Bearer ${AUDIT}` } };
  assert.equal((await world.request(`/_/audit/blob/${digest}`, audit)).status, 200);
  assert.equal((await world.upload(owner, PROJECT, WHEEL)).status, 200); // an identical retry
  const published = await world.manage("projects/toy-box/publish", RELEASE, owner);
  assert.equal(published.status, 200);
  assert.deepEqual([...(await filenames(world))].sort(), [WHEEL.filename, SDIST.filename].sort());
  assert.equal((await world.request(hidden[0] ?? "")).status, 200);
});

test("publishRelease: what is named is shown, and nothing else; each refusal has its code", async (context) => {
  const { world, owner } = await openStaged(context);
  const publish = (body: object, token = owner) => world.manage("projects/toy-box/publish", body, token);
  const stranger = await world.account("mallory");
  assert.equal(await code(await publish(RELEASE, stranger)), "management-refused");
  assert.equal(await code(await publish({ version: "2.0" })), "nothing-staged");
  assert.equal(await code(await publish({ version: "one" })), "request-malformed");
  assert.equal(await code(await publish({ ...RELEASE, files: [] })), "request-malformed");
  assert.equal(await code(await publish({ ...RELEASE, files: ["toy_box-1.0.zip"] })), "not-staged");
  assert.equal((await publish({ version: "v1", files: [WHEEL.filename], text: "ready" })).status, 200);
  assert.deepEqual(await filenames(world), [WHEEL.filename]);
  const cancel = { files: [SDIST.filename], reason: "canceled" };
  assert.equal((await world.manage("projects/toy-box/withdraw", cancel, owner)).status, 200);
  assert.equal(await code(await publish(RELEASE)), "nothing-staged");
});

test("publishRelease: without a quorum a release is sealed and not yet seen", async (context) => {
  const { world, owner } = await openStaged(context);
  world.up.clear();
  const answer = await world.manage("projects/toy-box/publish", RELEASE, owner);
  assert.equal(((await answer.json()) as { released: boolean }).released, false); // our own answer
  assert.deepEqual(await filenames(world), []);
  world.up.add("oak").add("ash");
  await world.index.tick();
  assert.equal((await filenames(world)).length, 2);
});

test("describeApproval: a policy that asks for a passkey is kept, and what it signs is over the bytes", async (context) => {
  const { world } = await openStaged(context);
  const services = await openParts(context, world);
  const passkey = generateKeyPairSync("ed25519");
  const spki = new Uint8Array(passkey.publicKey.export({ format: "der", type: "spki" }));
  const key = parseEd25519Spki(spki);
  const salt = new Uint8Array(32).fill(7);
  const id = principalId(nodeCrypto.sha256, salt, encodeKeyRecord({ algorithm: "Ed25519", key }));
  const project = services.manage.projectKey("toy-box");
  const current = findProject(services.ledger.state(), project)?.current;
  if (current === undefined) throw new TypeError("There is no project");
  const config = {
    ...current,
    principals: [id],
    policy: { ...current.policy, release: "staged-passkey" as const },
  };
  // Files are there, so that this takes a week: the ledger's rules are what is asked here, and not the index.
  const detail = { name: "toy-box", publishers: [], principals: [{ id, salt }], reason: null };
  const ask = { project, act: "ask", way: "account", config, consent: { kind: "none" } } as const;
  await services.manage.seal(requestConfiguration(ask, detail));
  const later = async (seconds: number): Promise<void> => {
    world.now += seconds;
    await services.releases.release();
    await services.ledger.sealTime();
    await services.releases.release();
  };
  await later(60);
  await later(8 * 86_400);
  await later(60);
  const take = { ...ask, act: "take", way: "none", config: null } as const;
  await services.manage.seal(requestConfiguration(take, detail));
  await services.close();
  await world.restart().catch(() => {});
  const refused = await world.manage("projects/toy-box/publish", RELEASE);
  assert.equal(await code(refused), "bad-consent");
  const asked = await world.manage("projects/toy-box/approval", RELEASE);
  const { challenge, files } = (await asked.json()) as { challenge: string; files: { sha256: string }[] }; // our own answer
  assert.deepEqual(
    files.map((file) => file.sha256).sort(),
    [WHEEL, SDIST].map(({ bytes }) => encodeHex(nodeCrypto.sha256(bytes))).sort(),
  );
  const clientData = webauthnClientData(0, Buffer.from(challenge, "base64url"), "https://index.test");
  const rpIdHash = nodeCrypto.sha256(utf8("index.test"));
  const signed = concat(rpIdHash, u8(0x05), u32(0), nodeCrypto.sha256(clientData ?? utf8("")));
  const sig = encodeHex(new Uint8Array(sign(null, signed, passkey.privateKey)));
  const consent = {
    alg: "Ed25519",
    counter: 0,
    flags: 5,
    form: 0,
    key: encodeHex(key),
    salt: encodeHex(salt),
    sig,
  };
  const partly = { ...RELEASE, files: [WHEEL.filename], consent };
  assert.equal(await code(await world.manage("projects/toy-box/publish", partly)), "bad-consent");
  assert.equal((await world.manage("projects/toy-box/publish", { ...RELEASE, consent })).status, 200);
  assert.equal((await filenames(world)).length, 2);
  assert.equal(encodeBase64Url(Buffer.from(challenge, "base64url")), challenge);
});

test("closeRelease: a release takes no more files, under any spelling of its version", async (context) => {
  const { world, owner } = await openStaged(context);
  const close = (version: string) => world.manage("projects/toy-box/close", { version, text: "done" }, owner);
  assert.equal(await code(await close("3")), "no-release");
  assert.equal((await close("1.0.0")).status, 200);
  assert.equal(await code(await close("1")), "release-closed");
  const same = { name: "toy-box", version: "1.0.0" };
  const late = await world.upload(owner, same, await buildWheel(same));
  assert.equal(late.headers.get("countermark-code"), "release-closed");
  // What was staged before can be shown still.
  assert.equal((await world.manage("projects/toy-box/publish", RELEASE, owner)).status, 200);
});

test("attestLater: the publisher's own run attests a file that came without", async (context) => {
  const world = await openWorld(context);
  await world.manage("projects", { project: "toy-box", publishers: [publisherJson()] });
  const token = await world.uploadToken();
  assert.equal((await world.upload(token, PROJECT, WHEEL)).status, 200);
  const send = async (attestations: string, filename = WHEEL.filename, by = token): Promise<string> => {
    const response = await world.request("/_/attest", {
      method: "POST",
      headers: { authorization: `Bearer ${by}` },
      body: JSON.stringify({ filename, attestations: JSON.parse(attestations) }),
    });
    return await code(response);
  };
  const good = attestationsField(attest(WHEEL));
  const path = `/integrity/toy-box/1.0/${WHEEL.filename}/provenance`;
  assert.equal((await world.request(path)).status, 404);
  assert.equal(await send(good, SDIST.filename), "file-unknown");
  assert.equal(await send(good, "toy-box.zip"), "filename-malformed");
  assert.equal(await send(good, "other-1.0.tar.gz"), "token-project");
  assert.equal(await send(good, WHEEL.filename, await world.account("ada")), "token-project");
  assert.equal(await send(attestationsField(attest(SDIST))), "attestation-invalid");
  const otherRun = attest(WHEEL, { ...JOB, run_id: "900002" });
  assert.equal(await send(attestationsField(otherRun)), "attestation-identity");
  assert.equal(await send(good), "200");
  assert.equal((await world.request(path)).status, 200);
  assert.equal(await send(good), "attested-already");
  await world.restart();
  assert.equal((await world.request(path)).status, 200, "its bytes are on the books");
});

test("eraseDetails: a file's strings go from every page, who is configured stays", async (context) => {
  const world = await openWorld(context);
  await world.manage("projects", { project: "toy-box", publishers: [publisherJson()] });
  assert.equal((await world.upload(await world.uploadToken(), PROJECT, WHEEL)).status, 200);
  const services = await openParts(context, world);
  const project = findProject(services.ledger.state(), services.manage.projectKey("toy-box"));
  const created = project?.header.firstEntry ?? -1;
  const file = project?.header.firstFile ?? -1;
  await services.close();
  await world.restart().catch(() => {});
  const erase = (entries: readonly number[], token?: string) =>
    world.manage("projects/toy-box/erase", { entries, ground: "person" }, token);
  assert.equal(await code(await erase([file], await world.account("ada"))), "management-refused");
  assert.equal(await code(await erase([0])), "detail-unknown");
  assert.equal(await code(await erase([file])), "not-released");
  for (const seconds of [7_200, 60, 7_200]) {
    world.now += seconds;
    await world.index.tick();
  }
  assert.equal(await code(await erase([created])), "detail-in-use");
  assert.equal((await erase([file])).status, 200);
  assert.deepEqual(await filenames(world), []);
  assert.equal(await code(await erase([file])), "detail-unknown");
  await world.restart();
  assert.deepEqual(await filenames(world), [], "and they do not come back");
});

test("amend: what offline root keys signed elsewhere brings a withdrawn file back", async (context) => {
  const world = await openWorld(context);
  const owner = await world.account("ada");
  assert.equal((await world.upload(owner, PROJECT, WHEEL)).status, 200);
  const withdraw = { files: [WHEEL.filename], reason: "malware" };
  const answer = await world.manage("projects/toy-box/withdraw", withdraw, owner);
  const { entry } = (await answer.json()) as { entry: number }; // our own answer
  assert.deepEqual(await filenames(world), []);
  const draft = async (from: number, token?: string): Promise<Response> =>
    await world.manage("ceremony/draft", { kind: "amended", project: "toy-box", from, to: entry }, token);
  assert.equal(await code(await draft(entry, owner)), "management-refused");
  assert.equal(await code(await draft(entry + 1)), "request-malformed");
  const { statement } = (await (await draft(entry)).json()) as { statement: string }; // our own answer
  const other = ((await (await draft(entry - 1)).json()) as { statement: string }).statement; // our own answer
  const [root] = world.options.keys.roots;
  const parsed = parseStatement(utf8(statement));
  if (root === undefined || parsed.kind !== "amended") throw new TypeError("There is nothing to sign");
  const log = originHash(nodeCrypto.sha256, world.options.origin);
  const sig = encodeHex(concat(root.sign(rootMessage(parsed, log, nodeCrypto))));
  const signatures = [{ key: `02${encodeHex(parseEd25519Spki(root.publicSpki))}`, sig }];
  const seal = (text: string) => world.manage("ceremony/seal", { statement: text, signatures, detail: null });
  assert.equal(await code(await seal(other)), "bad-root");
  const amended = await seal(statement);
  assert.equal(amended.status, 200);
  assert.deepEqual(await filenames(world), [WHEEL.filename]);
});

test("closeImports: the phase is closed once, and here from the beginning", async (context) => {
  const world = await openWorld(context);
  assert.equal(
    await code(await world.manage("import-closed", {}, await world.account("ada"))),
    "management-refused",
  );
  assert.equal(await code(await world.manage("import-closed", {})), "import-closed");
});
