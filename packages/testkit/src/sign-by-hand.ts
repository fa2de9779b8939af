// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { requestCertificate, requestLogEntry, requestTimestamp } from "@countermark/client";
import {
  type Attestation,
  dssePae,
  encodeInTotoStatement,
  IN_TOTO_PAYLOAD_TYPE,
  makeAttestation,
  PUBLISH_PREDICATE_TYPE,
  parseCertificate,
  parseIdToken,
  parseTimestamp,
} from "@countermark/formats";
import { createP256, nodeCrypto, type PrivateKey } from "@countermark/log";
import type { BuiltFile } from "./build-wheel.ts";
import { type RegisteredJob, requestIdToken } from "./ci-job.ts";
import { AUTHORITY_URL, type SigningWorld } from "./signing-world.ts";

/** A certificate of ten minutes and its key, which an attacker kept. */
export interface KeptCertificate {
  readonly key: PrivateKey;
  readonly certificate: Uint8Array;
}

/** Gets a certificate as a step of `job`, and keeps its key instead of dropping it. */
export async function keepCertificate(world: SigningWorld, job: RegisteredJob): Promise<KeptCertificate> {
  const { fetch } = world.network;
  const text = await requestIdToken(job, "sigstore", fetch);
  const key = createP256();
  const certificate = await requestCertificate(
    fetch,
    AUTHORITY_URL,
    { text, token: parseIdToken(text) },
    key,
  );
  return { key, certificate };
}

/** Attests `file` with a kept certificate, at whatever time it is by now. Nothing is verified. */
export async function signByHand(
  world: SigningWorld,
  kept: KeptCertificate,
  file: BuiltFile,
): Promise<Attestation> {
  const { fetch } = world.network;
  const { sha256 } = nodeCrypto;
  const subject = { filename: file.filename, sha256: sha256(file.bytes) };
  const statement = encodeInTotoStatement(subject, PUBLISH_PREDICATE_TYPE, null);
  const message = dssePae(IN_TOTO_PAYLOAD_TYPE, statement);
  const signature = kept.key.sign(message);
  const url = `${AUTHORITY_URL}/api/v1/timestamp`;
  const timestamp = await requestTimestamp(fetch, url, signature, randomBytes(16), sha256);
  const entry = await requestLogEntry(fetch, AUTHORITY_URL, {
    hashAlgorithm: "SHA2_256",
    digest: sha256(message),
    signature,
    verifier: { kind: "certificate", der: kept.certificate, keyDetails: "PKIX_ECDSA_P256_SHA_256" },
  });
  return makeAttestation({
    certificate: parseCertificate(kept.certificate, "certificate"),
    transparencyEntries: [entry],
    timestamps: [parseTimestamp(timestamp)],
    statement,
    signature,
  });
}
