// SPDX-License-Identifier: Apache-2.0
import {
  CONSENT_ACTS,
  configId,
  consentChallenge,
  EMPTY_CONFIG,
  encodeConfigRecord,
  encodeHex,
  encodeKeyRecord,
  encodePublisher,
  fileId,
  indexKey,
  mapKey,
  originHash,
  type PublisherRecord,
  parseUtf8,
  parseVersion,
  principalId,
  publisherId,
  releaseId,
  releaseVersion,
  rootKeyId,
} from "@countermark/formats";
import { K, L, sha256 } from "../toy-ledger.ts";

/** The record of the proposal's example. */
export const PUBLISHER_EXAMPLE: PublisherRecord = {
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
};
/** The publisher id that the proposal's config and challenge were made with. */
const PROPOSAL_PUBLISHER = "1dfe3e4bfa4bcd4af3a1b7e4176f63769529fd2ff25b007e437b0b8c5b35da37";

/** The first four are one release. */
const VERSIONS = ["4.0.0", "4.0", "v4", "4.0.0.0+cpu.1", "4.0.1", "0.0", "1!2.0-RC1.post3.dev0", "2.0.10.0"];

/** vectors/ledger/ids.json */
export function idVectors() {
  const salt = new Uint8Array(32).fill(0x33);
  const principalSalt = new Uint8Array(32).fill(0x22);
  const principal = encodeKeyRecord({ algorithm: "ES256", key: new Uint8Array(64).fill(0x11) });
  const ed25519 = encodeKeyRecord({ algorithm: "Ed25519", key: new Uint8Array(32).fill(0x44) });
  const principalDigest = principalId(sha256, principalSalt, principal);
  const config = encodeConfigRecord({
    policy: { uploads: "publisher", attestations: "required", release: "direct", closeDays: 14 },
    publishers: [PROPOSAL_PUBLISHER],
    principals: [principalDigest],
  });
  const records = [config, encodeConfigRecord(EMPTY_CONFIG)];
  const record = encodePublisher(PUBLISHER_EXAMPLE);
  const challenge = (serial: number, act: keyof typeof CONSENT_ACTS, subject: string) => ({
    log: L,
    project: K,
    serial,
    act: CONSENT_ACTS[act],
    subject,
    digest: encodeHex(consentChallenge(sha256, { log: L, project: K, serial, act, subject })),
  });
  const names = [
    ["pypi", "sampleproject"],
    ["pypi", "zope-interface"],
    ["npm", "sampleproject"],
  ] as const;
  return {
    originHash: ["example.com/index", "a"].map((origin) => ({ origin, digest: originHash(sha256, origin) })),
    indexKey: indexKey(sha256),
    mapKey: names.map(([ecosystem, name]) => ({ ecosystem, name, digest: mapKey(sha256, ecosystem, name) })),
    fileId: ["sampleproject-4.0.0-py3-none-any.whl", "sampleproject-4.0.0.tar.gz"].map((filename) => ({
      key: K,
      filename,
      digest: fileId(sha256, K, filename),
    })),
    releaseId: VERSIONS.map((version) => ({
      key: K,
      version,
      released: releaseVersion(parseVersion(version)),
      digest: releaseId(sha256, K, parseVersion(version)),
    })),
    configId: records.map((bytes) => ({ record: encodeHex(bytes), digest: configId(sha256, bytes) })),
    publisherId: [
      {
        salt: encodeHex(salt),
        record: parseUtf8(record, "record"),
        digest: publisherId(sha256, salt, record),
      },
    ],
    principalId: [principal, ed25519].map((bytes) => ({
      salt: encodeHex(principalSalt),
      record: encodeHex(bytes),
      digest: principalId(sha256, principalSalt, bytes),
    })),
    rootKeyId: [principal, ed25519].map((bytes) => ({
      record: encodeHex(bytes),
      digest: rootKeyId(sha256, bytes),
    })),
    challenge: [
      challenge(3, "change", configId(sha256, config)),
      challenge(0, "cancel", "0".repeat(64)),
      challenge(4_294_967_296, "undo", configId(sha256, config)),
    ],
  };
}
