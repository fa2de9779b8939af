// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  detailCommitment,
  encodeHex,
  encodePublisher,
  encodeTextDetail,
  leafHash,
  parseEntry,
  parseStateLeaf,
  publisherId,
  SLSA_PROVENANCE_PREDICATE_TYPE,
  treeRoot,
  utf8,
} from "@countermark/formats";
import { admit, admitState, readNameAndVersion } from "@countermark/verify";
import { TOY_FILE } from "../support/toy-sigstore.ts";
import {
  type AdmitPlan,
  type AdmitWorld,
  admitAt,
  createAdmitWorld,
  METADATA,
  NOW,
  RECORD,
} from "./admit-world.ts";
import { cosignedNote, toyTrust } from "./toy-head.ts";
import { crypto, digestOf, hashOf, K, OTHER_PRINCIPAL, sha256, type ToyLedger } from "./toy-ledger.ts";

const GENESIS = 0;
const CREATED = 2;
const ACCEPTED = 3;

test("admit: every entry of a sound ledger, and one attestation", async () => {
  const world = await createAdmitWorld();
  assert.equal((await admitAt(world, GENESIS)).attestations, 0);
  assert.equal((await admitAt(world, CREATED)).attestations, 0);
  assert.equal((await admitAt(world, ACCEPTED)).attestations, 1);
});

const WRONG_FILES: readonly (readonly [claim: string, code: string, plan: Partial<AdmitPlan>])[] = [
  ["a name of another project", "name-differs", { detail: { name: "otherproject" } }],
  ["a filename of another project", "name-differs", { detail: { filename: "other-1.0.0-py3-none-any.whl" } }],
  [
    "another filename of the project",
    "file-id-differs",
    { detail: { filename: "sampleproject-1.0.0-py2-none-any.whl" } },
  ],
  ["another version", "file-id-differs", { detail: { version: "1.1" } }],
  ["another kind of distribution", "file-id-differs", { detail: { kind: "sdist" } }],
  ["a publisher that is not opened", "opening-mismatch", { detail: { publishers: [] } }],
  [
    "an uploader who is not opened",
    "opening-mismatch",
    { detail: { publishers: [] }, statement: { attestations: [] } },
  ],
  [
    "a publisher too many",
    "opening-mismatch",
    {
      detail: {
        publishers: [
          { record: RECORD, salt: hashOf("publisher salt") },
          { record: RECORD, salt: hashOf("other") },
        ],
      },
    },
  ],
  [
    "a publisher opened with another salt",
    "opening-mismatch",
    { detail: { publishers: [{ record: RECORD, salt: hashOf("other") }] } },
  ],
  ["another size", "size-differs", { statement: { size: 8 } }],
  ["a distribution without METADATA", "metadata-differs", { metadata: null }],
  ["a wheel for which no METADATA is stated", "metadata-differs", { statement: { metadata: null } }],
  ["METADATA with another digest", "metadata-differs", { statement: { metadata: digestOf("other") } }],
  ["an attestation at another time", "attestation-signed-at", { attestationTime: NOW - 40 }],
  ["an attestation of another kind", "attestation-predicate", { statedPredicate: "slsa" }],
  [
    "an attestation by another project",
    "attestation-publisher",
    { record: { ...RECORD, projectId: "1002" } },
  ],
  [
    "an attestation by another workflow",
    "attestation-publisher",
    { record: { ...RECORD, workflow: ".github/workflows/other.yml" } },
  ],
  [
    "an attestation by a provider that is not known",
    "attestation-publisher",
    { record: { ...RECORD, issuer: "https://issuer.example" } },
  ],
];

for (const [claim, code, plan] of WRONG_FILES) {
  test(`admit: ${claim} is refused: ${code}`, async () => {
    const world = await createAdmitWorld(plan);
    await assert.rejects(admitAt(world, ACCEPTED), { code });
  });
}

for (const [claim, metadata] of [
  ["METADATA of another name", "Name: other\nVersion: 1.0\n\n"],
  ["METADATA of another version", "Name: sampleproject\nVersion: 1.1\n\n"],
  ["METADATA with two names", "Name: sampleproject\nName: other\nVersion: 1.0\n\n"],
] as const) {
  test(`admit: ${claim} is refused`, async () => {
    const bytes = utf8(metadata);
    const statement = { metadata: encodeHex(crypto.sha256(bytes)) };
    const world = await createAdmitWorld({ metadata: bytes, statement });
    await assert.rejects(admitAt(world, ACCEPTED), { code: "metadata-differs" });
  });
}

for (const [claim, metadata] of [
  ["METADATA of a name that goes on after a colon", "Name: sampleproject:evil\nVersion: 1.0.0\n\n"],
  ["METADATA with a carriage return alone", "X: a\rName: evil\nName: sampleproject\nVersion: 1.0.0\n\n"],
] as const) {
  test(`admit: ${claim} is refused as malformed`, async () => {
    const bytes = utf8(metadata);
    const statement = { metadata: encodeHex(crypto.sha256(bytes)) };
    const world = await createAdmitWorld({ metadata: bytes, statement });
    await assert.rejects(admitAt(world, ACCEPTED), { name: "ParseError", code: "malformed" });
  });
}

test("admit: SLSA provenance by the publisher is admitted as what it is", async () => {
  const world = await createAdmitWorld({
    predicateType: SLSA_PROVENANCE_PREDICATE_TYPE,
    statedPredicate: "slsa",
  });
  assert.equal((await admitAt(world, ACCEPTED)).attestations, 1);
});

for (const [i, [what, code]] of [
  ["the project's detail", "detail-missing"],
  ["the file's detail", "detail-missing"],
  ["the attestation", "evidence-missing"],
  ["the file", "file-missing"],
].entries()) {
  test(`admit: ${what}, not served, is refused`, async () => {
    const world = await createAdmitWorld();
    world.evidence.delete([...world.evidence.keys()][i] ?? "");
    const both = Promise.all([admitAt(world, CREATED), admitAt(world, ACCEPTED)]);
    await assert.rejects(both, { code });
  });
}

test("admit: an attestation that does not hold is found also where the file is not served", async () => {
  const world = await createAdmitWorld({ attestationTime: NOW - 40 });
  world.evidence.delete([...world.evidence.keys()][3] ?? "");
  await assert.rejects(admitAt(world, ACCEPTED), { code: "attestation-signed-at" });
});

test("admit: evidence that is another than was logged is refused", async () => {
  const world = await createAdmitWorld();
  world.evidence.set(encodeHex(TOY_FILE.sha256), utf8("b wheel"));
  await assert.rejects(admitAt(world, ACCEPTED), { code: "digest-mismatch" });
  const other = await createAdmitWorld();
  const entry = parseEntry(other.ledger.leaves[ACCEPTED] ?? new Uint8Array());
  other.evidence.set(entry.statement.detail ?? "", hashOf("another detail"));
  await assert.rejects(admitAt(other, ACCEPTED), { code: "detail-mismatch" });
});

test("admit: an attestation served under another's digest is refused", async () => {
  const publisher = publisherId(sha256, hashOf("publisher salt"), encodePublisher(RECORD));
  const stated = {
    digest: digestOf("attestation"),
    predicate: "publish",
    time: NOW - 55,
    publisher,
  } as const;
  const world = await createAdmitWorld({ statement: { attestations: [stated] } });
  const [, , attestation] = [...world.evidence.values()];
  world.evidence.set(stated.digest, attestation ?? new Uint8Array());
  await assert.rejects(admitAt(world, ACCEPTED), { code: "digest-mismatch" });
});

test("admit: an entry whose time is later than now is refused", async () => {
  const world = await createAdmitWorld();
  await assert.rejects(admitAt(world, ACCEPTED, { now: NOW - 121 }), { code: "entry-from-future" });
});

test("admit: an entry by a key that the trust description lacks is refused", async () => {
  const world = await createAdmitWorld();
  const trust = toyTrust({ countersign: [] });
  await assert.rejects(admitAt(world, ACCEPTED, { trust }), { code: "countersign-key" });
});

test("admit: a genesis of another ecosystem is refused", async () => {
  const world = await createAdmitWorld();
  await assert.rejects(admitAt(world, GENESIS, { trust: toyTrust({ ecosystem: "npm" }) }), {
    code: "ecosystem-differs",
  });
});

test("admit: a project whose name is another's is refused", async () => {
  const world = await createAdmitWorld({ project: { name: "other" } });
  await assert.rejects(admitAt(world, CREATED), { code: "name-differs" });
});

test("admit: a configuration with a publisher that is not opened is refused", async () => {
  const world = await createAdmitWorld({ project: { publishers: [] } });
  await assert.rejects(admitAt(world, CREATED), { code: "opening-mismatch" });
});

/** Admits one more entry of a sound world. */
async function admitNext(
  draft: Parameters<ToyLedger["statement"]>[0],
  detail: Uint8Array | null = null,
): Promise<unknown> {
  const world = await createAdmitWorld();
  const commitment = detail === null ? null : detailCommitment(sha256, detail);
  if (detail !== null && commitment !== null) world.evidence.set(commitment, detail);
  const before = world.ledger.state;
  const leaf = world.ledger.leaf({ detail: commitment, ...draft } as typeof draft);
  return await admit({ entry: parseEntry(leaf), index: 4, before }, world.ports);
}

test("admit: a principal that comes without its salt is refused", async () => {
  const world = await createAdmitWorld();
  const project = world.ledger.state.projects.get(K);
  if (project?.kind !== "project") throw new TypeError("There is no project");
  const config = { ...project.current, principals: [OTHER_PRINCIPAL] };
  const ask = {
    kind: "project-configured",
    act: "ask",
    way: "account",
    config,
    consent: { kind: "none" },
  } as const;
  await assert.rejects(admitNext(ask), { code: "detail-missing" });
  const same = { ...ask, config: project.current };
  await admitNext(same);
});

test("admit: a reason is read where there is one, and needs none", async () => {
  await admitNext({ kind: "status", status: "archived" });
  await admitNext({ kind: "status", status: "archived" }, encodeTextDetail(hashOf("salt"), "done"));
  await assert.rejects(admitNext({ kind: "status", status: "archived" }, hashOf("no JSON")), {
    name: "ParseError",
  });
});

/** A world whose last leaf has an anchor, the note of which is served. */
async function anchored(
  changes: { readonly tLo?: number; readonly tHi?: number; readonly size?: number } = {},
) {
  const world = await createAdmitWorld();
  const { ledger, evidence } = world;
  const note = cosignedNote(ledger.leaves.slice(0, 2), [NOW, NOW + 1, NOW + 2, null]);
  const digest = encodeHex(crypto.sha256(note));
  evidence.set(digest, note);
  await ledger.seal(NOW);
  const leaf = parseStateLeaf(ledger.leaves.at(-1) ?? new Uint8Array());
  const anchor = { size: 2, note: digest, tLo: NOW + 1, tHi: NOW + 1, ...changes };
  return { world, leaf: { ...leaf, anchor } };
}

/** The roots of the tree that the auditor has read. */
function rootAt({ ledger }: AdmitWorld): (size: number) => Promise<Uint8Array> {
  return async (size) =>
    treeRoot(
      sha256,
      ledger.leaves.slice(0, size).map((leaf) => leafHash(sha256, leaf)),
    );
}

test("admitState: an anchor is what its note says", async () => {
  const { world, leaf } = await anchored();
  await admitState(leaf, rootAt(world), world.ports);
  await admitState({ ...leaf, anchor: null }, rootAt(world), world.ports);
});

for (const [claim, changes] of [
  ["another tLo", { tLo: NOW }],
  ["another tHi", { tHi: NOW + 2 }],
  ["another size", { size: 3 }],
] as const) {
  test(`admitState: an anchor with ${claim} is refused`, async () => {
    const { world, leaf } = await anchored(changes);
    await assert.rejects(admitState(leaf, rootAt(world), world.ports), { code: "anchor-differs" });
  });
}

test("admitState: a note of another tree of that size is refused", async () => {
  const { world, leaf } = await anchored();
  const { evidence, ports, ledger } = world;
  const other = cosignedNote(
    [...ledger.leaves.slice(0, 1), utf8("another leaf")],
    [NOW, NOW + 1, NOW + 2, null],
  );
  const note = encodeHex(crypto.sha256(other));
  evidence.set(note, other);
  await assert.rejects(admitState({ ...leaf, anchor: { ...leaf.anchor, note } }, rootAt(world), ports), {
    code: "anchor-differs",
  });
});

test("admitState: a note of another log is refused", async () => {
  const { world, leaf } = await anchored();
  await assert.rejects(admitState({ ...leaf, origin: "other.example" }, rootAt(world), world.ports), {
    code: "anchor-differs",
  });
});

test("admitState: a note that is not served, not the named one, or not by a quorum is refused", async () => {
  const { world, leaf } = await anchored();
  const { evidence, ports, ledger } = world;
  const digest = leaf.anchor.note;
  const good = evidence.get(digest) ?? new Uint8Array();
  evidence.set(digest, cosignedNote(ledger.leaves.slice(0, 2), [NOW, NOW + 1, null, null]));
  await assert.rejects(admitState({ ...leaf, anchor: { ...leaf.anchor, tLo: NOW } }, rootAt(world), ports), {
    code: "anchor-differs",
  });
  evidence.set(digest, cosignedNote(ledger.leaves.slice(0, 2), [NOW, null, null, null]));
  await assert.rejects(admitState(leaf, rootAt(world), ports), { code: "quorum-not-met" });
  evidence.delete(digest);
  await assert.rejects(admitState(leaf, rootAt(world), ports), { code: "evidence-missing" });
  evidence.set(digest, good);
  await assert.rejects(admitState({ ...leaf, time: NOW + 121 }, rootAt(world), ports), {
    code: "entry-from-future",
  });
});

test("readNameAndVersion: reads the head only, and nothing said twice", () => {
  assert.deepEqual(readNameAndVersion(METADATA), { name: "sampleproject", version: "1.0.0" });
  assert.equal(readNameAndVersion(utf8("Name: a\n\nVersion: 1\n")), null);
  assert.equal(readNameAndVersion(utf8("Name: a\nname: b\nVersion: 1\n")), null);
  assert.equal(readNameAndVersion(utf8("\nName: a\nVersion: 1\n")), null);
  assert.deepEqual(readNameAndVersion(utf8("Name: a:evil\nVersion: 1:2\n\n")), {
    name: "a:evil",
    version: "1:2",
  });
  assert.deepEqual(readNameAndVersion(utf8("Name: a\r\nVersion: 1\r\n\r\nName: b")), {
    name: "a",
    version: "1",
  });
});
