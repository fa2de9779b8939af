// SPDX-License-Identifier: Apache-2.0
// vectors/sigstore/timestamps.json: timestamps that are none.
import {
  CMS_OIDS,
  concat,
  DER_TAGS,
  derBitString,
  derBoolean,
  derElement,
  derExplicit,
  derImplicitConstructed,
  derInteger,
  derNull,
  derOctetString,
  derOid,
  derSequence,
  derSet,
  derUtf8String,
  encodeDigestAlgorithm,
  encodeExtension,
  utf8,
} from "@countermark/formats";
import { sha256 } from "../../support/toy-certificates.ts";
import { believed, type Case, type Given, refused } from "./cases.ts";
import type {} from "./certificates.ts";
import { base64 } from "./json.ts";
import { attribute, stampDer } from "./stamps.ts";
import { content, instead, NOTHING, stamp, twice } from "./timestamp-cases.ts";
import { MESSAGE, STAMP } from "./world.ts";

const raw = (change: (der: Uint8Array) => Uint8Array): Given => {
  const der = stampDer(STAMP, MESSAGE.signer.sign(content()));
  const path = "/verificationMaterial/timestampVerificationData/rfc3161Timestamps/0/signedTimestamp";
  return { bundle: { ...MESSAGE, changes: { [path]: base64(change(der)) } } };
};

const criticalExtension = derImplicitConstructed(1, encodeExtension("1.2.3.4", "critical", derNull()));

export const TIMESTAMP_ENCODING_CASES: readonly Case[] = [
  refused(
    "trailing-data",
    "bytes after the response",
    "One response, and nothing after it.",
    raw((der) => concat(der, Uint8Array.of(0))),
  ),
  refused(
    "truncated",
    "a response cut short",
    "Its last byte is absent.",
    raw((der) => der.subarray(0, -1)),
  ),
  refused(
    "unsupported",
    "a response that grants nothing",
    "Status 2 is a rejection.",
    stamp({ response: instead(0, derSequence(derInteger(2))) }),
  ),
  believed(
    "a response that says why",
    "A status text may stand beside it.",
    stamp({
      response: instead(
        0,
        derSequence(
          derInteger(0),
          derSequence(derUtf8String("granted")),
          derBitString(Uint8Array.of(0x80), 7),
        ),
      ),
    }),
  ),
  refused(
    "unsupported",
    "a token that is no SignedData",
    "Of another content type.",
    stamp({
      response: (all) => [
        ...all.slice(0, 1),
        derSequence(derOid("1.2.840.113549.1.7.1"), derExplicit(0, derOctetString(NOTHING))),
      ],
    }),
  ),
  refused(
    "unsupported",
    "a SignedData of version 1",
    "RFC 5652 wants version 3 for this content.",
    stamp({ signedData: instead(0, derInteger(1)) }),
  ),
  refused(
    "unsupported",
    "content of another type",
    "It holds no TSTInfo.",
    stamp({
      signedData: instead(
        2,
        derSequence(derOid("1.2.840.113549.1.7.1"), derExplicit(0, derOctetString(NOTHING))),
      ),
    }),
  ),
  refused(
    "trailing-data",
    "two signers",
    "A timestamp has one.",
    stamp({ signedData: (all) => [...all.slice(0, -1), derSet(...twice(all.at(-1) ?? NOTHING))] }),
  ),
  refused(
    "truncated",
    "no signer",
    "A timestamp has one.",
    stamp({ signedData: (all) => [...all.slice(0, -1), derSet()] }),
  ),
  refused(
    "malformed",
    "a signer named by issuer under version 3",
    "The version says how the signer is named.",
    stamp({ signerInfo: instead(0, derInteger(3)) }),
  ),
  refused(
    "malformed",
    "a signer named by key id under version 1",
    "The version says how the signer is named.",
    stamp({ signerBy: "key-id", signerInfo: instead(0, derInteger(1)) }),
  ),
  refused(
    "unsupported",
    "a digest by SHA-1",
    "SHA-1 is not accepted.",
    stamp({ signerInfo: instead(2, derSequence(derOid("1.3.14.3.2.26"))) }),
  ),
  refused(
    "unsupported",
    "a TSTInfo of version 2",
    "Only version 1 is known.",
    stamp({ info: instead(0, derInteger(2)) }),
  ),
  refused(
    "unsupported",
    "an unknown critical extension",
    "What is critical must be understood.",
    stamp({ info: (all) => [...all, criticalExtension] }),
  ),
  refused(
    "out-of-range",
    "an imprint of the wrong length",
    "A SHA-256 digest has 32 bytes.",
    stamp({
      info: instead(2, derSequence(encodeDigestAlgorithm("sha256"), derOctetString(new Uint8Array(31)))),
    }),
  ),
  refused(
    "not-der",
    "a time without seconds",
    "Times have one spelling.",
    stamp({ info: instead(4, derElement(DER_TAGS.generalizedTime, utf8("202605282026Z"))) }),
  ),
  refused(
    "out-of-range",
    "a time that the calendar does not have",
    "The 31st of June.",
    stamp({ info: instead(4, derElement(DER_TAGS.generalizedTime, utf8("20260631202650Z"))) }),
  ),
  refused(
    "not-der",
    "a time with an offset",
    "Times are in UTC.",
    stamp({ info: instead(4, derElement(DER_TAGS.generalizedTime, utf8("20260528202650+0000"))) }),
  ),
  refused(
    "not-der",
    "a fraction that ends with a zero",
    "Times have one spelling.",
    stamp({ info: instead(4, derElement(DER_TAGS.generalizedTime, utf8("20260528202650.50Z"))) }),
  ),
  refused(
    "missing-field",
    "no content type in the signed attributes",
    "Without it the signature may be over anything.",
    stamp({ attributes: (all) => all.toSpliced(0, 1) }),
  ),
  refused(
    "missing-field",
    "no digest in the signed attributes",
    "Without it the signature covers no content.",
    stamp({ attributes: (all) => all.toSpliced(1, 1) }),
  ),
  refused(
    "missing-field",
    "no certificate in the signed attributes",
    "RFC 3161 wants the signer's certificate named.",
    stamp({ attributes: (all) => all.toSpliced(2, 1) }),
  ),
  refused(
    "missing-field",
    "a certificate named by SHA-1 only",
    "The older ESSCertID does not count.",
    stamp({
      attributes: instead(
        2,
        attribute(
          "1.2.840.113549.1.9.16.2.12",
          derSequence(derSequence(derSequence(derOctetString(new Uint8Array(20))))),
        ),
      ),
    }),
  ),
  refused(
    "malformed",
    "a signed attribute twice",
    "Which of the two counts?",
    stamp({
      attributes: (all) => [...all, attribute(CMS_OIDS.messageDigest, derOctetString(sha256(NOTHING)))],
    }),
  ),
  refused(
    "trailing-data",
    "a signed attribute of two values",
    "Content type, digest and certificate have one.",
    stamp({
      attributes: instead(0, attribute(CMS_OIDS.contentType, derOid(CMS_OIDS.tstInfo), derOid("1.2.3.4"))),
    }),
  ),
  refused(
    "not-der",
    "no signed attributes",
    "The signature would be over the content itself.",
    stamp({ signerInfo: (all) => all.toSpliced(3, 1) }),
  ),
  refused(
    "not-der",
    "ordering that is said to be false",
    "A default value is left out.",
    stamp({ info: (all) => [...all, derBoolean(false)] }),
  ),
];
