// SPDX-License-Identifier: Apache-2.0
import {
  type Certificate,
  equalBytes,
  FULCIO_USERNAME_OID,
  type GeneralName,
  windowContains,
} from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import type { CryptoPort } from "../port.ts";
import type { Verified } from "../verified.ts";
import { type PreparedChain, verifyChainAlive } from "./chain.ts";
import { CODE_SIGNING, verifyEndEntity } from "./purpose.ts";
import { isSignedBy } from "./signature.ts";

/**
 * Checks that an authority of the trusted root issued this signing certificate, and might at `time`.
 *
 * @param time Unix seconds, from a verified timestamp.
 * @returns the chain that issued it.
 * @throws VerifyError `certificate-issuer-unknown`, `certificate-signature`, and those of {@link verifyChainAlive} and
 *   {@link verifyEndEntity}
 * @spec rfc5280#6.1, github.com/sigstore/fulcio/blob/main/docs/certificate-specification.md
 *
 * Not checked here: that the certificate itself is alive, see {@link verifyAlive}.
 */
export async function verifyIssuedBy(
  certificate: Certificate,
  authorities: readonly Verified<PreparedChain>[],
  time: number,
  crypto: CryptoPort,
): Promise<Verified<PreparedChain>> {
  const chain = findIssuer(certificate, authorities, time);
  verifyChainAlive(chain, time);
  const { signatureAlgorithm, tbs, signature } = certificate;
  if (!(await isSignedBy(chain.first.publicKey, signatureAlgorithm, tbs, signature, crypto))) {
    throw new VerifyError(
      "certificate-signature",
      "Cannot believe certificate: it is not signed by its issuer",
    );
  }
  verifyEndEntity(certificate, CODE_SIGNING);
  return chain;
}

/**
 * Checks that the certificate was alive at `time`.
 *
 * @param time Unix seconds, from a verified timestamp, never from the attestation itself.
 * @throws VerifyError `certificate-expired`, `certificate-not-yet-valid`
 * @spec rfc5280#4.1.2.5
 *
 * Not checked here: revocation; certificates that live ten minutes have none.
 */
export function verifyAlive(certificate: Certificate, time: number): void {
  if (time < certificate.notBefore) {
    throw new VerifyError(
      "certificate-not-yet-valid",
      `Cannot believe certificate at ${time}: it is valid from ${certificate.notBefore}`,
    );
  }
  if (time > certificate.notAfter) {
    throw new VerifyError(
      "certificate-expired",
      `Cannot believe certificate at ${time}: it is valid to ${certificate.notAfter}`,
    );
  }
}

/** A name of a kind that signers have. */
export type SignerName = Exclude<GeneralName, { readonly kind: "not-read" }>;

/** The one name that the certificate is for. @throws VerifyError `certificate-names` */
export function verifyOneName(certificate: Certificate): SignerName {
  const [name, ...more] = certificate.subjectAltName ?? [];
  if (name === undefined || more.length > 0 || !isSignerName(name)) {
    throw new VerifyError(
      "certificate-names",
      `Cannot believe certificate: wanted one subject alternative name, found ${certificate.subjectAltName?.length ?? 0}`,
    );
  }
  return name;
}

/** What the text of an otherName means, its type says: of another type than user names it may spell somebody's name. */
function isSignerName(name: GeneralName): name is SignerName {
  if (name.kind === "other-name") return name.oid === FULCIO_USERNAME_OID;
  return name.kind !== "not-read";
}

/**
 * The authority that a certificate names as its issuer. Issuers are told apart by key id: several may bear one name. One authority
 * may be listed for several windows.
 *
 * @throws VerifyError `certificate-issuer-unknown`
 *
 * Not checked here: whether it signed.
 */
export function findIssuer(
  certificate: Certificate,
  authorities: readonly Verified<PreparedChain>[],
  time: number,
): Verified<PreparedChain> {
  const keyId = certificate.authorityKeyId;
  const issuers = authorities.filter(
    ({ first }) =>
      equalBytes(first.subject, certificate.issuer) &&
      keyId !== null &&
      first.subjectKeyId !== null &&
      equalBytes(first.subjectKeyId, keyId),
  );
  const issuer = issuers.find(({ window }) => windowContains(window, time)) ?? issuers[0];
  if (issuer === undefined) {
    throw new VerifyError(
      "certificate-issuer-unknown",
      "Cannot believe certificate: the trusted root has no authority of its issuer's name and key id",
    );
  }
  return issuer;
}
