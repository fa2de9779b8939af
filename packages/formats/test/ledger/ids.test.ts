// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import {
  configId,
  consentChallenge,
  encodeConfigRecord,
  encodeHex,
  encodeKeyRecord,
  encodePublisher,
  fileId,
  indexKey,
  mapKey,
  originHash,
  parseVersion,
  principalId,
  publisherId,
  releaseId,
} from "@countermark/formats";

const sha256 = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();
const K = mapKey(sha256, "pypi", "sampleproject");
const L = originHash(sha256, "example.com/index");
// The id that the challenge and config examples were made with; see the note in specs/ledger-records.md.
const U = "1dfe3e4bfa4bcd4af3a1b7e4176f63769529fd2ff25b007e437b0b8c5b35da37";
const principal = encodeKeyRecord({ algorithm: "ES256", key: new Uint8Array(64).fill(0x11) });
const P = principalId(sha256, new Uint8Array(32).fill(0x22), principal);
const C = configId(
  sha256,
  encodeConfigRecord({
    policy: { uploads: "publisher", attestations: "required", release: "direct", closeDays: 14 },
    publishers: [U],
    principals: [P],
  }),
);

for (const [claim, found, wanted] of [
  ["originHash: L", L, "0ee8715c5226e19e88f08314b2430f0962db6f2314fbd77d999431bee804e654"],
  ["mapKey: K", K, "167c300b6b24f13dc3d277231dad75888a18335642dbd335830c74ce581bf1a9"],
  ["indexKey: I", indexKey(sha256), "859b1685b40e762d4a954bbefc93a34856611978da130cca9cc6af591567571a"],
  [
    "releaseId: V",
    releaseId(sha256, K, parseVersion("4.0.0")),
    "66f4151330487fe1b9e10c853d0f7c1d9ce8793ad53d3138dde9844980938535",
  ],
  [
    "fileId: F",
    fileId(sha256, K, "sampleproject-4.0.0-py3-none-any.whl"),
    "3cbf73a4f14a2ac7d915d83686b4fcb7fe35884b28d91e67f0d1699295b64999",
  ],
  ["principalId: P", P, "eda6858c47492b997fad0975a4b1232a876fd9a05e25ca71c22e21a57c7755df"],
  ["configId: C", C, "bd522f01724f6d083a8e3922639b2f71d41d5db9ad64ca2de4baaeeda3e47dff"],
  [
    "consentChallenge: act 1 at serial 3",
    encodeHex(consentChallenge(sha256, { log: L, project: K, serial: 3, act: "change", subject: C })),
    "2bdfa3f80ff5c23614e6e9c504c42230834ec640db1778bdb5d52dfa10900d2e",
  ],
] as const) {
  test(`${claim} is the specification's`, () => assert.equal(found, wanted));
}

test("publisherId: the salted digest of the canonical record", () => {
  const record = encodePublisher({
    provider: "github",
    issuer: "https://token.actions.githubusercontent.com",
    owner: "example",
    ownerId: "6571234",
    project: "sampleproject",
    projectId: "12345678",
    workflow: ".github/workflows/release.yml",
    calledWorkflow: null,
    environment: "release",
    subject: null,
  });
  assert.equal(
    publisherId(sha256, new Uint8Array(32).fill(0x33), record),
    "3f53e275c0ea56567e3bf57ba48113d7abe9f183ff76c938e27926b282b8e0f0",
  );
});
