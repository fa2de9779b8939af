// SPDX-License-Identifier: Apache-2.0
// vectors/sigstore/certificates.json: certificates that are none.
import {
  concat,
  DER_TAGS,
  derBoolean,
  derElement,
  derExplicit,
  derImplicit,
  derInteger,
  derNull,
  derOctetString,
  derOid,
  derSequence,
  encodeKeyUsage,
  encodeSignatureAlgorithm,
} from "@countermark/formats";
import { believed, type Case, type Given, refused } from "./cases.ts";
import { extended, leaf, NOTHING, outside } from "./certificate-cases.ts";
import { leafDer } from "./certificates.ts";
import { base64 } from "./json.ts";
import { LEAF, MESSAGE, PLANS, SCT } from "./world.ts";

const fields = (change: (elements: readonly Uint8Array[]) => readonly Uint8Array[]): Given =>
  leaf({ tbs: change });

const SHA1_ECDSA = derSequence(derOid("1.2.840.10045.4.1"));

const SHA384_ECDSA = encodeSignatureAlgorithm({ kind: "ecdsa", hash: "sha384" });

const sound = leafDer(LEAF, [SCT], PLANS.intermediate.key);

const rawBytes = (der: Uint8Array): Given => ({
  bundle: { ...MESSAGE, changes: { "/verificationMaterial/certificate/rawBytes": base64(der) } },
});

export const CERTIFICATE_ENCODING_CASES: readonly Case[] = [
  refused(
    "trailing-data",
    "bytes after the certificate",
    "One certificate, and nothing after it.",
    rawBytes(concat(sound, Uint8Array.of(0))),
  ),
  refused(
    "truncated",
    "a certificate cut short",
    "Its last byte is absent.",
    rawBytes(sound.subarray(0, -1)),
  ),
  refused(
    "not-der",
    "a certificate of indefinite length",
    "DER has definite lengths.",
    rawBytes(concat(Uint8Array.of(0x30, 0x80), sound.subarray(4), new Uint8Array(2))),
  ),
  refused(
    "not-der",
    "a length that is longer than it must be",
    "DER has one spelling of a length.",
    rawBytes(concat(Uint8Array.of(0x30, 0x83, 0), sound.subarray(2))),
  ),
  refused(
    "unsupported",
    "a certificate of version 1",
    "Only version 3 has extensions.",
    fields((elements) => elements.slice(1)),
  ),
  refused(
    "unsupported",
    "a certificate of version 2",
    "Only version 3 has extensions.",
    fields(([, ...rest]) => [derExplicit(0, derInteger(1)), ...rest]),
  ),
  refused(
    "out-of-range",
    "a serial number of zero",
    "Serial numbers are positive.",
    outside({ serial: Uint8Array.of(0) }),
  ),
  refused(
    "out-of-range",
    "a serial number below zero",
    "Serial numbers are positive.",
    fields(([version = NOTHING, , ...rest]) => [
      version,
      derElement(DER_TAGS.integer, Uint8Array.of(0x80)),
      ...rest,
    ]),
  ),
  believed(
    "a serial number of 20 bytes",
    "The longest there is.",
    outside({ serial: new Uint8Array(20).fill(0x7f) }),
  ),
  refused(
    "out-of-range",
    "a serial number of 21 bytes",
    "One byte too long.",
    outside({ serial: new Uint8Array(21).fill(0x7f) }),
  ),
  refused(
    "malformed",
    "two signature algorithms that differ",
    "The algorithm is there twice, and only the inner one is signed.",
    outside({ outerAlgorithm: SHA384_ECDSA }),
  ),
  refused(
    "certificate-signature",
    "an algorithm that is not the one used",
    "Both places name SHA-384, the signature is over SHA-256.",
    outside({ innerAlgorithm: SHA384_ECDSA, outerAlgorithm: SHA384_ECDSA }),
  ),
  refused(
    "unsupported",
    "an algorithm with SHA-1",
    "SHA-1 is not accepted.",
    outside({ innerAlgorithm: SHA1_ECDSA, outerAlgorithm: SHA1_ECDSA }),
  ),
  refused(
    "unsupported",
    "unique identifiers",
    "Nobody writes them, so nobody can be misled by them.",
    fields((elements) => [
      ...elements.slice(0, -1),
      derImplicit(1, new Uint8Array(2)),
      ...elements.slice(-1),
    ]),
  ),
  refused(
    "malformed",
    "an extension twice",
    "Which of the two counts?",
    extended({ again: encodeKeyUsage(["digitalSignature"]) }),
  ),
  refused(
    "not-der",
    "an extension that says it is not critical",
    "A default value is left out.",
    extended({ unknown: derSequence(derOid("1.2.3.4"), derBoolean(false), derOctetString(derNull())) }),
  ),
  refused(
    "truncated",
    "no extensions",
    "The wrapper is there, and empty.",
    fields((elements) => [...elements.slice(0, -1), derExplicit(3)]),
  ),
];
