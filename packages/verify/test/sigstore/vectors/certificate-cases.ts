// SPDX-License-Identifier: Apache-2.0
// vectors/sigstore/certificates.json
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
  derUtf8String,
  EXTENDED_KEY_USAGE_OIDS,
  EXTENSION_OIDS,
  encodeAuthorityKeyId,
  encodeBasicConstraints,
  encodeExtendedKeyUsage,
  encodeExtension,
  encodeFulcioExtensions,
  encodeKeyUsage,
  encodeName,
  encodeSignatureAlgorithm,
  encodeSubjectAltName,
  FULCIO_CLAIM_OIDS,
  type GeneralName,
  utf8,
} from "@countermark/formats";
import {
  keyIdOf,
  TOY_CLAIMS,
  TOY_KEYS,
  TOY_SAN,
  TOY_TIME,
  withExtension,
} from "../../support/toy-certificates.ts";
import { toyP256 } from "../../support/toy-keys.ts";
import { believed, type Case, type Given, refused } from "./cases.ts";
import { type CertificatePlan, leafDer, type SctPlan, sctListExtension, sctListOf } from "./certificates.ts";
import { base64 } from "./json.ts";
import {
  at,
  CA,
  CT_LOG,
  ISSUER,
  LEAF,
  MESSAGE,
  NAME,
  PLANS,
  SCT,
  SOUND_ROOT,
  STAMP,
  trusted,
  V2_LOG,
  type Window,
} from "./world.ts";

const { codeSigning, timeStamping } = EXTENDED_KEY_USAGE_OIDS;
const NOTHING = new Uint8Array(0);
const { stranger } = TOY_KEYS;

const leaf = (change: Partial<CertificatePlan>): Given => ({
  bundle: { ...MESSAGE, leaf: { ...LEAF, ...change } },
});
const extended = (extensions: { readonly [name: string]: Uint8Array }): Given => ({
  bundle: { ...MESSAGE, leaf: withExtension(LEAF, extensions) },
});
const purposes = (...oids: readonly string[]): Given =>
  extended({ extendedKeyUsage: encodeExtendedKeyUsage("not-critical", oids) });
const names = (...found: readonly GeneralName[]): Given =>
  extended({ subjectAltName: encodeSubjectAltName(found) });
const scts = (...plans: readonly SctPlan[]): Given => ({ bundle: { ...MESSAGE, scts: plans } });
const stamped = (...seconds: readonly number[]): Given => ({
  bundle: { ...MESSAGE, timestamps: seconds.map((second) => ({ ...STAMP, time: TOY_TIME + second })) },
});
const caWindow = (validFor: Window): Given => ({ root: { ...SOUND_ROOT, cas: [{ ...CA, validFor }] } });
const ctWindow = (validFor: Window): Given => ({
  root: { ...SOUND_ROOT, ctlogs: [trusted(CT_LOG, { validFor })] },
});
const signedBy = (name: string, issuer = ISSUER): Given => ({
  verify: { signer: { kind: "identity", name, issuer } },
});

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

const identity: readonly Case[] = [
  believed("any identity", "The caller compares who it is.", {
    verify: { signer: { kind: "any-identity" } },
  }),
  ...(
    [
      ["an e-mail address", { kind: "email", value: "alice@example.test" }],
      ["a user name", { kind: "other-name", oid: "1.3.6.1.4.1.57264.1.7", value: "alice!example.test" }],
    ] as const
  ).map(([what, name]) =>
    believed(`the name is ${what}`, "Fulcio writes URIs, addresses and user names.", {
      ...names(name),
      ...signedBy(name.value),
    }),
  ),
  ...(
    [
      ["the beginning of the name", NAME.slice(0, -1)],
      ["the name and more", `${NAME}x`],
      ["the name in capitals", NAME.toUpperCase()],
      ["a pattern that matches the name", "https://github\\.com/octo-org/.*"],
      ["the name without its reference", NAME.slice(0, NAME.indexOf("@"))],
      ["the name with one dot as any character", NAME.replace("github.com", "githubXcom")],
      ["no name", ""],
    ] as const
  ).map(([what, name]) =>
    refused(
      "identity-name",
      `wanted is ${what}`,
      "Names are compared as a whole. sigstore-js takes the wanted name as an unanchored pattern.",
      signedBy(name),
    ),
  ),
  ...(
    [
      ["the beginning of the issuer", ISSUER.slice(0, -1)],
      ["the issuer and a slash", `${ISSUER}/`],
      ["the issuer in capitals", ISSUER.toUpperCase()],
      ["another issuer", "https://accounts.example.test"],
      ["no issuer", ""],
    ] as const
  ).map(([what, issuer]) =>
    refused(
      "identity-issuer",
      `wanted is ${what}`,
      "Issuers are compared as a whole. GHSA-59jp-pj84-45mr of Fulcio: an issuer was matched by an unanchored pattern.",
      signedBy(NAME, issuer),
    ),
  ),
  refused("identity-issuer", "no issuer in the certificate", "Absent is not whatever was wanted.", {
    bundle: { ...MESSAGE, leaf: { ...LEAF, extensions: withoutClaims() } },
  }),
  refused(
    "identity-issuer",
    "the issuer in its older spelling only",
    "The older extension has no DER type and is not read.",
    {
      bundle: {
        ...MESSAGE,
        leaf: withExtension(
          { ...LEAF, extensions: withoutClaims() },
          { older: encodeExtension("1.3.6.1.4.1.57264.1.1", "not-critical", utf8(ISSUER)) },
        ),
      },
    },
  ),
  refused("not-der", "an issuer that is not a DER string", "Extension .8 is a UTF8String.", {
    bundle: {
      ...MESSAGE,
      leaf: withExtension(
        { ...LEAF, extensions: withoutClaims() },
        {
          issuer: encodeExtension(
            FULCIO_CLAIM_OIDS.issuer,
            "not-critical",
            concat(Uint8Array.of(0x16, ISSUER.length), utf8(ISSUER)),
          ),
        },
      ),
    },
  }),
  refused("trailing-data", "bytes after the issuer", "The extension holds one string and nothing else.", {
    bundle: {
      ...MESSAGE,
      leaf: withExtension(
        { ...LEAF, extensions: withoutClaims() },
        {
          issuer: encodeExtension(
            FULCIO_CLAIM_OIDS.issuer,
            "not-critical",
            concat(derUtf8String(ISSUER), derNull()),
          ),
        },
      ),
    },
  }),
  refused(
    "certificate-names",
    "no name",
    "There is no subject alternative name.",
    extended({ subjectAltName: NOTHING }),
  ),
  refused(
    "certificate-names",
    "two names",
    "Which of them is meant?",
    names(TOY_SAN, { kind: "email", value: "alice@example.test" }),
  ),
  refused(
    "certificate-names",
    "the wanted name as another kind of other name",
    "Of its type, 1.2.3, nobody says what the text means.",
    names({ kind: "other-name", oid: "1.2.3", value: NAME }),
  ),
  refused("certificate-names", "one name twice", "One name, once.", names(TOY_SAN, TOY_SAN)),
  refused(
    "certificate-names",
    "a name of another kind",
    "A DNS name names no signer.",
    extended({
      subjectAltName: encodeExtension(
        EXTENSION_OIDS.subjectAltName,
        "critical",
        derSequence(derImplicit(2, utf8("toy.test"))),
      ),
    }),
  ),
  refused("certificate-names", "a name of another kind, any identity wanted", "A DNS name names no signer.", {
    ...extended({
      subjectAltName: encodeExtension(
        EXTENSION_OIDS.subjectAltName,
        "critical",
        derSequence(derImplicit(2, utf8("toy.test"))),
      ),
    }),
    verify: { signer: { kind: "any-identity" } },
  }),
  refused(
    "malformed",
    "a line feed in the name",
    "URIs and addresses are printable ASCII.",
    names({ kind: "uri", value: `${NAME}\n` }),
  ),
];

function withoutClaims(): CertificatePlan["extensions"] {
  const issuer = encodeFulcioExtensions(TOY_CLAIMS)[0] ?? NOTHING;
  const kept = Object.entries(LEAF.extensions).filter(
    ([name, bytes]) => name !== "olderIssuer" && Buffer.compare(bytes, issuer) !== 0,
  );
  return Object.fromEntries(kept);
}

const NOISE = Uint8Array.of(0, 0, 5, 0, 0, 0, 0, 7);
const other: SctPlan = { ...SCT, log: secondCtLog, signer: secondCtLog };

const transparency: readonly Case[] = [
  believed(
    "an SCT with extensions",
    "Static logs put the leaf's index there.",
    scts({ ...SCT, extensions: NOISE }),
  ),
  believed(
    "several SCTs, of which one log is known",
    "Those of unknown logs are not looked at.",
    scts(other, SCT),
  ),
  believed("two SCTs of one log", "Both hold.", scts(SCT, { ...SCT, time: SCT.time + 1 })),
  believed("sixteen SCTs", "As many as are read.", scts(...Array.from({ length: 15 }, () => other), SCT)),
  refused(
    "too-many",
    "seventeen SCTs",
    "More than are read.",
    scts(...Array.from({ length: 16 }, () => other), SCT),
  ),
  refused("sct-missing", "no SCT", "The extension is absent.", { bundle: { ...MESSAGE, scts: [] } }),
  refused("sct-missing", "an empty list of SCTs", "The extension holds no SCT.", {
    bundle: { ...MESSAGE, scts: sctListExtension([]) },
  }),
  refused(
    "sct-log-unknown",
    "an SCT of an unknown log",
    "No log of the trusted root has its id.",
    scts(other),
  ),
  refused("sct-log-unknown", "no certificate transparency log at all", "The trusted root has none.", {
    root: { ...SOUND_ROOT, ctlogs: [] },
  }),
  refused(
    "sct-signature",
    "an SCT signed by another key",
    "The log of that id did not sign it.",
    scts({ ...SCT, signer: stranger }),
  ),
  refused(
    "sct-signature",
    "a wrong SCT beside a good one",
    "A promise in the name of a trusted log that it did not make is a refusal.",
    scts(SCT, { ...SCT, signer: stranger }),
  ),
  refused(
    "sct-signature",
    "a good SCT after a wrong one",
    "A promise in the name of a trusted log that it did not make is a refusal.",
    scts({ ...SCT, signer: stranger }, SCT),
  ),
  refused(
    "sct-signature",
    "an SCT for another issuer",
    "The promise names the hash of another issuer's key.",
    scts({ ...SCT, issuer: stranger }),
  ),
  refused(
    "sct-signature",
    "an SCT for another certificate",
    "The extensions were changed after the promise.",
    {
      bundle: {
        ...MESSAGE,
        leaf: withExtension(LEAF, { late: encodeExtension("1.2.3.4", "not-critical", derNull()) }),
        scts: listFor(LEAF),
      },
    },
  ),
  refused("unsupported", "an SCT of version 2", "Only version 1 is known.", scts({ ...SCT, version: 1 })),
  refused(
    "unsupported",
    "an SCT with a hash that is not known",
    "SHA-1 is not accepted.",
    scts({ ...SCT, numbers: [2, 3] }),
  ),
  refused(
    "unsupported",
    "an SCT with a signature that is not known",
    "DSA is not accepted.",
    scts({ ...SCT, numbers: [4, 2] }),
  ),
  refused(
    "sct-signature",
    "an SCT of an algorithm that its log's key is not of",
    "RSA by an elliptic curve key.",
    scts({ ...SCT, numbers: [4, 1] }),
  ),
  refused("truncated", "an SCT cut short", "Its length says more than is there.", {
    bundle: { ...MESSAGE, scts: sctListExtension([Uint8Array.of(0, 1, 2)]) },
  }),
  refused("trailing-data", "bytes after the list of SCTs", "The list is all there is.", {
    bundle: { ...MESSAGE, scts: sctListExtension([], Uint8Array.of(0)) },
  }),
  believed(
    "the first second of the certificate log's window",
    "The SCT's own time counts.",
    ctWindow({ start: at(1) }),
  ),
  believed(
    "the last second of the certificate log's window",
    "The SCT's own time counts.",
    ctWindow({ start: at(-60), end: at(1) }),
  ),
  believed(
    "a millisecond within the last second of the certificate log's window",
    "SCTs have milliseconds; windows end with their second.",
    {
      ...ctWindow({ start: at(-60), end: at(1) }),
      ...scts({ ...SCT, time: SCT.time + 999 }),
    },
  ),
  refused(
    "sct-log-unknown",
    "an SCT a second before its log's window",
    "The window starts one second after the promise.",
    ctWindow({ start: at(2) }),
  ),
  refused(
    "sct-log-unknown",
    "an SCT a second after its log's window",
    "The window ended one second before the promise.",
    ctWindow({ start: at(-60), end: at(0) }),
  ),
  believed("a certificate log listed for two windows", "The one that holds the SCT's time counts.", {
    root: {
      ...SOUND_ROOT,
      ctlogs: [trusted(CT_LOG, { validFor: { start: at(-600), end: at(-300) } }), trusted(CT_LOG)],
    },
  }),
  refused(
    "sct-log-unknown",
    "an SCT by the transparency log of signatures",
    "One kind of log does not stand for the other.",
    {
      ...scts({ ...SCT, log: V2_LOG.key, signer: V2_LOG.key }),
    },
  ),
];

function listFor(plan: CertificatePlan): Uint8Array {
  return sctListOf(plan, [SCT], PLANS.intermediate.key);
}

const outside = (change: Partial<CertificatePlan>): Given => leaf(change);
const fields = (change: (elements: readonly Uint8Array[]) => readonly Uint8Array[]): Given =>
  leaf({ tbs: change });
const SHA1_ECDSA = derSequence(derOid("1.2.840.10045.4.1"));
const SHA384_ECDSA = encodeSignatureAlgorithm({ kind: "ecdsa", hash: "sha384" });
const sound = leafDer(LEAF, [SCT], PLANS.intermediate.key);
const rawBytes = (der: Uint8Array): Given => ({
  bundle: { ...MESSAGE, changes: { "/verificationMaterial/certificate/rawBytes": base64(der) } },
});

const encoding: readonly Case[] = [
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

/** vectors/sigstore/certificates.json */
export const CERTIFICATE_CASES = [...issued, ...alive, ...purpose, ...identity, ...transparency, ...encoding];
