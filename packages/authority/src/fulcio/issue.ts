// SPDX-License-Identifier: Apache-2.0
import {
  type Bytes,
  type Certificate,
  type CertificateFields,
  EXTENDED_KEY_USAGE_OIDS,
  encodeAuthorityKeyId,
  encodeCertificate,
  encodeExtendedKeyUsage,
  encodeFulcioExtensions,
  encodeKeyUsage,
  encodeName,
  encodeOldIssuerExtension,
  encodeSctListExtension,
  encodeSubjectAltName,
  encodeSubjectKeyId,
  encodeTbsCertificate,
  type PublicKey,
} from "@countermark/formats";
import { type Clock, nodeCrypto, type PrivateKey } from "@countermark/log";
import type { CertificateTemplate } from "@countermark/verify";
import { keyIdOf, randomSerial, SIGNATURE_ALGORITHM } from "../pki.ts";
import type { CertificateLog } from "./certificate-log.ts";

export const CERTIFICATE_LIFETIME_SECONDS = 600;

export type IssuePorts = {
  readonly issuer: Certificate;
  readonly issuerKey: PrivateKey;
  readonly certificateLog: CertificateLog;
  readonly clock: Clock;
};

/**
 * Issues a certificate for `publicKey`: ten minutes, empty subject, one critical name, and the promise of the certificate
 * log embedded. The log entry is durable before the certificate exists.
 *
 * @spec github.com/sigstore/fulcio/blob/main/docs/certificate-specification.md
 */
export async function issueCertificate(
  template: CertificateTemplate,
  publicKey: PublicKey,
  ports: IssuePorts,
): Promise<Bytes> {
  const fields = certificateFields(template, publicKey, ports);
  const issuerKeyHash = nodeCrypto.sha256(ports.issuer.publicKey.spki);
  const sct = await ports.certificateLog.submit(issuerKeyHash, encodeTbsCertificate(fields));
  // The list of promises comes last, so that without it the bytes are those that the log promised.
  const extensions = [...fields.extensions, encodeSctListExtension([sct])];
  const tbs = encodeTbsCertificate({ ...fields, extensions });
  return encodeCertificate(tbs, SIGNATURE_ALGORITHM, ports.issuerKey.sign(tbs));
}

function certificateFields(
  template: CertificateTemplate,
  publicKey: PublicKey,
  ports: IssuePorts,
): CertificateFields {
  const now = ports.clock();
  return {
    serial: randomSerial(),
    signatureAlgorithm: SIGNATURE_ALGORITHM,
    issuer: ports.issuer.subject,
    subject: encodeName({}),
    notBefore: now,
    notAfter: now + CERTIFICATE_LIFETIME_SECONDS,
    spki: publicKey.spki,
    extensions: [
      encodeKeyUsage(["digitalSignature"]),
      encodeExtendedKeyUsage("not-critical", [EXTENDED_KEY_USAGE_OIDS.codeSigning]),
      encodeSubjectKeyId(keyIdOf(publicKey.spki)),
      encodeAuthorityKeyId(keyIdOf(ports.issuer.publicKey.spki)),
      encodeSubjectAltName([template.name]),
      ...(template.fields.issuer === null ? [] : [encodeOldIssuerExtension(template.fields.issuer)]),
      ...encodeFulcioExtensions(template.fields),
    ],
  };
}
