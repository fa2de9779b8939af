// SPDX-License-Identifier: Apache-2.0
// The two implementations of our formats, asked the same: well-formed inputs of each, and the same with random damage.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  ByteReader,
  encodeEd25519Spki,
  encodeMlDsa44Spki,
  normalizeProjectName,
  parseCheckpoint,
  parseConfigRecord,
  parseDetailsFile,
  parseEntry,
  parseFileDetail,
  parseFileRecord,
  parseIdentityLock,
  parseImportDetail,
  parseIndexHeader,
  parseKeyRecord,
  parseMapProof,
  parseNote,
  parseObservedDetail,
  parsePolicy,
  parseProjectDetail,
  parseProjectHeader,
  parseProjectProof,
  parseProjectStateFile,
  parsePublisher,
  parseReceipt,
  parseReleaseRecord,
  parseStateLeaf,
  parseStatement,
  parseTextDetail,
  parseTlogProof,
  parseTrust,
  parseTrustDetail,
  parseUtf8,
  parseVersion,
  parseVkey,
  releaseVersion,
} from "../../packages/formats/src/index.ts";
import { nodeCrypto } from "../../packages/log/src/index.ts";
import {
  type SignatureScheme,
  VerifyError,
  verifyCosignedCheckpoint,
  verifyProjectProof,
  verifyReceipt,
  verifyStateFile,
} from "../../packages/verify/src/index.ts";

const INTEROP = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), "interop");
/** Chosen once, so that a failure can be repeated; any other seed must do too. */
const SEED = process.env["COUNTERMARK_SEED"] ?? "1";
const DAMAGED_EACH = process.env["COUNTERMARK_CASES"] ?? "150";

type Setup = Readonly<
  Record<"fileSha256" | "name" | "origin" | "policy" | "trust" | "value", string> & { now: number }
>;
type Case = [format: string, input: string, verdict: string];

function readersOf(setup: Setup): Readonly<Record<string, (bytes: Uint8Array) => unknown>> {
  const { sha256 } = nodeCrypto;
  const { now, name, fileSha256, value } = setup;
  const trust = parseTrust(Buffer.from(setup.trust, "base64"), sha256);
  const text = (read: (text: string) => unknown) => (bytes: Uint8Array) => read(parseUtf8(bytes, "input"));
  const { origin } = setup;
  const policy = parsePolicy(setup.policy, sha256);
  return {
    checkpoint: text(parseCheckpoint),
    config: parseConfigRecord,
    cosigned: (bytes) =>
      verifyCosignedCheckpoint(bytes, { policy, origin, now, toleranceSeconds: 120 }, nodeCrypto),
    detailsFile: parseDetailsFile,
    ecdsa: signed(91, { kind: "ecdsa", curve: "p256", hash: "sha256", encoding: "der" }, (spki) => spki),
    ed25519: signed(32, { kind: "ed25519" }, encodeEd25519Spki),
    entry: parseEntry,
    fileDetail: parseFileDetail,
    fileRecord: parseFileRecord,
    header: parseProjectHeader,
    identityLock: parseIdentityLock,
    indexHeader: parseIndexHeader,
    keyRecord: parseKeyRecord,
    mapProof: parseMapProof,
    mlDsa44: signed(1_312, { kind: "ml-dsa-44" }, encodeMlDsa44Spki),
    name: text(normalizeProjectName),
    note: parseNote,
    policy: text((policy) => parsePolicy(policy, sha256)),
    projectDetail: parseProjectDetail,
    projectProof: parseProjectProof,
    publisher: parsePublisher,
    receipt: parseReceipt,
    releaseRecord: parseReleaseRecord,
    stateFile: parseProjectStateFile,
    stateLeaf: parseStateLeaf,
    statement: parseStatement,
    importDetail: parseImportDetail,
    observedDetail: parseObservedDetail,
    textDetail: parseTextDetail,
    trustDetail: parseTrustDetail,
    tlogProof: parseTlogProof,
    trust: (bytes) => parseTrust(bytes, sha256),
    verifyProjectProof: (bytes) => verifyProjectProof(bytes, { trust, now, name }, nodeCrypto),
    verifyReceipt: (bytes) => verifyReceipt(bytes, { trust, now, fileSha256 }, nodeCrypto),
    verifyStateFile: (bytes) => verifyStateFile(bytes, value, sha256),
    version: text((version) => releaseVersion(parseVersion(version))),
    vkey: text((vkey) => parseVkey(vkey, sha256)),
  };
}

/** Reads `key || u16 len || signature || message`, and says no as a VerifyError. */
function signed(keyBytes: number, scheme: SignatureScheme, spkiOf: (key: Uint8Array) => Uint8Array) {
  return async (bytes: Uint8Array): Promise<void> => {
    const reader = new ByteReader(bytes, "signed message");
    const spki = spkiOf(reader.take(keyBytes));
    const signature = reader.take(reader.u16());
    const message = reader.take(reader.remaining);
    if (!(await nodeCrypto.verify(scheme, spki, message, signature)))
      throw new VerifyError("countersign-signature", "The signature is not by the key");
  };
}

async function verdictOf(read: (bytes: Uint8Array) => unknown, bytes: Uint8Array): Promise<string> {
  try {
    await read(bytes);
    return "ok";
  } catch (error) {
    // Only a refusal is a verdict: a TypeError or RangeError out of a parser is a bug, and fails the test as itself.
    if (error instanceof Error && ["ParseError", "VerifyError"].includes(error.name)) {
      return String((error as Error & { code: string }).code); // both classes have it
    }
    throw error;
  }
}

test("interop: both implementations say yes and no to the same bytes", async (t) => {
  const done = spawnSync("python3", ["agreement.py", SEED, DAMAGED_EACH], {
    cwd: INTEROP,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (done.error !== undefined) return t.skip("there is no python3 in PATH");
  assert.equal(done.status, 0, done.stderr);
  const [first = "", ...lines] = done.stdout.trimEnd().split("\n");
  const readers = readersOf(JSON.parse(first) as Setup); // written by agreement.py
  const accepted = new Set<string>();
  let otherCodes = 0;
  for (const line of lines) {
    const [format, input, said] = JSON.parse(line) as Case; // written by agreement.py
    const read = readers[format];
    assert.ok(read !== undefined, `no reader for ${format}`);
    const verdict = await verdictOf(read, new Uint8Array(Buffer.from(input, "base64")));
    assert.equal(
      verdict === "ok",
      said === "ok",
      `${format}: TypeScript ${verdict}, Python ${said}: ${input}`,
    );
    if (verdict === "ok") accepted.add(format);
    else if (verdict !== said) otherCodes++;
  }
  assert.deepEqual(
    [...accepted].sort(),
    Object.keys(readers).sort(),
    "each format was accepted at least once",
  );
  // With two things wrong, which one is named first may differ; that it usually agrees is the point of the codes.
  assert.ok(otherCodes < lines.length / 20, `${otherCodes} of ${lines.length} refusals have another code`);
});
