// SPDX-License-Identifier: Apache-2.0

import { createHash } from "node:crypto";
import {
  CMS_OIDS,
  type DigestName,
  derExplicit,
  derGeneralizedTime,
  derImplicit,
  derImplicitConstructed,
  derInteger,
  derOctetString,
  derOid,
  derSequence,
  derSetOf,
  encodeDigestAlgorithm,
  encodeMessageImprint,
  encodeSignatureAlgorithm,
} from "@countermark/formats";
import { keyIdOf, TOY_KEYS, TOY_TIME } from "../../support/toy-certificates.ts";
import type { ToyKey } from "../../support/toy-keys.ts";
import { type CertificatePlan, certificateDer, serialOf } from "./certificates.ts";

type Elements = readonly Uint8Array[];
type Rewrite = (elements: Elements) => Elements;

/** A timestamp about to be made; a case changes one field. */
export type StampPlan = {
  readonly signer: ToyKey;
  readonly time: number;
  /** What it is over; null for the signature beside it. */
  readonly over: Uint8Array | null;
  readonly imprintHash: DigestName;
  /** Of the signed content, in the signed attributes. */
  readonly digestHash: DigestName;
  /** Of the authority's certificate. */
  readonly essHash: DigestName;
  /** The type that the signed attributes name, and the bytes whose digest they hold; null for the content's. */
  readonly contentType: string;
  readonly digested: Uint8Array | null;
  /** The authority's certificate, the one that the digest means and the one that is named. */
  readonly authority: CertificatePlan;
  readonly meant: CertificatePlan | null;
  readonly named: CertificatePlan | null;
  readonly signerBy: "issuer-and-serial" | "key-id";
  /** Certificates to put into the response. */
  readonly embedded: readonly CertificatePlan[];
  /** Change the elements of the signed content, of the signed attributes, and of what is around them. */
  readonly info: Rewrite;
  readonly attributes: Rewrite;
  readonly signerInfo: Rewrite;
  readonly signedData: Rewrite;
  readonly response: Rewrite;
};

const asIs: Rewrite = (elements) => elements;

/** A sound timestamp by this authority, ten seconds into the leaf's life. */
export function soundStamp(authority: CertificatePlan): StampPlan {
  return {
    signer: TOY_KEYS.tsaLeaf,
    time: TOY_TIME + 10,
    over: null,
    imprintHash: "sha256",
    digestHash: "sha256",
    essHash: "sha256",
    contentType: CMS_OIDS.tstInfo,
    digested: null,
    authority,
    meant: null,
    named: null,
    signerBy: "issuer-and-serial",
    embedded: [authority],
    info: asIs,
    attributes: asIs,
    signerInfo: asIs,
    signedData: asIs,
    response: asIs,
  };
}

/** The TimeStampResp. @spec rfc3161#2.4.2, rfc5652#5 */
export function stampDer(plan: StampPlan, signature: Uint8Array): Uint8Array {
  const info = infoOf(plan, signature);
  const attributes = plan.attributes([
    attribute(CMS_OIDS.contentType, derOid(plan.contentType)),
    attribute(CMS_OIDS.messageDigest, derOctetString(hash(plan.digestHash, plan.digested ?? info))),
    attribute(CMS_OIDS.signingCertificateV2, derSequence(derSequence(essCertId(plan)))),
  ]);
  const signedBytes = derSetOf(...attributes);
  const signerInfo = plan.signerInfo([
    derInteger(plan.signerBy === "key-id" ? 3 : 1),
    signerOf(plan),
    encodeDigestAlgorithm(plan.digestHash),
    derImplicitConstructed(0, ...attributesOf(signedBytes)),
    encodeSignatureAlgorithm(plan.signer.algorithm),
    derOctetString(plan.signer.sign(signedBytes)),
  ]);
  const signedData = plan.signedData([
    derInteger(3),
    derSetOf(encodeDigestAlgorithm(plan.digestHash)),
    derSequence(derOid(CMS_OIDS.tstInfo), derExplicit(0, derOctetString(info))),
    ...(plan.embedded.length === 0 ? [] : [derImplicitConstructed(0, ...plan.embedded.map(certificateDer))]),
    derSetOf(derSequence(...signerInfo)),
  ]);
  const token = derSequence(derOid(CMS_OIDS.signedData), derExplicit(0, derSequence(...signedData)));
  return derSequence(...plan.response([derSequence(derInteger(0)), token]));
}

/** A signed attribute of one value. */
export function attribute(oid: string, ...values: Elements): Uint8Array {
  return derSequence(derOid(oid), derSetOf(...values));
}

function infoOf(plan: StampPlan, signature: Uint8Array): Uint8Array {
  const imprint = { algorithm: plan.imprintHash, digest: hash(plan.imprintHash, plan.over ?? signature) };
  return derSequence(
    ...plan.info([
      derInteger(1),
      derOid("1.3.6.1.4.1.57264.2"),
      encodeMessageImprint(imprint),
      derInteger(1),
      derGeneralizedTime(plan.time),
    ]),
  );
}

function essCertId({ essHash, meant, authority }: StampPlan): Uint8Array {
  const digest = derOctetString(hash(essHash, certificateDer(meant ?? authority)));
  // SHA-256 is the default, so it is left out.
  return essHash === "sha256" ? derSequence(digest) : derSequence(encodeDigestAlgorithm(essHash), digest);
}

function signerOf({ signerBy, named, authority }: StampPlan): Uint8Array {
  const certificate = named ?? authority;
  return signerBy === "key-id"
    ? derImplicit(0, keyIdOf(certificate.key))
    : derSequence(certificate.issuer, derInteger(certificate.serial ?? serialOf(certificate)));
}

/** The elements of a SET in their order, as one. */
function attributesOf(set: Uint8Array): Elements {
  const headerBytes = (set[1] ?? 0) < 0x80 ? 2 : 2 + ((set[1] ?? 0) & 0x7f);
  return [set.subarray(headerBytes)];
}

export function hash(name: DigestName, bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash(name).update(bytes).digest());
}
