// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  encodeHex,
  encodeKeyRecord,
  type KnownStatement,
  originHash,
  parseEd25519Spki,
  parseStatement,
  utf8,
} from "@countermark/formats";
import { nodeCrypto, type PrivateKey } from "@countermark/log";
import { rootMessage } from "@countermark/verify";
import { ORIGIN, openWorld, PUBLISHER, publisherJson, type World } from "../support/world.ts";

interface Draft {
  readonly statement: string;
  readonly detail: string | null;
}

async function draft(world: World, request: unknown): Promise<Draft> {
  const response = await world.manage("ceremony/draft", request);
  assert.equal(response.status, 200, await response.clone().text());
  return (await response.json()) as Draft; // our own answer
}

/** What a holder of `key` makes of a draft. */
function signatureOf({ statement }: Draft, key: PrivateKey): { key: string; sig: string } {
  const record = encodeKeyRecord({ algorithm: "Ed25519", key: parseEd25519Spki(key.publicSpki) });
  const parsed = parseStatement(utf8(statement)) as KnownStatement; // of a kind that was asked for
  const message = rootMessage(parsed, originHash(nodeCrypto.sha256, ORIGIN), nodeCrypto);
  return { key: encodeHex(record.subarray(1)), sig: encodeHex(key.sign(message)) };
}

function signed(world: World, made: Draft): unknown {
  const signatures = world.options.keys.roots.map((key) => signatureOf(made, key));
  signatures.sort((a, b) => (a.key < b.key ? -1 : 1));
  return { ...made, signatures };
}

async function refused(response: Response): Promise<string> {
  assert.notEqual(response.status, 200);
  return ((await response.json()) as { code: string }).code; // our own answer
}

test("ceremony: what root keys signed is sealed, and what they did not is refused", async (context) => {
  const world = await openWorld(context);
  const made = await draft(world, { kind: "index-role", role: "index", import: "open" });
  assert.equal(await refused(await world.manage("ceremony/seal", { ...made, signatures: [] })), "bad-root");
  assert.equal((await world.manage("ceremony/seal", signed(world, made))).status, 200);
});

test("ceremony: a draft that another entry overtook is refused with what to do", async (context) => {
  const world = await openWorld(context);
  const [first, second] = [await draft(world, { kind: "sunset" }), await draft(world, { kind: "sunset" })];
  assert.equal((await world.manage("ceremony/seal", signed(world, first))).status, 200);
  assert.equal(await refused(await world.manage("ceremony/seal", signed(world, second))), "wrong-seq");
});

test("ceremony: after sunset nothing new is taken", async (context) => {
  const world = await openWorld(context);
  const made = await draft(world, { kind: "sunset" });
  assert.equal((await world.manage("ceremony/seal", signed(world, made))).status, 200);
  assert.equal(await refused(await world.manage("projects", { project: "toy-box" })), "sunset");
});

for (const [claim, request] of [
  ["an unknown kind", { kind: "status" }],
  ["a description that is none", { kind: "trust-changed", description: "{}", text: "" }],
  ["an entry that is not there", { kind: "void", entry: 99 }],
  ["a recovery without a word", { kind: "project-recovered", project: "toy-box", publishers: [] }],
] as const) {
  test(`ceremony/draft: ${claim} is refused`, async (context) => {
    const world = await openWorld(context);
    assert.equal(await refused(await world.manage("ceremony/draft", request)), "request-malformed");
  });
}

test("ceremony/seal: a statement that root keys do not sign is refused", async (context) => {
  const world = await openWorld(context);
  const made = await draft(world, { kind: "sunset" });
  const statement = made.statement
    .replace("/sunset/", "/project-reserved/")
    .replace('"root":[],', "")
    .replace("countermarkLog", "countermarkProject")
    .replace(
      /("countermarkProject":")[0-9a-f]{64}/,
      `$1${/"project":"([0-9a-f]{64})"/.exec(made.statement)?.[1]}`,
    );
  const response = await world.manage("ceremony/seal", { statement, detail: null, signatures: [] });
  assert.equal(await refused(response), "request-malformed");
});

for (const path of ["ceremony/draft", "ceremony/seal", "projects/toy-box/recover"]) {
  test(`${path}: is the operator's alone`, async (context) => {
    const world = await openWorld(context);
    const token = await world.account("alice");
    assert.equal(await refused(await world.manage(path, { kind: "sunset" }, token)), "management-refused");
  });
}

test("recover: what is no project, has no files or was not asked for is refused", async (context) => {
  const world = await openWorld(context);
  await world.manage("projects", { project: "toy-box", publishers: [publisherJson(PUBLISHER)] });
  const other = publisherJson({ ...PUBLISHER, projectId: "4243" });
  const ask = { act: "ask", publishers: [other], text: "case 7" };
  assert.equal(await refused(await world.manage("projects/toy-box/recover", ask)), "no-files");
  assert.equal(await refused(await world.manage("projects/nobody/recover", ask)), "project-unknown");
  assert.equal(await refused(await world.manage("projects/toy-box/recover", { act: "take" })), "no-pending");
});

test("recover: root keys ask through a ceremony, for who is not there yet", async (context) => {
  const world = await openWorld(context);
  await world.manage("projects", { project: "toy-box", publishers: [publisherJson(PUBLISHER)] });
  const publishers = [publisherJson({ ...PUBLISHER, projectId: "4243" })];
  const request = { kind: "project-recovered", project: "toy-box", publishers, text: "case 7" };
  const made = await draft(world, request);
  assert.match(made.statement, /"way":"root"/);
  assert.equal(await refused(await world.manage("ceremony/seal", signed(world, made))), "no-files");
});
