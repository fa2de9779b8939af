// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import {
  attestationDigest,
  encodeHex,
  indexKey,
  mapKey,
  normalizeProjectName,
  parseDetailsFile,
  parseFileDetail,
  type TrustDescription,
} from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { verifyProjectProof, verifyReceipt, verifyStateFile } from "@countermark/verify";
import { openDatabase } from "../../src/store/database.ts";
import { attest, attestationsField } from "../support/attest.ts";
import { type BuiltFile, buildWheel } from "../support/build.ts";
import { AUDIT, ORIGIN, openWorld, publisherJson, type World } from "../support/world.ts";

const PROJECT = { name: "toy-box", version: "1.0", requiresPython: ">=3.8" };
const KEY = mapKey(nodeCrypto.sha256, "pypi", "toy-box");

function trustOf(world: World): TrustDescription {
  const { policy, keys } = world.options;
  return {
    ecosystem: "pypi",
    ledger: [
      {
        from: 0,
        to: null,
        origin: ORIGIN,
        vkeys: policy.logs.map(({ vkey }) => vkey),
        policy,
        policyText: "",
        lastHonest: null,
        auditors: [],
      },
    ],
    countersign: [{ from: 0, origin: ORIGIN, to: null, spki: keys.countersign.publicSpki }],
    floor: null,
    limits: { Y: 3_600, Zwarn: 3_600, Zrefuse: 86_400 },
    sigstore: { rootVersion: 1, rootSha256: "0".repeat(64) },
  };
}

async function bytesOf(world: World, path: string): Promise<Uint8Array> {
  const response = await world.request(path);
  assert.equal(response.status, 200, `${path}: ${await response.clone().text()}`);
  return new Uint8Array(await response.arrayBuffer());
}

async function openPublished(context: TestContext): Promise<{ world: World; file: BuiltFile }> {
  const world = await openWorld(context);
  await world.manage("projects", { project: "toy-box", publishers: [publisherJson()] });
  const file = await buildWheel(PROJECT);
  const attestations = attestationsField(attest(file));
  assert.equal((await world.upload(await world.uploadToken(), PROJECT, file, { attestations })).status, 200);
  return { world, file };
}

test("serveProjectProof: what the index serves of a project verifies from the trust description alone", async (context) => {
  const { world, file } = await openPublished(context);
  const asked = { trust: trustOf(world), now: world.now, name: normalizeProjectName("Toy.Box") };
  const answer = await verifyProjectProof(await bytesOf(world, `/map/latest/${KEY}`), asked, nodeCrypto);
  assert.ok(answer.value);
  const { size } = answer.head.checkpoint;
  await verifyProjectProof(await bytesOf(world, `/map/at/${size}/${KEY}`), asked, nodeCrypto);
  const state = await bytesOf(world, `/state/sha256/${answer.value}`);
  const records = verifyStateFile(state, answer.value, nodeCrypto.sha256);
  const [record] = [...records.files.values()];
  assert.equal(record?.sha256, encodeHex(nodeCrypto.sha256(file.bytes)));
  const details = parseDetailsFile(await bytesOf(world, `/details/sha256/${answer.value}`));
  assert.ok(details.some((detail) => Buffer.from(detail).includes(file.filename)));
  assert.equal(details.length, 2, "of the project's creation and of its file");
});

test("serveProjectProof: absence is proved too, and the index itself is in the map", async (context) => {
  const { world } = await openPublished(context);
  const key = mapKey(nodeCrypto.sha256, "pypi", "nothing");
  const asked = { trust: trustOf(world), now: world.now, name: "nothing" };
  const answer = await verifyProjectProof(await bytesOf(world, `/map/latest/${key}`), asked, nodeCrypto);
  assert.equal(answer.value, null);
  await bytesOf(world, `/map/latest/${indexKey(nodeCrypto.sha256)}`);
});

test("serveReceipt: the receipt of a file verifies offline, with its name", async (context) => {
  const { world, file } = await openPublished(context);
  const fileSha256 = encodeHex(nodeCrypto.sha256(file.bytes));
  const receipt = await bytesOf(world, `/receipt/${fileSha256}/${file.filename}.tlog-proof`);
  const asked = { trust: trustOf(world), now: world.now, fileSha256 };
  const logged = await verifyReceipt(receipt, asked, nodeCrypto);
  assert.equal(logged.detail?.filename, file.filename);
  assert.equal(logged.statement.uploader, "publisher");
});

test("serveLog: checkpoint, tiles and the note of an anchor are there", async (context) => {
  const { world } = await openPublished(context);
  const note = await bytesOf(world, "/checkpoint");
  assert.match(Buffer.from(note).toString(), new RegExp(`^${ORIGIN}\n`));
  await bytesOf(world, `/checkpoint/sha256/${encodeHex(nodeCrypto.sha256(note))}`);
  const size = Buffer.from(note).toString().split("\n")[1];
  await bytesOf(world, `/checkpoint/${size}`);
  await bytesOf(world, `/tile/0/000.p/${size}`);
  await bytesOf(world, `/tile/entries/000.p/${size}`);
});

test("serveStateFile, serveReceipt, serveProjectProof: what is not under a released head is not found", async (context) => {
  const { world } = await openPublished(context);
  for (const path of [
    `/state/sha256/${"0".repeat(64)}`,
    "/state/sha256/nonsense",
    `/details/sha256/${"0".repeat(64)}`,
    `/map/at/1/${KEY}`,
    `/map/at/1000/${KEY}`,
    `/map/at/01/${KEY}`,
    "/map/latest/nonsense",
    `/receipt/${"0".repeat(64)}/toy_box-1.0-py3-none-any.whl.tlog-proof`,
    `/receipt/${"0".repeat(64)}/nonsense.tlog-proof`,
    `/receipt/${"0".repeat(64)}/nonsense`,
    "/tile/9/nonsense",
    "/trust.json",
    "/trusted_root.json",
    "/project/toy-box/",
    "/nothing",
  ]) {
    const response = await world.request(path);
    assert.equal(response.status, 404, path);
  }
});

test("serveReceipt: a sealed file without a quorum has no receipt yet", async (context) => {
  const { world } = await openPublished(context);
  world.up.clear();
  const project = { ...PROJECT, version: "2.0" };
  const file = await buildWheel(project);
  assert.equal((await world.upload(await world.uploadToken(), project, file)).status, 503);
  const sha256 = encodeHex(nodeCrypto.sha256(file.bytes));
  assert.equal((await world.request(`/receipt/${sha256}/${file.filename}.tlog-proof`)).status, 404);
  const url = `/files/${sha256.slice(0, 2)}/${sha256}/${file.filename}`;
  assert.equal((await world.request(url)).status, 404);
  const page = await bytesOf(world, "/pypi/toy-box/json");
  assert.ok(!Buffer.from(page).includes("2.0"));
});

test("openServices: after a restart everything served is the same", async (context) => {
  const { world, file } = await openPublished(context);
  const sha256 = encodeHex(nodeCrypto.sha256(file.bytes));
  const paths = [
    "/checkpoint",
    "/simple/toy-box/",
    `/map/latest/${KEY}`,
    `/receipt/${sha256}/${file.filename}.tlog-proof`,
    `/integrity/toy-box/1.0/${file.filename}/provenance`,
  ];
  const before = await Promise.all(paths.map((path) => bytesOf(world, path)));
  await world.restart();
  const after = await Promise.all(paths.map((path) => bytesOf(world, path)));
  assert.deepEqual(after, before);
});

test("tickServices: cosignatures are refreshed, and the ledger's time moves on without entries", async (context) => {
  const { world } = await openPublished(context);
  const before = await bytesOf(world, "/checkpoint");
  world.now += 601;
  await world.index.tick();
  const refreshed = await bytesOf(world, "/checkpoint");
  assert.notDeepEqual(refreshed, before);
  const sizeOf = (note: Uint8Array): number => Number(Buffer.from(note).toString().split("\n")[1]);
  assert.equal(sizeOf(refreshed), sizeOf(before));
  world.now += 3_601;
  // The first names a head cosigned an hour ago, the second the one that was just cosigned.
  for (let i = 0; i < 4; i++) await world.index.tick();
  assert.equal(sizeOf(await bytesOf(world, "/checkpoint")), sizeOf(before) + 2, "and then no more");
});

test("serveEvidence: an auditor gets details, blobs, attestations and the sealed head; a wrong token gets nothing", async (context) => {
  const { world, file } = await openPublished(context);
  const headers = { authorization: `Bearer ${AUDIT}` };
  const answer = await world.request("/_/audit/sealed", { headers });
  assert.equal(answer.status, 200);
  const sha256 = encodeHex(nodeCrypto.sha256(file.bytes));
  const blob = await world.request(`/_/audit/blob/${sha256}`, { headers });
  assert.deepEqual(new Uint8Array(await blob.arrayBuffer()), new Uint8Array(file.bytes));
  const asked = { trust: trustOf(world), now: world.now, name: "toy-box" };
  const proof = await verifyProjectProof(await bytesOf(world, `/map/latest/${KEY}`), asked, nodeCrypto);
  const state = await bytesOf(world, `/state/sha256/${proof.value}`);
  const [record] = verifyStateFile(state, proof.value ?? "", nodeCrypto.sha256).files.values();
  const attestation = record?.attestations[0]?.digest;
  assert.equal((await world.request(`/_/audit/attestation/${attestation}`, { headers })).status, 200);
  const detail = await world.request(`/_/audit/detail/${record?.firstDetail}`, { headers });
  assert.equal(parseFileDetail(new Uint8Array(await detail.arrayBuffer())).filename, file.filename);
  const code = async (path: string, init: RequestInit): Promise<string> =>
    ((await (await world.request(path, init)).json()) as { code: string }).code; // our own answer
  assert.equal(await code("/_/audit/sealed", {}), "token-missing");
  const wrong = { headers: { authorization: "Bearer wrong" } };
  for (const path of ["/_/audit/sealed", `/_/audit/blob/${sha256}`]) {
    assert.equal(await code(path, wrong), "management-refused");
  }
  for (const path of [`blob/${"0".repeat(64)}`, "blob/..%2f..%2findex.sqlite", `constructor/${sha256}`]) {
    assert.equal((await world.request(`/_/audit/${path}`, { headers })).status, 404, path);
  }
});

test("serveEvidence: anybody reads the evidence of what is released and in service, and of nothing else", async (context) => {
  const { world, file } = await openPublished(context);
  const waiting = await buildWheel({ ...PROJECT, version: "2.0" });
  const paths = (built: BuiltFile, detail: string | null | undefined): readonly string[] => [
    `/_/audit/blob/${encodeHex(nodeCrypto.sha256(built.bytes))}`,
    `/_/audit/detail/${detail}`,
  ];
  const statuses = async (built: BuiltFile, init: RequestInit = {}): Promise<readonly number[]> => {
    const asked = paths(built, await detailOf(world, built.filename));
    return await Promise.all(asked.map(async (path) => (await world.request(path, init)).status));
  };
  assert.deepEqual(await statuses(file), [200, 200]);

  world.up.clear();
  const attestation = attest(waiting);
  const attestations = attestationsField(attestation);
  const project = { ...PROJECT, version: "2.0" };
  const answer = await world.upload(await world.uploadToken(), project, waiting, { attestations });
  assert.equal(answer.status, 503, "sealed, and not released");
  assert.deepEqual(await statuses(waiting), [404, 404]);
  assert.deepEqual(await statuses(waiting, { headers: { authorization: `Bearer ${AUDIT}` } }), [200, 200]);

  const signed = `/_/audit/attestation/${encodeHex(attestationDigest(nodeCrypto.sha256, attestation))}`;
  assert.equal((await world.request(signed)).status, 404);
  const asAuditor = { headers: { authorization: `Bearer ${AUDIT}` } };
  assert.equal((await world.request(signed, asAuditor)).status, 200);
  await world.manage("projects/toy-box/withdraw", { files: [file.filename], reason: "malware", text: "bad" });
  const blob = `/_/audit/blob/${encodeHex(nodeCrypto.sha256(file.bytes))}`;
  assert.equal((await world.request(blob)).status, 404, "withdrawn: at once, quorum or not");
});

/** The commitment of a sealed file's detail, from the index's own books. */
async function detailOf(world: World, filename: string): Promise<string | null> {
  const database = openDatabase(`${world.dir}/index.sqlite`);
  const rows = await database.selectFrom("details").select(["commitment", "bytes"]).execute();
  await database.destroy();
  const found = rows.find(({ bytes }) => new TextDecoder().decode(bytes).includes(`"${filename}"`));
  return found?.commitment ?? null;
}
