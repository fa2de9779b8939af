// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import {
  type Attestation,
  type Bytes,
  dssePae,
  encodeInTotoStatement,
  IN_TOTO_PAYLOAD_TYPE,
  makeAttestation,
  PUBLISH_PREDICATE_TYPE,
  parseCertificate,
  parseTimestamp,
} from "@countermark/formats";
import { createP256, nodeCrypto, type PrivateKey } from "@countermark/log";
import { type Evidence, type Verified, verifyAttestation } from "@countermark/verify";
import { readAmbientToken } from "../ci/ambient.ts";
import type { Distribution } from "../dist/read-distribution.ts";
import type { Trust } from "../trust/read-trust.ts";
import type { CommandContext, Fetch } from "../world.ts";
import { requestCertificate } from "./request-certificate.ts";
import { requestLogEntry } from "./request-log-entry.ts";
import { requestTimestamp } from "./request-timestamp.ts";
import { readSigningServices, type SigningServices } from "./signing-config.ts";

/** The audience that certificate authorities of this kind ask for. @spec sigstore/fulcio docs/oidc.md */
const CERTIFICATE_AUDIENCE = "sigstore";
const NONCE_BYTES = 16;

export type AttestedFile = {
  readonly distribution: Distribution;
  readonly attestation: Attestation;
  readonly evidence: Verified<Evidence>;
};

/**
 * Attests that this CI job publishes `distributions`: one certificate for one key that lives as long as this call, and for each
 * file a statement, a signature, its time and its log entry. What came back is verified before anything else is done with it.
 *
 * @throws ClientError `no-identity`, `authority-refused`, `http-status`, `unreachable`; VerifyError; ParseError
 * @spec pep-0740, packaging.python.org/en/latest/specifications/index-hosted-attestations
 */
export async function attestFiles(
  context: CommandContext,
  fetch: Fetch,
  trust: Trust,
  distributions: readonly Distribution[],
): Promise<readonly AttestedFile[]> {
  const services = await readSigningServices(context, fetch);
  const token = await readAmbientToken(CERTIFICATE_AUDIENCE, context.world.env, fetch);
  const key = createP256();
  const certificate = await requestCertificate(fetch, services.certificateUrl, token, key);
  const signer = { key, certificate, services };
  const attested: AttestedFile[] = [];
  for (const distribution of distributions) {
    const attestation = await attestFile(distribution, signer, fetch);
    const evidence = await verifyAttestation(attestation, distribution, trust.sigstore, nodeCrypto);
    attested.push({ distribution, attestation, evidence });
  }
  return attested;
}

type Signer = { readonly key: PrivateKey; readonly certificate: Bytes; readonly services: SigningServices };

async function attestFile(distribution: Distribution, signer: Signer, fetch: Fetch): Promise<Attestation> {
  const { key, certificate, services } = signer;
  const statement = encodeInTotoStatement(distribution, PUBLISH_PREDICATE_TYPE, null);
  const message = dssePae(IN_TOTO_PAYLOAD_TYPE, statement);
  const signature = key.sign(message);
  const nonce = randomBytes(NONCE_BYTES);
  const timestamp = await requestTimestamp(fetch, services.timestampUrl, signature, nonce, nodeCrypto.sha256);
  const entry = await requestLogEntry(fetch, services.logUrl, {
    hashAlgorithm: "SHA2_256",
    digest: nodeCrypto.sha256(message),
    signature,
    verifier: { kind: "certificate", der: certificate, keyDetails: "PKIX_ECDSA_P256_SHA_256" },
  });
  return makeAttestation({
    certificate: parseCertificate(certificate, "certificate"),
    transparencyEntries: [entry],
    timestamps: [parseTimestamp(timestamp)],
    statement,
    signature,
  });
}
