// SPDX-License-Identifier: Apache-2.0
import { type Bytes, utf8 } from "../text/bytes.ts";
import type { Certificate } from "./certificate.ts";
import { encodeExtension } from "./certificate-writer.ts";
import { readDer } from "./der.ts";
import { derUtf8String } from "./der-writer.ts";

const ARC = "1.3.6.1.4.1.57264.1";

/**
 * What a Fulcio certificate says of its signer: claim -> extension. Numbers 1 to 6 are the older spellings without a DER
 * type; they are never read.
 *
 * @spec github.com/sigstore/fulcio/blob/main/docs/oid-info.md
 */
export const FULCIO_CLAIM_OIDS = {
  issuer: `${ARC}.8`,
  buildSignerUri: `${ARC}.9`,
  buildSignerDigest: `${ARC}.10`,
  runnerEnvironment: `${ARC}.11`,
  sourceRepositoryUri: `${ARC}.12`,
  sourceRepositoryDigest: `${ARC}.13`,
  sourceRepositoryRef: `${ARC}.14`,
  sourceRepositoryId: `${ARC}.15`,
  ownerUri: `${ARC}.16`,
  ownerId: `${ARC}.17`,
  buildConfigUri: `${ARC}.18`,
  buildConfigDigest: `${ARC}.19`,
  buildTrigger: `${ARC}.20`,
  runInvocationUri: `${ARC}.21`,
  visibility: `${ARC}.22`,
  environment: `${ARC}.23`,
  subject: `${ARC}.24`,
} as const;

export type FulcioClaim = keyof typeof FULCIO_CLAIM_OIDS;

/** Every claim, null when the certificate does not make it. */
export type FulcioClaims = { readonly [claim in FulcioClaim]: string | null };

/** Fulcio's otherName for user names (.7). */
export const FULCIO_USERNAME_OID = `${ARC}.7`;

/** Object.keys forgets the names' type. */
const CLAIMS = Object.keys(FULCIO_CLAIM_OIDS) as readonly FulcioClaim[];
const CLAIM_OF_OID: ReadonlyMap<string, FulcioClaim> = new Map(
  CLAIMS.map((claim) => [FULCIO_CLAIM_OIDS[claim], claim]),
);

/** Reads the extensions .8 to .24, each one UTF8String. @throws ParseError `not-der`, `not-utf8`, `trailing-data` */
export function parseFulcioExtensions(certificate: Certificate): FulcioClaims {
  const claims: { -readonly [claim in FulcioClaim]: string | null } = { ...NO_FULCIO_CLAIMS };
  for (const extension of certificate.extensions) {
    const claim = CLAIM_OF_OID.get(extension.oid);
    if (claim === undefined) continue;
    const reader = readDer(extension.value, `certificate extension ${claim}`);
    claims[claim] = reader.utf8String();
    reader.end();
  }
  return claims;
}

/** The issuer under its older number, its bare bytes: sigstore-python compares no other. @spec github.com/sigstore/fulcio/blob/main/docs/oid-info.md */
export function encodeOldIssuerExtension(issuer: string): Bytes {
  return encodeExtension(`${ARC}.1`, "not-critical", utf8(issuer));
}

/** The extensions of those claims that are not null, in the order of their numbers. */
export function encodeFulcioExtensions(claims: FulcioClaims): readonly Bytes[] {
  return CLAIMS.flatMap((claim) => {
    const text = claims[claim];
    return text === null
      ? []
      : [encodeExtension(FULCIO_CLAIM_OIDS[claim], "not-critical", derUtf8String(text))];
  });
}

export const NO_FULCIO_CLAIMS: FulcioClaims = {
  issuer: null,
  buildSignerUri: null,
  buildSignerDigest: null,
  runnerEnvironment: null,
  sourceRepositoryUri: null,
  sourceRepositoryDigest: null,
  sourceRepositoryRef: null,
  sourceRepositoryId: null,
  ownerUri: null,
  ownerId: null,
  buildConfigUri: null,
  buildConfigDigest: null,
  buildTrigger: null,
  runInvocationUri: null,
  visibility: null,
  environment: null,
  subject: null,
};
