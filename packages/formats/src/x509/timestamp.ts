// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { TIMESTAMP_BYTES_MAX } from "../limits.ts";
import { type Bytes, concat } from "../text/bytes.ts";
import {
  type DigestName,
  readCmsSignatureAlgorithm,
  readDigestAlgorithm,
  type SignatureAlgorithm,
} from "./algorithm.ts";
import { CMS_OIDS, type CmsAttributes, readCmsAttributes } from "./cms-attributes.ts";
import { contextConstructed, contextPrimitive, DER_TAGS, type DerReader, readDer } from "./der.ts";
import { parseTstInfo, type TstInfo } from "./tst-info.ts";

/** An RFC 3161 response that grants a timestamp. Nothing in it is believed yet. */
export type Timestamp = {
  /** The whole response. */
  readonly der: Uint8Array;
  /** The signed content, and its octets. */
  readonly info: TstInfo;
  readonly infoBytes: Uint8Array;
  readonly signer: TimestampSigner;
  readonly digestAlgorithm: DigestName;
  readonly signatureAlgorithm: SignatureAlgorithm;
  readonly signature: Uint8Array;
  readonly attributes: CmsAttributes;
  /** What the signature covers: the signed attributes under the tag of a SET. */
  readonly signedBytes: Uint8Array;
};

/** Which certificate signed: by issuer and serial number, or by subject key identifier. */
export type TimestampSigner =
  | { readonly kind: "issuer-and-serial"; readonly issuer: Uint8Array; readonly serial: Uint8Array }
  | { readonly kind: "key-id"; readonly keyId: Uint8Array };

const STATUS_GRANTED = 0;
const STATUS_GRANTED_WITH_MODIFICATIONS = 1;
const STATUS_MAX = 5;

/**
 * Reads a TimeStampResp with a token of exactly one signer. Certificates and revocation lists inside are skipped: whose
 * timestamps are believed is for the trusted root to say.
 *
 * @throws ParseError `too-large`, `not-der`, `truncated`, `trailing-data`, `unsupported`, `malformed`, `missing-field`
 * @spec rfc3161#2.4.2, rfc5652#5, rfc5816#2.2
 */
export function parseTimestamp(der: Uint8Array, what = "timestamp"): Timestamp {
  if (der.length > TIMESTAMP_BYTES_MAX) {
    throw new ParseError(
      "too-large",
      `Cannot read ${what}: ${der.length} bytes, at most ${TIMESTAMP_BYTES_MAX}`,
    );
  }
  const outer = readDer(der, what);
  const response = outer.sequence();
  outer.end();
  readGranted(response, what);
  const token = response.sequence();
  response.end();
  expectOid(token, CMS_OIDS.signedData, what);
  const wrapped = token.explicit(0);
  token.end();
  const signedData = wrapped.sequence();
  wrapped.end();
  const infoBytes = readSignedDataHead(signedData, what);
  const signerInfos = signedData.set();
  signedData.end();
  const signerInfo = signerInfos.sequence();
  signerInfos.end();
  return { der, info: parseTstInfo(infoBytes, what), infoBytes, ...readSignerInfo(signerInfo, what) };
}

/** @throws ParseError `unsupported` for a response that grants nothing */
function readGranted(response: DerReader, what: string): void {
  const statusInfo = response.sequence();
  const status = statusInfo.smallInteger(STATUS_MAX);
  if (statusInfo.has(DER_TAGS.sequence)) statusInfo.skip();
  if (statusInfo.has(DER_TAGS.bitString)) statusInfo.skip();
  statusInfo.end();
  if (status !== STATUS_GRANTED && status !== STATUS_GRANTED_WITH_MODIFICATIONS) {
    throw new ParseError(
      "unsupported",
      `Cannot read ${what}: the authority refused it with status ${status}`,
    );
  }
}

/** Reads a SignedData up to its signers. @returns the octets of the TSTInfo */
function readSignedDataHead(signedData: DerReader, what: string): Uint8Array {
  if (signedData.smallInteger(5) !== 3) {
    throw new ParseError("unsupported", `Cannot read ${what}: only SignedData of version 3 is accepted`);
  }
  signedData.element(DER_TAGS.set); // digest algorithms: the signer names his own
  const content = signedData.sequence();
  expectOid(content, CMS_OIDS.tstInfo, what);
  const octets = content.explicit(0);
  content.end();
  const infoBytes = octets.octetString();
  octets.end();
  if (signedData.has(contextConstructed(0))) signedData.skip(); // certificates
  if (signedData.has(contextConstructed(1))) signedData.skip(); // revocation lists
  return infoBytes;
}

function readSignerInfo(signerInfo: DerReader, what: string) {
  const version = signerInfo.smallInteger(5);
  const signer = readSigner(signerInfo);
  if (version !== (signer.kind === "key-id" ? 3 : 1)) {
    throw new ParseError(
      "malformed",
      `Cannot read ${what}: version ${version} does not fit how the signer is named`,
    );
  }
  const digestAlgorithm = readDigestAlgorithm(signerInfo, what);
  const signed = signerInfo.element(contextConstructed(0));
  const attributes = readCmsAttributes(signed, what);
  const signatureAlgorithm = readCmsSignatureAlgorithm(signerInfo, digestAlgorithm, what);
  const signature = signerInfo.octetString();
  if (signerInfo.has(contextConstructed(1))) signerInfo.skip(); // unsigned attributes
  signerInfo.end();
  return {
    signer,
    digestAlgorithm,
    signatureAlgorithm,
    signature,
    attributes,
    signedBytes: asSet(signed.bytes),
  };
}

function readSigner(signerInfo: DerReader): TimestampSigner {
  if (signerInfo.has(contextPrimitive(0))) {
    return { kind: "key-id", keyId: signerInfo.content(contextPrimitive(0)) };
  }
  const fields = signerInfo.sequence();
  const issuer = fields.whole(DER_TAGS.sequence);
  const serial = fields.integer();
  fields.end();
  return { kind: "issuer-and-serial", issuer, serial };
}

/** The signature covers the attributes as a SET OF, although they stand under `[0]`. @spec rfc5652#5.4 */
function asSet(attributes: Uint8Array): Bytes {
  return concat(Uint8Array.of(DER_TAGS.set), attributes.subarray(1));
}

function expectOid(reader: DerReader, wanted: string, what: string): void {
  const found = reader.oid();
  if (found !== wanted)
    throw new ParseError("unsupported", `Cannot read ${what}: wanted the type ${wanted}, found ${found}`);
}
