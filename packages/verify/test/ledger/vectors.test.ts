// SPDX-License-Identifier: Apache-2.0
// Every vector of vectors/ledger/ through the code, and the files against what they are made of.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  type CONSENT_ACTS,
  configId,
  consentChallenge,
  detailCommitment,
  encodeConfigRecord,
  encodeEd25519Spki,
  encodeEntry,
  encodeFileMapRecord,
  encodeHex,
  encodeIndexHeader,
  encodeKeyRecord,
  encodeMapProof,
  encodeProjectHeader,
  encodeProjectStateFile,
  encodePublisher,
  encodeStateLeaf,
  encodeStatement,
  fileId,
  indexKey,
  MerkleMap,
  mapDepth,
  mapKey,
  originHash,
  parseConfigRecord,
  parseDetailsFile,
  parseEntry,
  parseFileDetail,
  parseFileMapRecord,
  parseIndexHeader,
  parseKeyRecord,
  parseMapProof,
  parseProjectDetail,
  parseProjectHeader,
  parseProjectStateFile,
  parsePublisher,
  parseStateLeaf,
  parseStatement,
  parseTextDetail,
  parseTrust,
  parseVersion,
  principalId,
  publisherId,
  releaseId,
  releaseVersion,
  rootKeyId,
  utf8,
} from "@countermark/formats";
import {
  apply,
  emptyState,
  verifyMapProof,
  verifyProjectProof,
  verifyReceipt,
  verifyStateFile,
} from "@countermark/verify";
import { crypto, outcomeOf, sha256 } from "./toy-ledger.ts";
import { ledgerVectors } from "./vectors/all.ts";
import type { ed25519Vectors } from "./vectors/ed25519.ts";
import type { idVectors } from "./vectors/ids.ts";
import type { mapVectors } from "./vectors/map.ts";
import type { projectProofVectors, receiptVectors } from "./vectors/proofs.ts";
import type { detailVectors, recordVectors } from "./vectors/records.ts";
import type { stateLeafVectors, statementVectors } from "./vectors/statements.ts";
import type { transcriptVectors } from "./vectors/transcripts.ts";

const FOLDER = new URL("../../../../vectors/ledger/", import.meta.url);

function read(name: string): string {
  return readFileSync(new URL(name, FOLDER), "utf8");
}

function vectors<T>(name: string): Awaited<T> {
  return JSON.parse(read(name)) as Awaited<T>; // compared with what T makes by the first test
}

function bytes(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, "hex"));
}

test("vectors: the committed files are what tools/make-vectors.mjs makes", async () => {
  for (const [name, content] of await ledgerVectors()) assert.equal(read(name), content, name);
});

for (const { claim, key, message, signature, holds } of vectors<ReturnType<typeof ed25519Vectors>>(
  "ed25519.json",
)) {
  test(`CryptoPort: ${claim} ${holds ? "holds" : "is refused"}`, async () => {
    const spki = encodeEd25519Spki(bytes(key));
    assert.equal(await crypto.verify({ kind: "ed25519" }, spki, utf8(message), bytes(signature)), holds);
  });
}

test("ids: every vector", () => {
  const ids = vectors<ReturnType<typeof idVectors>>("ids.json");
  assert.equal(indexKey(sha256), ids.indexKey);
  for (const item of ids.originHash) assert.equal(originHash(sha256, item.origin), item.digest);
  for (const item of ids.mapKey) assert.equal(mapKey(sha256, item.ecosystem, item.name), item.digest);
  for (const item of ids.fileId) assert.equal(fileId(sha256, item.key, item.filename), item.digest);
  for (const { key, version, released, digest } of ids.releaseId) {
    assert.equal(releaseVersion(parseVersion(version)), released);
    assert.equal(releaseId(sha256, key, parseVersion(version)), digest);
  }
  for (const item of ids.configId) assert.equal(configId(sha256, bytes(item.record)), item.digest);
  for (const item of ids.rootKeyId) assert.equal(rootKeyId(sha256, bytes(item.record)), item.digest);
  for (const { salt, record, digest } of ids.publisherId) {
    assert.equal(publisherId(sha256, bytes(salt), utf8(record)), digest);
  }
  for (const { salt, record, digest } of ids.principalId) {
    assert.equal(principalId(sha256, bytes(salt), bytes(record)), digest);
  }
  for (const item of ids.challenge) {
    const acts: readonly string[] = ["", "change", "ask", "cancel", "undo"];
    const act = acts[item.act] as keyof typeof CONSENT_ACTS; // 1..4 in the vectors
    assert.equal(encodeHex(consentChallenge(sha256, { ...item, act })), item.digest);
  }
});

const RECORDS: Readonly<Record<string, (input: Uint8Array) => Uint8Array>> = {
  config: (input) => encodeConfigRecord(parseConfigRecord(input)),
  projectHeader: (input) => encodeProjectHeader(parseProjectHeader(input)),
  file: (input) => encodeFileMapRecord(parseFileMapRecord(input)),
  release: (input) => encodeFileMapRecord(parseFileMapRecord(input)),
  indexHeader: (input) => encodeIndexHeader(parseIndexHeader(input)),
  key: (input) => encodeKeyRecord(parseKeyRecord(input)),
  publisher: (input) => encodePublisher(parsePublisher(input)),
};

for (const [kind, { valid, invalid }] of Object.entries(
  vectors<ReturnType<typeof recordVectors>>("records.json"),
)) {
  const again = RECORDS[kind] ?? assert.fail(`no reader for ${kind}`);
  for (const { name, hex } of valid) {
    test(`${kind} record: "${name}" encodes to the bytes it was read from`, () => {
      assert.equal(encodeHex(again(bytes(hex))), hex);
    });
  }
  for (const { name, hex, code } of invalid) {
    test(`${kind} record: ${name} is refused`, () => {
      assert.throws(() => again(bytes(hex)), { name: "ParseError", code });
    });
  }
}

const DETAILS: Readonly<Record<string, (detail: Uint8Array) => unknown>> = {
  project: parseProjectDetail,
  file: parseFileDetail,
  text: parseTextDetail,
};

test("details: every vector", () => {
  const { valid, invalid, detailsFile } = vectors<ReturnType<typeof detailVectors>>("details.json");
  for (const { kind, hex, commitment } of valid) {
    DETAILS[kind]?.(bytes(hex));
    assert.equal(detailCommitment(sha256, bytes(hex)), commitment);
  }
  for (const { kind, hex, code } of invalid) {
    assert.throws(() => DETAILS[kind]?.(bytes(hex)), { name: "ParseError", code });
  }
  assert.equal(parseDetailsFile(bytes(detailsFile.hex)).length, detailsFile.count);
});

const STATEMENTS = vectors<ReturnType<typeof statementVectors>>("statements.json");

test("parseStatement: every kind encodes to the bytes it was read from", () => {
  for (const { kind, payload, leaf } of STATEMENTS.valid) {
    const statement = parseStatement(bytes(payload));
    assert.equal(statement.kind, kind);
    assert.equal(encodeHex(encodeStatement(statement)), payload);
    const entry = parseEntry(bytes(leaf));
    assert.equal(encodeHex(encodeEntry(entry.payload, entry)), leaf);
  }
});

test("parseStatement: a kind that is not known is read as far as all kinds go", () => {
  const statement = parseStatement(bytes(STATEMENTS.unknown.payload));
  assert.equal(statement.kind === "unknown" && statement.name, STATEMENTS.unknown.kind);
  assert.equal(encodeHex(encodeStatement(statement)), STATEMENTS.unknown.payload);
});

for (const { name, hex, code } of STATEMENTS.invalidPayloads) {
  test(`parseStatement: ${name} is refused`, () => {
    assert.throws(() => parseStatement(bytes(hex)), { name: "ParseError", code });
  });
}

for (const { name, hex, code } of STATEMENTS.invalidLeaves) {
  test(`parseEntry: ${name} is refused`, () => {
    assert.throws(() => parseEntry(bytes(hex)), { name: "ParseError", code });
  });
}

const STATE_LEAVES = vectors<ReturnType<typeof stateLeafVectors>>("state-leaf.json");

test("parseStateLeaf: valid leaves say what the vectors say", () => {
  for (const { text, value } of STATE_LEAVES.valid) {
    assert.deepEqual(parseStateLeaf(utf8(text)), value);
    assert.deepEqual(encodeStateLeaf(value), utf8(text));
  }
});

for (const { name, hex, code } of STATE_LEAVES.invalid) {
  test(`parseStateLeaf: ${name} is refused`, () => {
    assert.throws(() => parseStateLeaf(bytes(hex)), { name: "ParseError", code });
  });
}

const MAPS = vectors<ReturnType<typeof mapVectors>>("map.json");

for (const { name, entries, count, depth, commitment, proofs } of MAPS.maps) {
  test(`MerkleMap: ${name}: commitment and proofs are the vector's`, () => {
    let map = MerkleMap.empty<string>(sha256, (value) => value);
    for (const [key, value] of entries) map = map.set(key, value);
    assert.deepEqual([map.count, map.depth, map.commitment()], [count, depth, commitment]);
    assert.equal(mapDepth(count), depth);
    for (const { key, proof, value } of proofs) {
      assert.equal(encodeHex(encodeMapProof(map.prove(key))), proof);
      assert.equal(verifyMapProof(parseMapProof(bytes(proof)), { key, commitment }, sha256), value);
    }
  });
}

for (const { name, hex, code, key, commitment } of MAPS.refused) {
  test(`verifyMapProof: ${name} is refused`, () => {
    assert.throws(() => verifyMapProof(parseMapProof(bytes(hex)), { key, commitment }, sha256), { code });
  });
}

const PROOFS = vectors<ReturnType<typeof projectProofVectors>>("project-proof.json");

for (const { claim, proof, name, now, key, value, kind, tLo, tHi } of PROOFS.accepted) {
  test(`verifyProjectProof: ${claim}`, async () => {
    const trust = parseTrust(utf8(PROOFS.trust), sha256);
    const answer = await verifyProjectProof(bytes(proof), { name, trust, now }, crypto);
    const { checkpoint } = answer.head;
    assert.deepEqual(
      [answer.key, answer.value, answer.head.kind, checkpoint.tLo, checkpoint.tHi],
      [key, value, kind, tLo, tHi],
    );
  });
}

for (const refused of PROOFS.refused) {
  test(`verifyProjectProof: ${refused.claim} is refused`, async () => {
    const trustText = "trust" in refused ? String(refused.trust) : PROOFS.trust;
    const asked = { name: refused.name, trust: parseTrust(utf8(trustText), sha256), now: refused.now };
    await assert.rejects(verifyProjectProof(bytes(refused.proof), asked, crypto), { code: refused.code });
  });
}

test("verifyStateFile: the whole state of a project", () => {
  const { hex, value, records } = PROOFS.stateFile;
  const found = verifyStateFile(bytes(hex), value, sha256);
  assert.equal(found.files.size + found.releases.size, records.length);
  assert.equal(encodeHex(encodeProjectStateFile(parseProjectStateFile(bytes(hex)))), hex);
});

for (const { claim, hex, code } of PROOFS.stateFile.refused) {
  test(`verifyStateFile: ${claim} is refused`, () => {
    assert.throws(() => verifyStateFile(bytes(hex), PROOFS.stateFile.value, sha256), { code });
  });
}

const RECEIPTS = vectors<ReturnType<typeof receiptVectors>>("receipt.json");

for (const { claim, receipt, fileSha256, now, ...wanted } of RECEIPTS.accepted) {
  test(`verifyReceipt: ${claim}`, async () => {
    const trust = parseTrust(utf8(RECEIPTS.trust), sha256);
    const logged = await verifyReceipt(utf8(receipt), { fileSha256, trust, now }, crypto);
    const { tLo, tHi } = logged.head.checkpoint;
    const filename = logged.detail?.filename ?? null;
    assert.deepEqual({ kind: logged.head.kind, index: logged.index, tLo, tHi, filename }, wanted);
  });
}

for (const refused of RECEIPTS.refused) {
  test(`verifyReceipt: ${refused.claim} is refused`, async () => {
    const trustText = "trust" in refused ? String(refused.trust) : RECEIPTS.trust;
    const { fileSha256, now, receipt, code } = refused;
    const asked = { fileSha256, trust: parseTrust(utf8(trustText), sha256), now };
    await assert.rejects(verifyReceipt(utf8(receipt), asked, crypto), { code });
  });
}

for (const { name, steps } of vectors<ReturnType<typeof transcriptVectors>>("transcripts.json")) {
  test(`apply: ${name}`, async () => {
    let state = emptyState(sha256);
    for (const [i, step] of steps.entries()) {
      const applied = await apply(state, bytes(step.leaf), crypto);
      assert.equal(outcomeOf(applied), step.outcome, `leaf ${i}`);
      assert.equal(applied.state.projects.commitment(), step.map, `leaf ${i}`);
      state = applied.state;
    }
  });
}
