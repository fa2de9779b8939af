// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { CERTIFICATE_BYTES_MAX } from "../limits.ts";
import { readSignatureAlgorithm, type SignatureAlgorithm } from "./algorithm.ts";
import { contextConstructed, DER_TAGS, readDer } from "./der.ts";
import { type PublicKey, parsePublicKey } from "./public-key.ts";

/** A PKCS #10 request, read for its key and the proof of possession only. */
export type CertificateRequest = {
  /** What the request's own key signed. */
  readonly signedBytes: Uint8Array;
  readonly publicKey: PublicKey;
  readonly signatureAlgorithm: SignatureAlgorithm;
  readonly signature: Uint8Array;
};

/**
 * Reads a CertificationRequest. Its subject and attributes are skipped: who it is for, the identity token says.
 *
 * @throws ParseError `too-large`, `not-der`, `unsupported`
 * @spec rfc2986#4
 */
export function parseCertificateRequest(der: Uint8Array): CertificateRequest {
  const what = "certificate request";
  if (der.length > CERTIFICATE_BYTES_MAX)
    throw new ParseError("too-large", `Cannot read ${what}: ${der.length} bytes`);
  const outer = readDer(der, what);
  const request = outer.sequence();
  outer.end();
  const info = request.element(DER_TAGS.sequence);
  const signatureAlgorithm = readSignatureAlgorithm(request, what);
  const signature = request.bitStringOctets();
  request.end();
  const fields = readDer(info.bytes, what).sequence();
  if (fields.smallInteger(255) !== 0)
    throw new ParseError("unsupported", `Cannot read ${what}: wanted version 1`);
  fields.element(DER_TAGS.sequence); // subject
  const publicKey = parsePublicKey(fields.whole(DER_TAGS.sequence), `public key of ${what}`);
  fields.element(contextConstructed(0)); // attributes
  fields.end();
  return { signedBytes: info.bytes, publicKey, signatureAlgorithm, signature };
}
