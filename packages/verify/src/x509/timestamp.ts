// SPDX-License-Identifier: Apache-2.0
import { CMS_OIDS, equalBytes, type Timestamp, windowContains } from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import type { CryptoPort } from "../port.ts";
import type { Verified } from "../verified.ts";
import { type PreparedChain, verifyChainAlive } from "./chain.ts";
import { isSignedBy } from "./signature.ts";

/**
 * Checks every timestamp over `signature`. One that cannot be believed is a refusal, also beside others that can.
 *
 * @param signature the raw bytes that the timestamps are over.
 * @returns Unix seconds, and whose clock says so.
 * @throws VerifyError of {@link verifyTimestamp}
 */
export async function verifyTimestamps(
  timestamps: readonly Timestamp[],
  signature: Uint8Array,
  authorities: readonly Verified<PreparedChain>[],
  crypto: CryptoPort,
): Promise<readonly { readonly time: number; readonly operator: string }[]> {
  const times: { readonly time: number; readonly operator: string }[] = [];
  for (const timestamp of timestamps) {
    const { operator } = await verifyTimestamp(timestamp, signature, authorities, crypto);
    times.push({ time: timestamp.info.time, operator });
  }
  return times;
}

/**
 * Checks one timestamp: by an authority of the trusted root, alive and believed at that time, over these bytes.
 * Certificates inside the response are never looked at.
 *
 * @returns the authority.
 * @throws VerifyError `timestamp-authority-unknown`, `timestamp-certificate`, `timestamp-content-type`,
 *   `timestamp-digest`, `timestamp-signature`, `timestamp-imprint`, and those of {@link verifyChainAlive}
 * @spec rfc3161#2.2, rfc5652#5.6, rfc5816#2.2.1
 */
export async function verifyTimestamp(
  timestamp: Timestamp,
  signature: Uint8Array,
  authorities: readonly Verified<PreparedChain>[],
  crypto: CryptoPort,
): Promise<Verified<PreparedChain>> {
  const chain = findTimestampAuthority(timestamp, authorities);
  verifyEssCertificate(timestamp, chain);
  verifySignedContent(timestamp, crypto);
  await verifySignature(timestamp, chain, crypto);
  verifyChainAlive(chain, timestamp.info.time);
  verifyImprint(timestamp, signature, crypto);
  return chain;
}

/**
 * The authority that a token names as its signer; one may be listed for several windows.
 *
 * @throws VerifyError `timestamp-authority-unknown`
 *
 * Not checked here: whether it signed.
 */
export function findTimestampAuthority(
  timestamp: Timestamp,
  authorities: readonly Verified<PreparedChain>[],
): Verified<PreparedChain> {
  const { signer, info } = timestamp;
  const named = authorities.filter(({ first }) => {
    if (signer.kind === "issuer-and-serial") {
      return equalBytes(first.issuer, signer.issuer) && equalBytes(first.serial, signer.serial);
    }
    return first.subjectKeyId !== null && equalBytes(first.subjectKeyId, signer.keyId);
  });
  const authority = named.find(({ window }) => windowContains(window, info.time)) ?? named[0];
  if (authority === undefined) {
    throw new VerifyError(
      "timestamp-authority-unknown",
      "Cannot believe timestamp: the trusted root has no timestamp authority with its signer's certificate",
    );
  }
  return authority;
}

/** Issuer and serial number are the authority's claim; the digest says which certificate it meant. */
function verifyEssCertificate(timestamp: Timestamp, chain: Verified<PreparedChain>): void {
  const { algorithm, digest } = timestamp.attributes.signingCertificate;
  if (!equalBytes(chain.firstDigests[algorithm], digest)) {
    throw new VerifyError("timestamp-certificate", "Cannot believe timestamp: it names another certificate");
  }
}

function verifySignedContent(timestamp: Timestamp, crypto: CryptoPort): void {
  const { contentType, messageDigest } = timestamp.attributes;
  if (contentType !== CMS_OIDS.tstInfo) {
    throw new VerifyError(
      "timestamp-content-type",
      `Cannot believe timestamp: it signs content of type ${contentType}`,
    );
  }
  if (!equalBytes(crypto.digest(timestamp.digestAlgorithm, timestamp.infoBytes), messageDigest)) {
    throw new VerifyError(
      "timestamp-digest",
      "Cannot believe timestamp: its signature covers another content",
    );
  }
}

async function verifySignature(
  timestamp: Timestamp,
  chain: Verified<PreparedChain>,
  crypto: CryptoPort,
): Promise<void> {
  const { signatureAlgorithm, signedBytes, signature } = timestamp;
  if (!(await isSignedBy(chain.first.publicKey, signatureAlgorithm, signedBytes, signature, crypto))) {
    throw new VerifyError(
      "timestamp-signature",
      "Cannot believe timestamp: it is not signed by its authority",
    );
  }
}

function verifyImprint(timestamp: Timestamp, signature: Uint8Array, crypto: CryptoPort): void {
  const { algorithm, digest } = timestamp.info.imprint;
  if (!equalBytes(crypto.digest(algorithm, signature), digest)) {
    throw new VerifyError(
      "timestamp-imprint",
      "Cannot believe timestamp: it is over other bytes than this signature",
    );
  }
}
