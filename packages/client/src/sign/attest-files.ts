// SPDX-License-Identifier: Apache-2.0
import {
  type Attestation,
  dssePae,
  encodeInTotoStatement,
  IN_TOTO_PAYLOAD_TYPE,
  makeAttestation,
  PUBLISH_PREDICATE_TYPE,
  parseCertificate,
} from "@countermark/formats";
import { createP256, nodeCrypto } from "@countermark/log";
import { type Evidence, type Verified, verifyAttestation } from "@countermark/verify";
import { readAmbientToken } from "../ci/ambient.ts";
import type { Distribution } from "../dist/read-distribution.ts";
import type { Trust } from "../trust/read-trust.ts";
import type { CommandContext, Fetch } from "../world.ts";
import { recordSignature, type Signer } from "./record-signature.ts";
import { requestCertificate } from "./request-certificate.ts";
import { readSigningServices } from "./signing-config.ts";

/** The audience that certificate authorities of this kind ask for. @spec sigstore/fulcio docs/oidc.md */
const CERTIFICATE_AUDIENCE = "sigstore";

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

async function attestFile(distribution: Distribution, signer: Signer, fetch: Fetch): Promise<Attestation> {
  const statement = encodeInTotoStatement(distribution, PUBLISH_PREDICATE_TYPE, null);
  const message = dssePae(IN_TOTO_PAYLOAD_TYPE, statement);
  const { signature, timestamp, entry } = await recordSignature(message, signer, fetch);
  return makeAttestation({
    certificate: parseCertificate(signer.certificate, "certificate"),
    transparencyEntries: [entry],
    timestamps: [timestamp],
    statement,
    signature,
  });
}
