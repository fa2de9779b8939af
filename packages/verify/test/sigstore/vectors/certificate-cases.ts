// SPDX-License-Identifier: Apache-2.0
// vectors/sigstore/certificates.json
import {
  concat,
  derNull,
  derSequence,
  EXTENDED_KEY_USAGE_OIDS,
  EXTENSION_OIDS,
  encodeAuthorityKeyId,
  encodeBasicConstraints,
  encodeExtendedKeyUsage,
  encodeExtension,
  encodeKeyUsage,
  encodeName,
  encodeSubjectAltName,
  type GeneralName,
} from "@countermark/formats";
import { keyIdOf, TOY_KEYS, TOY_TIME, withExtension } from "../../support/toy-certificates.ts";
import { toyP256 } from "../../support/toy-keys.ts";
import { believed, type Case, type Given, refused } from "./cases.ts";
import type { CertificatePlan, SctPlan } from "./certificates.ts";
import { at, CA, LEAF, MESSAGE, PLANS, SCT, SOUND_ROOT, STAMP, type Window } from "./world.ts";

const { codeSigning, timeStamping } = EXTENDED_KEY_USAGE_OIDS;

export const NOTHING = new Uint8Array(0);

export const { stranger } = TOY_KEYS;

export const leaf = (change: Partial<CertificatePlan>): Given => ({
  bundle: { ...MESSAGE, leaf: { ...LEAF, ...change } },
});

export const extended = (extensions: { readonly [name: string]: Uint8Array }): Given => ({
  bundle: { ...MESSAGE, leaf: withExtension(LEAF, extensions) },
});

const purposes = (...oids: readonly string[]): Given =>
  extended({ extendedKeyUsage: encodeExtendedKeyUsage("not-critical", oids) });

export const names = (...found: readonly GeneralName[]): Given =>
  extended({ subjectAltName: encodeSubjectAltName(found) });

const stamped = (...seconds: readonly number[]): Given => ({
  bundle: { ...MESSAGE, timestamps: seconds.map((second) => ({ ...STAMP, time: TOY_TIME + second })) },
});

const caWindow = (validFor: Window): Given => ({ root: { ...SOUND_ROOT, cas: [{ ...CA, validFor }] } });

/** A second authority of the same name as the intermediate, with another key. */
const twin: CertificatePlan = { ...PLANS.intermediate, key: toyP256("ca intermediate, again") };

const sibling: CertificatePlan = withExtension(twin, {
  subjectKeyId: encodeExtension(
    EXTENSION_OIDS.subjectKeyId,
    "not-critical",
    concat(Uint8Array.of(4, 20), keyIdOf(twin.key)),
  ),
});

const noSubjectKeyId: CertificatePlan = withExtension(PLANS.intermediate, { subjectKeyId: NOTHING });

const secondCtLog = toyP256("ct log, second");

const issued: readonly Case[] = [
  believed(
    "issued by one of two authorities of one name",
    "Issuers are told apart by key id: the July 2026 migration of Sigstore's staging instance served a second intermediate of the same name.",
    {
      root: { ...SOUND_ROOT, cas: [{ ...CA, certificates: [sibling, PLANS.root] }, CA] },
    },
  ),
  believed(
    "an authority listed for two windows, the second of which holds the time",
    "One authority may be listed again after a pause.",
    {
      root: { ...SOUND_ROOT, cas: [{ ...CA, validFor: { start: at(-900), end: at(-600) } }, CA] },
    },
  ),
  believed(
    "an authority without a second window, listed beside another authority",
    "The authority that is looked for is not the first of the list.",
    {
      root: {
        ...SOUND_ROOT,
        cas: [
          { ...CA, certificates: [sibling, PLANS.root] },
          { ...CA, validFor: { start: at(0) } },
        ],
      },
    },
  ),
  refused(
    "certificate-signature",
    "signed by a stranger",
    "The certificate names the authority, but another key signed it.",
    leaf({ signer: stranger }),
  ),
  refused(
    "certificate-signature",
    "signed by the root",
    "The certificate names the intermediate, but the root signed it.",
    leaf({ signer: TOY_KEYS.root }),
  ),
  refused(
    "certificate-issuer-unknown",
    "an issuer of another name",
    "No authority of the trusted root bears the name of its issuer.",
    leaf({ issuer: encodeName({ organization: "toy", commonName: "other" }) }),
  ),
  refused(
    "certificate-issuer-unknown",
    "an issuer of that name with another key id",
    "The authority of that name has another key than the one named.",
    extended({ authorityKeyId: encodeAuthorityKeyId(keyIdOf(stranger)) }),
  ),
  refused(
    "certificate-issuer-unknown",
    "no key id of the issuer",
    "Without a key id two authorities of one name cannot be told apart.",
    extended({ authorityKeyId: NOTHING }),
  ),
  refused(
    "certificate-issuer-unknown",
    "an authority without a key id",
    "The authority's certificate does not say which key it is.",
    {
      root: { ...SOUND_ROOT, cas: [{ ...CA, certificates: [noSubjectKeyId, PLANS.root] }] },
    },
  ),
  refused(
    "certificate-issuer-unknown",
    "neither certificate has a key id",
    "Absent on both sides is not equal.",
    {
      ...extended({ authorityKeyId: NOTHING }),
      root: { ...SOUND_ROOT, cas: [{ ...CA, certificates: [noSubjectKeyId, PLANS.root] }] },
    },
  ),
  refused(
    "certificate-issuer-unknown",
    "no authority at all",
    "The trusted root has no certificate authority.",
    { root: { ...SOUND_ROOT, cas: [] } },
  ),
  refused(
    "certificate-issuer-unknown",
    "an authority that is trusted for timestamps only",
    "The chain of a timestamp authority issues no signing certificate.",
    {
      ...leaf({
        issuer: PLANS.tsaRoot.subject,
        signer: TOY_KEYS.tsaRoot,
        extensions: { ...LEAF.extensions, authorityKeyId: encodeAuthorityKeyId(keyIdOf(TOY_KEYS.tsaRoot)) },
      }),
    },
  ),
];

const alive: readonly Case[] = [
  believed("the first second of the certificate", "The validity is a closed interval.", stamped(0)),
  believed("the last second of the certificate", "The validity is a closed interval.", stamped(600)),
  believed(
    "two timestamps, in the first and the last second",
    "Every time lies within the validity.",
    stamped(600, 0),
  ),
  refused(
    "certificate-not-yet-valid",
    "a second before the certificate",
    "The time is one second before its first.",
    stamped(-1),
  ),
  refused(
    "certificate-expired",
    "a second after the certificate",
    "The time is one second after its last.",
    stamped(601),
  ),
  refused(
    "certificate-not-yet-valid",
    "the earlier of two times is before the certificate",
    "Every time must lie within the validity.",
    stamped(5, -1),
  ),
  refused(
    "certificate-expired",
    "the later of two times is after the certificate",
    "Every time must lie within the validity.",
    stamped(601, 5),
  ),
  believed(
    "the first second of the authority's window",
    "Windows of a trusted root are closed intervals.",
    caWindow({ start: at(10) }),
  ),
  believed(
    "the last second of the authority's window",
    "Windows of a trusted root are closed intervals.",
    caWindow({ start: at(-60), end: at(10) }),
  ),
  refused(
    "authority-outside-window",
    "a second before the authority's window",
    "The window starts one second after the time.",
    caWindow({ start: at(11) }),
  ),
  refused(
    "authority-outside-window",
    "a second after the authority's window",
    "The window ended one second before the time.",
    caWindow({ start: at(-60), end: at(9) }),
  ),
  refused(
    "authority-outside-window",
    "between two windows of the authority",
    "Listed twice, and trusted at neither time.",
    {
      root: {
        ...SOUND_ROOT,
        cas: [
          { ...CA, validFor: { start: at(-60), end: at(9) } },
          { ...CA, validFor: { start: at(11) } },
        ],
      },
    },
  ),
  refused(
    "authority-outside-window",
    "the later of two times is after the authority's window",
    "The path is validated at every time.",
    { ...stamped(5, 11), ...caWindow({ start: at(-60), end: at(10) }) },
  ),
  refused(
    "authority-outside-window",
    "the earlier of two times is before the authority's window",
    "The path is validated at every time.",
    { ...stamped(11, 9), ...caWindow({ start: at(10) }) },
  ),
  believed("two times in two windows of the authority", "Listed twice, and trusted at both times.", {
    ...stamped(5, 11),
    root: {
      ...SOUND_ROOT,
      cas: [
        { ...CA, validFor: { start: at(-60), end: at(9) } },
        { ...CA, validFor: { start: at(11) } },
      ],
    },
  }),
  believed(
    "a window that starts with a fraction of a second",
    "A fraction opens the window within that second, of which whole times are the start.",
    caWindow({ start: at(9).replace("Z", ".5Z") }),
  ),
  refused(
    "authority-outside-window",
    "a window that starts a fraction after the time",
    "The time is the beginning of its second; the window opens later in it.",
    caWindow({ start: at(10).replace("Z", ".000001Z") }),
  ),
  believed(
    "a window that ends with a fraction of a second",
    "The time is the beginning of the second in which the window ends.",
    caWindow({ start: at(-60), end: at(10).replace("Z", ".9Z") }),
  ),
  believed(
    "a window that starts with a fraction of zero",
    "A fraction of zero is none.",
    caWindow({ start: at(10).replace("Z", ".000Z") }),
  ),
  ...(
    [
      ["intermediate", PLANS.intermediate],
      ["root", PLANS.root],
    ] as const
  ).flatMap(([name, plan]) => {
    const withPlan = (change: Partial<CertificatePlan>): Given => {
      const certificates = CA.certificates.map((one) => (one === plan ? { ...one, ...change } : one));
      return { root: { ...SOUND_ROOT, cas: [{ ...CA, certificates }] } };
    };
    return [
      believed(
        `the first second of the ${name}`,
        "Every certificate of the chain is alive at that time.",
        withPlan({ notBefore: TOY_TIME + 10 }),
      ),
      believed(
        `the last second of the ${name}`,
        "Every certificate of the chain is alive at that time.",
        withPlan({ notAfter: TOY_TIME + 10 }),
      ),
      refused(
        "authority-expired",
        `a second before the ${name}`,
        "The chain was not yet valid.",
        withPlan({ notBefore: TOY_TIME + 11 }),
      ),
      refused(
        "authority-expired",
        `a second after the ${name}`,
        "The chain had expired.",
        withPlan({ notAfter: TOY_TIME + 9 }),
      ),
      refused(
        "authority-expired",
        `the later of two times is after the ${name}`,
        "The path is validated at every time.",
        { ...stamped(5, 10), ...withPlan({ notAfter: TOY_TIME + 9 }) },
      ),
    ];
  }),
];

const purpose: readonly Case[] = [
  believed(
    "code signing as a critical purpose",
    "Whether the purpose is critical says nothing here.",
    extended({ extendedKeyUsage: encodeExtendedKeyUsage("critical", [codeSigning]) }),
  ),
  refused(
    "certificate-is-authority",
    "a certificate of an authority",
    "CA is true in the signer's certificate.",
    extended({ basicConstraints: encodeBasicConstraints(true, null) }),
  ),
  believed(
    "basic constraints that say it is no authority",
    "CA may be said to be false.",
    extended({ basicConstraints: encodeBasicConstraints(false, null) }),
  ),
  refused(
    "malformed",
    "a path length without being an authority",
    "Basic constraints contradict themselves.",
    extended({ basicConstraints: encodeBasicConstraints(false, 0) }),
  ),
  refused(
    "certificate-key-usage",
    "no key usage",
    "The extension is absent.",
    extended({ keyUsage: NOTHING }),
  ),
  refused(
    "certificate-key-usage",
    "another key usage",
    "The key may only agree on other keys.",
    extended({ keyUsage: encodeKeyUsage(["keyAgreement"]) }),
  ),
  refused(
    "certificate-key-usage",
    "a second key usage",
    "The key may sign certificates too.",
    extended({ keyUsage: encodeKeyUsage(["digitalSignature", "keyCertSign"]) }),
  ),
  refused(
    "certificate-key-usage",
    "a key usage of nothing",
    "No bit is set.",
    extended({ keyUsage: encodeKeyUsage([]) }),
  ),
  refused(
    "certificate-extended-key-usage",
    "no purpose",
    "The extended key usage is absent.",
    extended({ extendedKeyUsage: NOTHING }),
  ),
  refused(
    "certificate-extended-key-usage",
    "another purpose",
    "A certificate for time stamping signs no code.",
    purposes(timeStamping),
  ),
  refused(
    "certificate-extended-key-usage",
    "a second purpose",
    "Code signing and time stamping.",
    purposes(codeSigning, timeStamping),
  ),
  refused(
    "certificate-extended-key-usage",
    "any purpose",
    "anyExtendedKeyUsage is not code signing.",
    purposes("2.5.29.37.0"),
  ),
  refused(
    "truncated",
    "an empty list of purposes",
    "The extension holds a SEQUENCE of at least one.",
    extended({
      extendedKeyUsage: encodeExtension(EXTENSION_OIDS.extendedKeyUsage, "not-critical", derSequence()),
    }),
  ),
  refused(
    "certificate-critical-extension",
    "an unknown critical extension",
    "What is critical must be understood.",
    extended({ unknown: encodeExtension("1.2.3.4", "critical", derNull()) }),
  ),
  believed(
    "an unknown extension that is not critical",
    "Others are not looked at.",
    extended({ unknown: encodeExtension("1.2.3.4", "not-critical", derNull()) }),
  ),
  refused(
    "certificate-critical-extension",
    "critical name constraints",
    "They are not checked here, so they cannot be kept.",
    extended({ constraints: encodeExtension("2.5.29.30", "critical", derSequence()) }),
  ),
  refused(
    "certificate-critical-extension",
    "a precertificate",
    "The poison says that it is none.",
    extended({ poison: encodeExtension(EXTENSION_OIDS.precertificatePoison, "critical", derNull()) }),
  ),
];

export const other: SctPlan = { ...SCT, log: secondCtLog, signer: secondCtLog };

export const outside = (change: Partial<CertificatePlan>): Given => leaf(change);

/** vectors/sigstore/certificates.json */
export const CERTIFICATE_CASES = [...issued, ...alive, ...purpose];
