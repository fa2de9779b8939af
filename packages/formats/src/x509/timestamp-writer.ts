// SPDX-License-Identifier: Apache-2.0
import type { Bytes } from "../text/bytes.ts";
import { encodeDigestAlgorithm, encodeSignatureAlgorithm, type SignatureAlgorithm } from "./algorithm.ts";
import type { Certificate } from "./certificate.ts";
import { CMS_OIDS } from "./cms-attributes.ts";
import {
  derExplicit,
  derImplicitConstructed,
  derInteger,
  derOctetString,
  derOid,
  derSequence,
  derSetOf,
} from "./der-writer.ts";
import { encodeTstInfo, type TstInfo } from "./tst-info.ts";

/** A timestamp about to be signed. Digests in it are SHA-256. */
export type UnsignedTimestamp = {
  readonly infoBytes: Uint8Array;
  /** The bytes to sign. */
  readonly signedBytes: Uint8Array;
  readonly attributes: readonly Uint8Array[];
};

/**
 * First half of making a timestamp: what has to be signed.
 *
 * @param certificateSha256 of the authority's certificate.
 * @spec rfc3161#2.4.2, rfc5816#2.2.1
 */
export function encodeUnsignedTimestamp(
  info: TstInfo,
  certificateSha256: Uint8Array,
  sha256: (bytes: Uint8Array) => Uint8Array,
): UnsignedTimestamp {
  const infoBytes = encodeTstInfo(info);
  const essCertId = derSequence(derOctetString(certificateSha256)); // SHA-256 is the default, so it is left out
  const attributes = [
    attribute(CMS_OIDS.contentType, derOid(CMS_OIDS.tstInfo)),
    attribute(CMS_OIDS.messageDigest, derOctetString(sha256(infoBytes))),
    attribute(CMS_OIDS.signingCertificateV2, derSequence(derSequence(essCertId))),
  ];
  return { infoBytes, signedBytes: derSetOf(...attributes), attributes };
}

/**
 * Second half: the TimeStampResp (granted) around a signature over `unsigned.signedBytes`.
 *
 * @param embedded the certificates to put into the response, the signer's first; empty when the request did not ask.
 * @spec rfc3161#2.4.2, rfc5652#5
 */
export function encodeTimestamp(
  unsigned: UnsignedTimestamp,
  signer: Certificate,
  algorithm: SignatureAlgorithm,
  signature: Uint8Array,
  embedded: readonly Certificate[],
): Bytes {
  const sortedAttributes = derSetOf(...unsigned.attributes);
  const signerInfo = derSequence(
    derInteger(1),
    derSequence(signer.issuer, derInteger(signer.serial)),
    encodeDigestAlgorithm("sha256"),
    implicitSet(sortedAttributes),
    encodeSignatureAlgorithm(algorithm),
    derOctetString(signature),
  );
  const certificates = embedded.map(({ der }) => der);
  const signedData = derSequence(
    derInteger(3),
    derSetOf(encodeDigestAlgorithm("sha256")),
    derSequence(derOid(CMS_OIDS.tstInfo), derExplicit(0, derOctetString(unsigned.infoBytes))),
    ...(certificates.length === 0 ? [] : [derImplicitConstructed(0, ...certificates)]),
    derSetOf(signerInfo),
  );
  const granted = derSequence(derInteger(0));
  return derSequence(granted, derSequence(derOid(CMS_OIDS.signedData), derExplicit(0, signedData)));
}

function attribute(oid: string, value: Uint8Array): Bytes {
  return derSequence(derOid(oid), derSetOf(value));
}

/** A SET under the tag `[0]` instead of its own. */
function implicitSet(set: Bytes): Bytes {
  const tagged = set.slice();
  tagged[0] = 0xa0;
  return tagged;
}
