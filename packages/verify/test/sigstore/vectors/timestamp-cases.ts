// SPDX-License-Identifier: Apache-2.0
// vectors/sigstore/timestamps.json
import {
  CMS_OIDS,
  DER_TAGS,
  derBoolean,
  derElement,
  derExplicit,
  derImplicit,
  derImplicitConstructed,
  derInteger,
  derNull,
  derOid,
  derSequence,
  encodeExtension,
  encodeMessageImprint,
  encodeName,
  utf8,
} from "@countermark/formats";
import { TOY_KEYS, TOY_TIME, withExtension } from "../../support/toy-certificates.ts";
import { toyEcdsa, toyEd25519, toyP256, toyRsa } from "../../support/toy-keys.ts";
import { believed, type Case, type Given, refused } from "./cases.ts";
import type { CertificatePlan } from "./certificates.ts";
import { attribute, type StampPlan } from "./stamps.ts";
import { at, MESSAGE, PLANS, SOUND_ROOT, STAMP, TSA, type Window } from "./world.ts";

const { stranger } = TOY_KEYS;

export const NOTHING = new Uint8Array(0);

/** In place of an element. */
export const instead =
  (at: number, ...elements: readonly Uint8Array[]) =>
  (all: readonly Uint8Array[]) =>
    all.toSpliced(at, 1, ...elements);

export const stamp = (...changes: readonly Partial<StampPlan>[]): Given => ({
  bundle: { ...MESSAGE, timestamps: changes.map((change) => ({ ...STAMP, ...change })) },
});

const tsaWindow = (validFor: Window): Given => ({ root: { ...SOUND_ROOT, tsas: [{ ...TSA, validFor }] } });

export function content(): Uint8Array {
  if (MESSAGE.content.kind !== "artifact") throw new TypeError("The sound bundle is of a message");
  return MESSAGE.content.bytes;
}

const other = toyP256("another tsa");

const otherAuthority: CertificatePlan = {
  ...PLANS.tsaLeaf,
  key: other,
  extensions: withExtension(PLANS.tsaLeaf, {}).extensions,
};

/** The authority with another kind of key. */
const byKey = (key: StampPlan["signer"]): Given => {
  const authority: CertificatePlan = { ...PLANS.tsaLeaf, key };
  return {
    ...stamp({ signer: key, authority, embedded: [authority], digestHash: key.hash }),
    root: { ...SOUND_ROOT, tsas: [{ ...TSA, certificates: [authority, PLANS.tsaRoot] }] },
  };
};

const forms: readonly Case[] = [
  believed(
    "a timestamp with its authority's certificate",
    "Certificates inside are not looked at: the trusted root has the authority's.",
  ),
  believed("a timestamp without certificates", "Nobody asked for them.", stamp({ embedded: [] })),
  believed(
    "a timestamp with its whole chain",
    "Certificates inside are not looked at.",
    stamp({ embedded: [PLANS.tsaLeaf, PLANS.tsaRoot] }),
  ),
  believed("a certificate named by SHA-384", "ESSCertIDv2 with an algorithm.", stamp({ essHash: "sha384" })),
  believed("a certificate named by SHA-512", "ESSCertIDv2 with an algorithm.", stamp({ essHash: "sha512" })),
  believed(
    "an imprint by SHA-384",
    "The signature's digest by another hash.",
    stamp({ imprintHash: "sha384" }),
  ),
  believed(
    "an imprint by SHA-512",
    "The signature's digest by another hash.",
    stamp({ imprintHash: "sha512" }),
  ),
  believed("an authority named by key id", "A SignerInfo of version 3.", stamp({ signerBy: "key-id" })),
  believed(
    "a timestamp granted with modifications",
    "Status 1.",
    stamp({ response: instead(0, derSequence(derInteger(1))) }),
  ),
  believed(
    "a timestamp with accuracy, ordering and nonce",
    "What else a TSTInfo may say.",
    stamp({
      info: (all) => [
        ...all,
        derSequence(derInteger(1), derImplicit(0, Uint8Array.of(5)), derImplicit(1, Uint8Array.of(7))),
        derBoolean(true),
        derInteger(99),
      ],
    }),
  ),
  believed(
    "a timestamp with a fraction of a second",
    "The fraction is cut off.",
    stamp({ info: instead(4, derElement(DER_TAGS.generalizedTime, utf8("20260528202650.5Z"))) }),
  ),
  believed(
    "a timestamp with an extension that is not critical",
    "Not looked at.",
    stamp({
      info: (all) => [
        ...all,
        derImplicitConstructed(1, encodeExtension("1.2.3.4", "not-critical", derNull())),
      ],
    }),
  ),
  believed(
    "a timestamp with its authority's name",
    "Its certificate says it better.",
    stamp({ info: (all) => [...all, derExplicit(0, derElement(0xa4, encodeName({ commonName: "tsa" })))] }),
  ),
  believed(
    "a timestamp with other signed attributes",
    "The signing time is the authority's own word again.",
    stamp({
      attributes: (all) => [
        ...all,
        attribute(CMS_OIDS.signingTime, derElement(DER_TAGS.utcTime, utf8("260528202650Z"))),
      ],
    }),
  ),
  believed(
    "a timestamp with unsigned attributes",
    "Nobody signed them, nobody reads them.",
    stamp({ signerInfo: (all) => [...all, derImplicitConstructed(1, attribute("1.2.3.4", derNull()))] }),
  ),
  believed(
    "a digest algorithm with NULL parameters",
    "Both spellings are met.",
    stamp({ signerInfo: instead(2, derSequence(derOid("2.16.840.1.101.3.4.2.1"), derNull())) }),
  ),
  believed(
    "two timestamps",
    "Both hold; the earlier is the time.",
    stamp({ time: TOY_TIME + 20 }, { time: TOY_TIME + 15 }),
  ),
  believed("four timestamps", "As many as are read.", stamp({}, {}, {}, {})),
  refused("too-many", "five timestamps", "More than are read.", stamp({}, {}, {}, {}, {})),
  believed("an authority with a P-384 key", "Signed with SHA-384.", byKey(toyEcdsa("p384", "tsa"))),
  believed("an authority with a P-521 key", "Signed with SHA-512.", byKey(toyEcdsa("p521", "tsa"))),
  believed("an authority with an RSA key", "Signed by PKCS #1 version 1.5.", byKey(toyRsa(2048))),
  believed(
    "an authority with an Ed25519 key",
    "Signed over the attributes themselves.",
    byKey(toyEd25519("tsa")),
  ),
];

const trust: readonly Case[] = [
  refused("timestamp-missing", "no timestamp", "An entry of Rekor v2 brings no time of its own.", stamp()),
  refused(
    "timestamp-missing",
    "an empty list of timestamps",
    "sigstore-browser before 0.1.14 took this for a timestamp.",
    {
      bundle: { ...MESSAGE, changes: { "/verificationMaterial/timestampVerificationData": {} } },
    },
  ),
  refused("timestamp-authority-unknown", "no timestamp authority at all", "The trusted root has none.", {
    root: { ...SOUND_ROOT, tsas: [] },
  }),
  refused(
    "timestamp-authority-unknown",
    "named by another issuer",
    "The serial number alone names nobody.",
    stamp({ named: { ...PLANS.tsaLeaf, issuer: encodeName({ commonName: "other" }) } }),
  ),
  refused(
    "timestamp-authority-unknown",
    "named by another serial number",
    "The issuer alone names nobody.",
    stamp({ named: { ...PLANS.tsaLeaf, serial: Uint8Array.of(1) } }),
  ),
  refused(
    "timestamp-authority-unknown",
    "named by another key id",
    "No authority has that key.",
    stamp({ signerBy: "key-id", named: otherAuthority }),
  ),
  refused(
    "timestamp-authority-unknown",
    "named by key id, where the authority has none",
    "Its certificate does not say which key it is.",
    {
      ...stamp({ signerBy: "key-id" }),
      root: {
        ...SOUND_ROOT,
        tsas: [
          { ...TSA, certificates: [withExtension(PLANS.tsaLeaf, { subjectKeyId: NOTHING }), PLANS.tsaRoot] },
        ],
      },
    },
  ),
  refused(
    "timestamp-authority-unknown",
    "signed by a stranger who embeds a certificate of his own",
    "GHSA-xm5m-wgh2-rrg3, CVE-2026-39984 of timestamp-authority: constraints were checked on another certificate of the bag than the one that signed.",
    stamp({ signer: other, authority: otherAuthority, embedded: [otherAuthority, PLANS.tsaLeaf] }),
  ),
  refused(
    "timestamp-signature",
    "signed by a stranger in the authority's name",
    "GHSA-xm5m-wgh2-rrg3, CVE-2026-39984 of timestamp-authority: the authority's certificate is there, and another key signed.",
    stamp({ signer: other }),
  ),
  refused(
    "timestamp-signature",
    "a wrong timestamp after a good one",
    "One that cannot be believed is a refusal, also beside others.",
    stamp({}, { signer: stranger }),
  ),
  refused(
    "timestamp-signature",
    "a wrong timestamp before a good one",
    "One that cannot be believed is a refusal, also beside others.",
    stamp({ signer: stranger }, {}),
  ),
  refused(
    "timestamp-certificate",
    "another certificate is meant",
    "ESSCertIDv2 holds the digest of another certificate.",
    stamp({ meant: PLANS.tsaRoot }),
  ),
  refused(
    "timestamp-certificate",
    "another certificate is meant, by SHA-384",
    "ESSCertIDv2 holds the digest of another certificate.",
    stamp({ meant: PLANS.tsaRoot, essHash: "sha384" }),
  ),
  refused(
    "timestamp-content-type",
    "the attributes are of another type of content",
    "A signature over other content must not be taken for a timestamp.",
    stamp({ contentType: "1.2.840.113549.1.7.1" }),
  ),
  refused(
    "timestamp-digest",
    "the attributes are of another content",
    "The signature covers the digest of something else.",
    stamp({ digested: utf8("other") }),
  ),
  refused(
    "timestamp-imprint",
    "over another signature",
    "The imprint is of other bytes.",
    stamp({ over: utf8("other") }),
  ),
  refused(
    "timestamp-imprint",
    "over the artifact",
    "The imprint must be of the signature.",
    stamp({ over: content() }),
  ),
  refused(
    "timestamp-imprint",
    "the imprint is of another hash than it says",
    "SHA-256 twice is not SHA-512.",
    stamp({
      info: instead(2, encodeMessageImprint({ algorithm: "sha512", digest: new Uint8Array(64) })),
    }),
  ),
  believed(
    "the first second of the authority's window",
    "Windows of a trusted root are closed intervals.",
    tsaWindow({ start: at(10) }),
  ),
  believed(
    "the last second of the authority's window",
    "Windows of a trusted root are closed intervals.",
    tsaWindow({ start: at(-60), end: at(10) }),
  ),
  refused(
    "authority-outside-window",
    "a second before the authority's window",
    "The window starts one second after the time.",
    tsaWindow({ start: at(11) }),
  ),
  refused(
    "authority-outside-window",
    "a second after the authority's window",
    "The window ended one second before the time.",
    tsaWindow({ start: at(-60), end: at(9) }),
  ),
  believed("an authority listed for two windows", "The one that holds the time counts.", {
    root: { ...SOUND_ROOT, tsas: [{ ...TSA, validFor: { start: at(-60), end: at(9) } }, TSA] },
  }),
  believed("the second of two authorities", "The first of the list is another one.", {
    root: { ...SOUND_ROOT, tsas: [{ ...TSA, certificates: [otherAuthority, PLANS.tsaRoot] }, TSA] },
  }),
  refused(
    "authority-outside-window",
    "between two windows of the authority",
    "Listed twice, and trusted at neither time.",
    {
      root: {
        ...SOUND_ROOT,
        tsas: [
          { ...TSA, validFor: { start: at(-60), end: at(9) } },
          { ...TSA, validFor: { start: at(11) } },
        ],
      },
    },
  ),
  ...(["tsaLeaf", "tsaRoot"] as const).flatMap((name) => {
    const plan = PLANS[name];
    const withPlan = (change: Partial<CertificatePlan>): Given => {
      const found = { ...plan, ...change };
      const certificates = TSA.certificates.map((one) => (one === plan ? found : one));
      const named = name === "tsaLeaf" ? { authority: found, embedded: [found] } : {};
      return { ...stamp(named), root: { ...SOUND_ROOT, tsas: [{ ...TSA, certificates }] } };
    };
    const what = name === "tsaLeaf" ? "authority's certificate" : "authority's root";
    return [
      believed(
        `the first second of the ${what}`,
        "Validity is a closed interval.",
        withPlan({ notBefore: TOY_TIME + 10 }),
      ),
      believed(
        `the last second of the ${what}`,
        "Validity is a closed interval.",
        withPlan({ notAfter: TOY_TIME + 10 }),
      ),
      refused(
        "authority-expired",
        `a second before the ${what}`,
        "It was not yet valid.",
        withPlan({ notBefore: TOY_TIME + 11 }),
      ),
      refused(
        "authority-expired",
        `a second after the ${what}`,
        "It had expired.",
        withPlan({ notAfter: TOY_TIME + 9 }),
      ),
    ];
  }),
];

export function twice(set: Uint8Array): readonly Uint8Array[] {
  const element = set.subarray((set[1] ?? 0) < 0x80 ? 2 : 2 + ((set[1] ?? 0) & 0x7f));
  return [element, element];
}

export const TIMESTAMP_CASES = [...forms, ...trust];
