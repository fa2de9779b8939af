// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { parseAttestation, parseTrustedRoot, utf8 } from "@countermark/formats";
import { memoryStorage, nodeCrypto } from "@countermark/log";
import {
  buildWheel,
  createSigningWorld,
  ISSUER_URL,
  jobEnvironment,
  publisherOf,
  releaseJob,
  toyProject,
} from "@countermark/testkit";
import { prepareTrustedRoot } from "@countermark/verify";
import { createHeadMemory, type HeadMemory } from "../../src/proxy/head-memory.ts";
import { openIndexSource } from "../../src/proxy/index-source.ts";
import {
  createToyIndex,
  TOY_ORIGIN,
  TOY_PROJECT,
  TOY_URL,
  type ToyFile,
  type ToyIndex,
} from "../toy-index.ts";

const world = await createSigningWorld();
after(() => world.close());
const sigstore = await prepareTrustedRoot(parseTrustedRoot(world.authority.trustedRoot()), nodeCrypto);

/** Signs `file` as a job of this repository. */
async function attest(file: { readonly filename: string; readonly bytes: Uint8Array }, repository: string) {
  const claims = releaseJob(repository);
  const path = join(world.dir, file.filename);
  await writeFile(path, file.bytes);
  const run = await world.countermark(["sign", path], jobEnvironment(await world.startJob(claims)));
  assert.equal(run.status, 0, run.output);
  const attestation = parseAttestation(await readFile(`${path}.publish.attestation`));
  return {
    ...file,
    attestations: [attestation],
    publisher: publisherOf(ISSUER_URL, claims),
  } satisfies ToyFile;
}

const plain: ToyFile = {
  ...buildWheel(toyProject(TOY_PROJECT, "1.0")),
  metadata: utf8("Name: sampleproject\n"),
  requiresPython: ">=3.9",
};
const attested = await attest(buildWheel(toyProject(TOY_PROJECT, "2.0")), "example/sampleproject");
const foreign = await attest(buildWheel(toyProject(TOY_PROJECT, "3.0")), "evil/sampleproject");

function open(files: readonly ToyFile[], changes = {}) {
  const index = createToyIndex(world.clock.now, sigstore);
  index.seal(files, changes);
  return { index, source: openSource(index) };
}

function openSource(index: ToyIndex, now = world.clock.now, memory = createHeadMemory(memoryStorage())) {
  const { trust, fetch } = index;
  return openIndexSource({ index: TOY_URL, trust, fetch, now, memory, timeoutSeconds: 60 });
}

async function fetchOne(files: readonly ToyFile[], lies: ToyIndex["lies"] = {}) {
  const { index, source } = open(files);
  Object.assign(index.lies, lies);
  const project = await source.fetchProject(TOY_PROJECT);
  assert.ok(project !== null);
  const [file] = project.listing.files.values();
  return { index, source, project, file };
}

test("fetchProject: shows what the ledger says, not what the page says", async () => {
  const { project, file } = await fetchOne([plain]);
  assert.equal(project.origin, TOY_ORIGIN);
  assert.deepEqual(project.head, { size: 3, kind: "audited", vouchedAt: world.clock.now() });
  assert.equal(project.listing.status, "active");
  assert.equal(file?.record.size, plain.bytes.length);
  assert.equal(file?.requiresPython, ">=3.9");
  assert.equal(file?.yanked, null);
  assert.deepEqual([...project.urls.values()], [`${TOY_URL}/files/${plain.filename}`]);
  assert.deepEqual(project.remarks, []);
});

test("fetchProject: a project that is proven absent is null", async () => {
  assert.equal(await open([plain]).source.fetchProject("other-project"), null);
});

test("fetchProject: a head without the quorum is refused, one without the auditor is only witnessed", async () => {
  await assert.rejects(fetchOne([plain], { cosigners: [] }), { code: "quorum-not-met" });
  const { project } = await fetchOne([plain], { cosigners: ["witness"] });
  assert.equal(project.head.kind, "witnessed");
});

test("fetchProject: an old head is said to be old, a stale one is refused", async () => {
  const { index } = open([plain]);
  const later = (seconds: number) => {
    const frozen = world.clock.now();
    const source = openSource(index, () => frozen + seconds);
    return source.fetchProject(TOY_PROJECT);
  };
  assert.match((await later(4_000))?.remarks[0] ?? "", /last vouched for 4000 s ago/);
  await assert.rejects(later(90_000), { code: "head-stale" });
});

test("fetchProject: files that the ledger does not record are not shown, and named", async () => {
  const { project } = await fetchOne([plain], { add: "sampleproject-9.0-py3-none-any.whl" });
  assert.deepEqual([...project.listing.files.keys()], [plain.filename]);
  assert.match(project.remarks.join(), /does not record it: sampleproject-9\.0/);
});

test("fetchProject: a change of who may publish that waits is said", async () => {
  for (const [way, words] of [
    ["account", /by its account; it can take effect a week later/],
    ["staff", /by the index's staff, as a recovery; it can take effect three weeks later/],
  ] as const) {
    const project = await open([plain], { asked: 7, way }).source.fetchProject(TOY_PROJECT);
    assert.match(project?.remarks.join() ?? "", words);
  }
});

test("fetchProject: a file that the index leaves out is named", async () => {
  const { project } = await fetchOne([plain, attested], { omit: attested.filename });
  assert.match(project.remarks.join(), /withheld by the index: sampleproject-2\.0/);
});

test("fetchProject: withdrawn and staged files are not shown, yanked ones are as yanked", async () => {
  const states = ["withdrawn", "accepted", "yanked"] as const;
  const files = states.map((state, i) => ({ ...buildWheel(toyProject(TOY_PROJECT, `1.${i}`)), state }));
  const { project } = await fetchOne(files);
  assert.deepEqual(
    [...project.listing.files].map(([name, file]) => [name, file.yanked]),
    [["sampleproject-1.2-py3-none-any.whl", ""]],
  );
});

test("fetchProject: a quarantined project has no files", async () => {
  const project = await open([plain], { status: "quarantined" }).source.fetchProject(TOY_PROJECT);
  assert.equal(project?.listing.files.size, 0);
  assert.equal(project?.listing.status, "quarantined");
});

test("fetchProject: a session goes on with a later head that begins with the one it has seen", async () => {
  const { index } = open([plain]);
  let now = world.clock.now();
  const source = openSource(index, () => now);
  assert.equal((await source.fetchProject(TOY_PROJECT))?.head.size, 3);
  index.seal([plain, attested]);
  now += 301;
  assert.equal((await source.fetchProject(TOY_PROJECT))?.head.size, 4);
});

for (const [claim, lies, code] of [
  ["an older head than the one it has seen", { size: 3 }, "head-went-back"],
  ["another tree of the same size", { fork: true }, "head-went-back"],
] as const) {
  test(`fetchProject: a session refuses ${claim}`, async () => {
    const { index } = open([plain]);
    index.seal([plain, attested]);
    const source = openSource(index);
    await source.fetchProject(TOY_PROJECT);
    Object.assign(index.lies, lies);
    await assert.rejects(source.fetchProject("other-project"), { code });
  });
}

test("fetchProject: a session refuses a later head that does not begin with the one it has seen", async () => {
  const { index } = open([plain]);
  const source = openSource(index);
  await source.fetchProject(TOY_PROJECT);
  index.seal([plain, attested]);
  index.lies.fork = true;
  await assert.rejects(source.fetchProject("other-project"), { code: "not-authentic" });
});

/** An index with two heads, and the memory of a machine that has seen the second one in an earlier session. */
async function seenBefore() {
  const { index } = open([plain]);
  index.seal([plain, attested]);
  const memory = createHeadMemory(memoryStorage());
  await openSource(index, world.clock.now, memory).fetchProject(TOY_PROJECT);
  return { index, memory };
}

/** A new session, in which the cosigners' lines are `age` seconds older than in the one before. */
function nextSession(index: ToyIndex, memory: HeadMemory, age: number) {
  index.lies.cosignedAt = world.clock.now() - age;
  return openSource(index, world.clock.now, memory).fetchProject(TOY_PROJECT);
}

test("fetchProject: a later session goes on from the head that an earlier one has seen", async () => {
  const { index, memory } = await seenBefore();
  index.seal([plain]);
  assert.equal((await nextSession(index, memory, 0))?.head.size, 5);
  assert.equal((await memory.recall(TOY_ORIGIN))?.size, 5);
});

test("fetchProject: a later session refuses a head that is behind what an earlier one has seen", async () => {
  const { index, memory } = await seenBefore();
  index.lies.size = 3;
  await assert.rejects(nextSession(index, memory, 301), { code: "head-went-back" });
});

test("fetchProject: a cache that lags by minutes is no rollback, and is not remembered", async () => {
  const { index, memory } = await seenBefore();
  index.lies.size = 3;
  assert.equal((await nextSession(index, memory, 300))?.head.size, 3);
  assert.equal((await memory.recall(TOY_ORIGIN))?.size, 4);
});

for (const [claim, size, code] of [
  ["of the same size", undefined, "head-went-back"],
  ["that lags, and is not what the remembered one begins with", 3, "not-authentic"],
] as const) {
  test(`fetchProject: a later session refuses another tree ${claim}`, async () => {
    const { index, memory } = await seenBefore();
    Object.assign(index.lies, { fork: true, ...(size === undefined ? {} : { size }) });
    await assert.rejects(nextSession(index, memory, 0), { code });
  });
}

test("fetchProject: what is remembered of one ledger is not asked of another", async () => {
  const memory = createHeadMemory(memoryStorage());
  const { index } = open([plain]);
  await openSource(index, world.clock.now, memory).fetchProject(TOY_PROJECT);
  assert.equal(await memory.recall("another.test/index"), null);
});

test("fetchProject: a memory that cannot be read is no empty one", async () => {
  const storage = memoryStorage();
  const memory = createHeadMemory(storage);
  const { index } = open([plain]);
  await openSource(index, world.clock.now, memory).fetchProject(TOY_PROJECT);
  const [path = ""] = await storage.list("");
  await storage.replace(path, utf8("{}"));
  await assert.rejects(openSource(index, world.clock.now, memory).fetchProject(TOY_PROJECT), {
    code: "missing-field",
  });
});

test("fetchProject: is asked of the index once in a session", async () => {
  const { index, source } = open([plain]);
  await Promise.all([source.fetchProject(TOY_PROJECT), source.fetchProject(TOY_PROJECT)]);
  await source.fetchProject(TOY_PROJECT);
  assert.equal(index.requests.filter((path) => path.startsWith("map/")).length, 1);
});

test("fetchAttestations: an attested file is attested by the publisher that the ledger names", async () => {
  const { source, project, file } = await fetchOne([attested]);
  assert.ok(file !== undefined);
  const [found] = await source.fetchAttestations(project, file);
  assert.equal(found?.identity.project, "example/sampleproject");
  assert.equal(found?.signedAt, world.clock.now());
});

test("fetchAttestations: a file without any has none, and nothing is asked for", async () => {
  const { index, source, project, file } = await fetchOne([plain]);
  assert.ok(file !== undefined);
  assert.deepEqual(await source.fetchAttestations(project, file), []);
  assert.ok(!index.requests.some((path) => path.startsWith("integrity/")));
});

for (const [claim, served, code] of [
  ["a withheld attestation", [], "attestation-withheld"],
  ["another attestation in its place", foreign.attestations, "attestation-withheld"],
] as const) {
  test(`fetchAttestations: ${claim} is refused`, async () => {
    const { source, project, file } = await fetchOne([attested], { attestations: served });
    assert.ok(file !== undefined);
    await assert.rejects(source.fetchAttestations(project, file), { code });
  });
}

test("fetchAttestations: an attestation by another identity than the ledger names is refused", async () => {
  const { source, project, file } = await fetchOne([{ ...foreign, publisher: attested.publisher }]);
  assert.ok(file !== undefined);
  await assert.rejects(source.fetchAttestations(project, file), { code: "publisher-differs" });
});

for (const predicate of ["slsa", "other"] as const) {
  test(`fetchAttestations: a publish attestation that the ledger records as "${predicate}" is refused`, async () => {
    const { source, project, file } = await fetchOne([{ ...attested, predicate }]);
    assert.ok(file !== undefined);
    await assert.rejects(source.fetchAttestations(project, file), { code: "attestation-predicate" });
  });
}

test("fetchAttestations: an attestation of another file is refused although the ledger lists it", async () => {
  const { source, project, file } = await fetchOne([{ ...attested, bytes: plain.bytes }]);
  assert.ok(file !== undefined);
  await assert.rejects(source.fetchAttestations(project, file), { code: "digest-mismatch" });
});

test("fetchAttestations: a publisher that no detail opens is refused", async () => {
  const { publisher: _, ...closed } = attested;
  const { source, project, file } = await fetchOne([closed]);
  assert.ok(file !== undefined);
  await assert.rejects(source.fetchAttestations(project, file), { code: "publisher-differs" });
});

test("fetchMetadata: is that of the ledger's record", async () => {
  const { source, project, file } = await fetchOne([plain]);
  assert.ok(file !== undefined);
  assert.deepEqual(Buffer.from(await source.fetchMetadata(project, file)), Buffer.from(plain.metadata ?? []));
});

test("fetchMetadata: other bytes are refused", async () => {
  const { source, project, file } = await fetchOne([plain], { metadata: utf8("Name: other\n") });
  assert.ok(file !== undefined);
  await assert.rejects(source.fetchMetadata(project, file), { code: "file-mismatch" });
});
