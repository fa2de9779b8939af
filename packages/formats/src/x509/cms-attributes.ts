// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { type DigestName, readDigestAlgorithm } from "./algorithm.ts";
import { DER_TAGS, type DerNode, type DerReader, readDer } from "./der.ts";

export const CMS_OIDS = {
  signedData: "1.2.840.113549.1.7.2",
  tstInfo: "1.2.840.113549.1.9.16.1.4",
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
  signingTime: "1.2.840.113549.1.9.5",
  signingCertificateV2: "1.2.840.113549.1.9.16.2.47",
} as const;

/** The signed attributes that a timestamp token must have. */
export type CmsAttributes = {
  /** The object identifier of the signed content's type. */
  readonly contentType: string;
  readonly messageDigest: Uint8Array;
  /** The digest of the signer's certificate. */
  readonly signingCertificate: { readonly algorithm: DigestName; readonly digest: Uint8Array };
};

const ATTRIBUTES_MAX = 32;

/**
 * Reads the signed attributes: content type, message digest and ESSCertIDv2, each exactly once; others are not read.
 * The older ESSCertID is SHA-1 and does not count.
 *
 * @throws ParseError `missing-field`, `malformed`, `too-many`
 * @spec rfc5652#5.3, rfc5816#2.2.1, rfc5035#3
 */
export function readCmsAttributes(signed: DerNode, what: string): CmsAttributes {
  const values = new Map<string, Uint8Array>();
  const outer = readDer(signed.bytes, what);
  const attributes = outer.enter(signed.tag);
  while (!attributes.atEnd) {
    const fields = attributes.sequence();
    const oid = fields.oid();
    const set = fields.whole(DER_TAGS.set);
    fields.end();
    if (values.has(oid))
      throw new ParseError("malformed", `Cannot read ${what}: the attribute ${oid} is there twice`);
    if (values.size === ATTRIBUTES_MAX)
      throw new ParseError("too-many", `Cannot read ${what}: too many attributes`);
    values.set(oid, set);
  }
  return {
    contentType: single(values, "contentType", what, (reader) => reader.oid()),
    messageDigest: single(values, "messageDigest", what, (reader) => reader.octetString()),
    signingCertificate: single(values, "signingCertificateV2", what, (reader) => readEssCertId(reader, what)),
  };
}

function single<T>(
  values: ReadonlyMap<string, Uint8Array>,
  name: keyof typeof CMS_OIDS,
  what: string,
  read: (reader: DerReader) => T,
): T {
  const set = values.get(CMS_OIDS[name]);
  if (set === undefined) {
    throw new ParseError("missing-field", `Cannot read ${what}: the signed attribute ${name} is absent`);
  }
  const reader = readDer(set, what).set();
  const value = read(reader);
  reader.end();
  return value;
}

/** Reads a SigningCertificateV2; its first certificate is the signer's. */
function readEssCertId(reader: DerReader, what: string): CmsAttributes["signingCertificate"] {
  const signingCertificate = reader.sequence();
  const certificates = signingCertificate.sequence();
  if (!signingCertificate.atEnd) signingCertificate.element(DER_TAGS.sequence); // policies
  signingCertificate.end();
  const first = certificates.sequence();
  const algorithm = first.has(DER_TAGS.sequence) ? readDigestAlgorithm(first, what) : "sha256";
  const digest = first.octetString();
  if (!first.atEnd) first.element(DER_TAGS.sequence); // issuer and serial: said again by the digest
  first.end();
  return { algorithm, digest };
}
