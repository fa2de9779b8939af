// SPDX-License-Identifier: Apache-2.0
// vectors/sigstore/trusted-roots.json: trusted roots by themselves.
import {
  concat,
  derBitString,
  derNull,
  derOid,
  derSequence,
  EXTENDED_KEY_USAGE_OIDS,
  encodeBasicConstraints,
  encodeExtendedKeyUsage,
  encodeExtension,
  encodeHex,
  encodeKeyUsage,
  encodeName,
} from "@countermark/formats";
import { sha256, TOY_KEYS, withExtension } from "../../support/toy-certificates.ts";
import { toyEcdsa, toyP256, toyRsa } from "../../support/toy-keys.ts";
import { refusal } from "./cases.ts";
import { type CertificatePlan, certificateDer } from "./certificates.ts";
import { ABSENT, base64, type Changes, type Json } from "./json.ts";
import { unknownMembers } from "./unknown-members.ts";
import {
  at,
  CA,
  CT_LOG,
  logOf,
  PLANS,
  type RootPlan,
  rootJson,
  SOUND_ROOT,
  TSA,
  trusted,
  V1_LOG,
  V2_HOST,
  V2_LOG,
} from "./world.ts";

const { codeSigning, timeStamping } = EXTENDED_KEY_USAGE_OIDS;
const { stranger } = TOY_KEYS;
const NOTHING = new Uint8Array(0);

type Case = {
  readonly name: string;
  readonly description: string;
  readonly plan: RootPlan;
  readonly expect: Json;
  readonly text: ((sound: string) => string) | null;
};

/** What a trusted root is for, in numbers, and its logs. */
function provenBy(plan: RootPlan): Json {
  return {
    certificateAuthorities: plan.cas.length,
    timestampAuthorities: plan.tsas.length,
    certificateLogs: plan.ctlogs.map(({ logId }) => encodeHex(logId)),
    logs: plan.tlogs.map(({ logId, host }) => ({ logId: encodeHex(logId), names: namesOf(host) })),
  };
}

function namesOf(host: string): readonly string[] {
  const bare = host.replace(/:.*/, "");
  return bare === host ? [host] : [bare, host];
}

function believed(
  name: string,
  description: string,
  change: Partial<RootPlan> = {},
  expect: Json | null = null,
): Case {
  const plan = { ...SOUND_ROOT, ...change };
  return { name, description, plan, expect: expect ?? provenBy(plan), text: null };
}

function refused(code: string, name: string, description: string, change: Partial<RootPlan>): Case {
  return { name, description, plan: { ...SOUND_ROOT, ...change }, expect: refusal(code), text: null };
}

function refusedText(code: string, name: string, description: string, text: (sound: string) => string): Case {
  return { name, description, plan: SOUND_ROOT, expect: refusal(code), text };
}

type Name = "intermediate" | "root" | "tsaLeaf" | "tsaRoot";

/** With a certificate of a chain changed. */
function chain(name: Name, change: Partial<CertificatePlan>): Partial<RootPlan> {
  const swap = (plan: CertificatePlan): CertificatePlan =>
    plan === PLANS[name] ? { ...plan, ...change } : plan;
  return {
    cas: [{ ...CA, certificates: CA.certificates.map(swap) }],
    tsas: [{ ...TSA, certificates: TSA.certificates.map(swap) }],
  };
}

const extended = (name: Name, extensions: { readonly [name: string]: Uint8Array }): Partial<RootPlan> =>
  chain(name, withExtension(PLANS[name], extensions));
const changes = (given: Changes): Partial<RootPlan> => ({ changes: given });
const purposes = (criticality: "critical" | "not-critical", ...oids: readonly string[]) => ({
  extendedKeyUsage: encodeExtendedKeyUsage(criticality, oids),
});
const unknown = { unknown: encodeExtension("1.2.3.4", "critical", derNull()) };
const otherName = encodeName({ organization: "toy", commonName: "other" });

/** A second authority between root and intermediate. */
const middle: CertificatePlan = {
  ...PLANS.intermediate,
  key: toyP256("ca middle"),
  subject: encodeName({ organization: "toy", commonName: "middle" }),
};
const belowMiddle: CertificatePlan = { ...PLANS.intermediate, issuer: middle.subject, signer: middle.key };
const longChain = (rootLength: number | null, middleLength: number | null): Partial<RootPlan> => ({
  cas: [
    {
      ...CA,
      certificates: [
        belowMiddle,
        withExtension(middle, { basicConstraints: encodeBasicConstraints(true, middleLength) }),
        withExtension(PLANS.root, { basicConstraints: encodeBasicConstraints(true, rootLength) }),
      ],
    },
  ],
});

/** The certificate with a key of an algorithm that nobody knows. */
const future = (plan: CertificatePlan): CertificatePlan => ({
  ...plan,
  tbs: (elements) =>
    elements.with(6, derSequence(derSequence(derOid("1.2.3.4")), derBitString(new Uint8Array(32)))),
});

const AUTHORITIES = [
  ["intermediate", "the intermediate"],
  ["root", "the root"],
  ["tsaRoot", "the timestamp authority's root"],
] as const;

const authorities: readonly Case[] = [
  believed("a chain of three", "Each allows as many below it as there are.", longChain(2, 1)),
  believed("a chain of three without lengths", "Nothing is forbidden.", longChain(null, null)),
  refused(
    "authority-path-length",
    "a chain of three, of which the root allows one less",
    "One authority more than allowed.",
    longChain(0, 1),
  ),
  refused(
    "authority-path-length",
    "a chain of three, of which the middle one allows one less",
    "One authority more than allowed.",
    longChain(2, 0),
  ),
  believed("a root alone as issuer", "One certificate that signed itself.", {
    cas: [{ ...CA, certificates: [PLANS.root] }],
  }),
  believed(
    "a timestamp authority's root that allows nobody below",
    "The leaf is no authority.",
    extended("tsaRoot", { basicConstraints: encodeBasicConstraints(true, 0) }),
  ),
  refused(
    "authority-path-length",
    "a root that allows nobody below",
    "The intermediate is an authority.",
    extended("root", { basicConstraints: encodeBasicConstraints(true, 0) }),
  ),
  ...AUTHORITIES.flatMap(([name, what]) => [
    refused(
      "authority-signature",
      `${what} signed by a stranger`,
      "The next certificate's key did not sign it.",
      chain(name, { signer: stranger }),
    ),
    refused(
      "authority-name",
      `${what} of another issuer`,
      "It names another than the next certificate.",
      chain(name, { issuer: otherName }),
    ),
    refused(
      "authority-not-ca",
      `${what} says it is no authority`,
      "CA is false.",
      extended(name, { basicConstraints: encodeBasicConstraints(false, null) }),
    ),
    refused(
      "authority-not-ca",
      `${what} does not say what it is`,
      "Basic constraints are absent.",
      extended(name, { basicConstraints: NOTHING }),
    ),
    refused(
      "authority-key-usage",
      `${what} may not sign certificates`,
      "Its key is for other signatures.",
      extended(name, { keyUsage: encodeKeyUsage(["digitalSignature"]) }),
    ),
    refused(
      "authority-key-usage",
      `${what} does not say what its key is for`,
      "The key usage is absent.",
      extended(name, { keyUsage: NOTHING }),
    ),
    refused(
      "authority-extended-key-usage",
      `${what} is for another purpose`,
      "It may issue for another purpose only.",
      extended(name, purposes("not-critical", name === "tsaRoot" ? codeSigning : timeStamping)),
    ),
    believed(
      `${what} is for two purposes`,
      "One of which is the one.",
      extended(name, purposes("not-critical", codeSigning, timeStamping)),
    ),
    refused(
      "certificate-critical-extension",
      `${what} has an unknown critical extension`,
      "What is critical must be understood.",
      extended(name, unknown),
    ),
  ]),
  believed(
    "an intermediate for every purpose",
    "Without the extension an authority may issue for all.",
    extended("intermediate", { extendedKeyUsage: NOTHING }),
  ),
  refused("authority-signature", "a root that did not sign itself", "An intermediate stands last.", {
    cas: [{ ...CA, certificates: [{ ...PLANS.intermediate, issuer: PLANS.intermediate.subject }] }],
  }),
  refused("authority-name", "a chain without its root", "An intermediate stands last.", {
    cas: [{ ...CA, certificates: [PLANS.intermediate] }],
  }),
  refused("authority-name", "a chain in the wrong order", "The root stands first.", {
    cas: [{ ...CA, certificates: [PLANS.root, PLANS.intermediate] }],
  }),
  refused("authority-signature", "a second authority that is wrong", "All are looked at.", {
    cas: [CA, { ...CA, certificates: [{ ...PLANS.intermediate, signer: stranger }, PLANS.root] }],
  }),
  refused("authority-signature", "a second timestamp authority that is wrong", "All are looked at.", {
    tsas: [TSA, { ...TSA, certificates: [{ ...PLANS.tsaLeaf, signer: stranger }, PLANS.tsaRoot] }],
  }),
];

const timestamps: readonly Case[] = [
  refused(
    "authority-signature",
    "a timestamp authority signed by a stranger",
    "Its root did not sign it.",
    chain("tsaLeaf", { signer: stranger }),
  ),
  refused(
    "authority-name",
    "a timestamp authority of another issuer",
    "It names another than its root.",
    chain("tsaLeaf", { issuer: otherName }),
  ),
  refused(
    "certificate-extended-key-usage",
    "a timestamp authority whose purpose is not critical",
    "RFC 3161 demands it.",
    extended("tsaLeaf", purposes("not-critical", timeStamping)),
  ),
  refused(
    "certificate-extended-key-usage",
    "a timestamp authority whose purpose is not critical, beside a critical extension",
    "It is this one that must be critical.",
    extended("tsaLeaf", {
      ...purposes("not-critical", timeStamping),
      basicConstraints: encodeBasicConstraints(false, null),
    }),
  ),
  refused(
    "certificate-extended-key-usage",
    "a timestamp authority for code signing",
    "It is for another purpose.",
    extended("tsaLeaf", purposes("critical", codeSigning)),
  ),
  refused(
    "certificate-extended-key-usage",
    "a timestamp authority for a second purpose",
    "RFC 3161 wants it alone.",
    extended("tsaLeaf", purposes("critical", timeStamping, codeSigning)),
  ),
  refused(
    "certificate-extended-key-usage",
    "a timestamp authority without a purpose",
    "The extension is absent.",
    extended("tsaLeaf", { extendedKeyUsage: NOTHING }),
  ),
  refused(
    "certificate-is-authority",
    "a timestamp authority that may issue certificates",
    "It must not sign both.",
    extended("tsaLeaf", { basicConstraints: encodeBasicConstraints(true, null) }),
  ),
  refused(
    "certificate-key-usage",
    "a timestamp authority with another key usage",
    "Its key signs timestamps.",
    extended("tsaLeaf", { keyUsage: encodeKeyUsage(["keyCertSign"]) }),
  ),
  refused(
    "certificate-key-usage",
    "a timestamp authority with a second key usage that is another",
    "Its key signs timestamps alone.",
    extended("tsaLeaf", { keyUsage: encodeKeyUsage(["digitalSignature", "keyCertSign"]) }),
  ),
  refused(
    "certificate-key-usage",
    "a timestamp authority without a key usage",
    "Its key signs nothing.",
    extended("tsaLeaf", { keyUsage: encodeKeyUsage([]) }),
  ),
  believed(
    "a timestamp authority that signs and commits",
    "RFC 5280 names both usages beside time stamping: digitalSignature, nonRepudiation or both.",
    extended("tsaLeaf", { keyUsage: encodeKeyUsage(["digitalSignature", "contentCommitment"]) }),
  ),
  believed(
    "a timestamp authority that commits",
    "RFC 5280 names both usages beside time stamping: digitalSignature, nonRepudiation or both.",
    extended("tsaLeaf", { keyUsage: encodeKeyUsage(["contentCommitment"]) }),
  ),
  refused(
    "certificate-critical-extension",
    "a timestamp authority with an unknown critical extension",
    "What is critical must be understood.",
    extended("tsaLeaf", unknown),
  ),
  refused(
    "certificate-is-authority",
    "a timestamp authority that is its root",
    "A root signs certificates only.",
    { tsas: [{ ...TSA, certificates: [withExtension(PLANS.tsaRoot, {})] }] },
  ),
];

const p256 = logOf(toyP256("log"), V2_HOST);
const onPort = logOf(TOY_KEYS.log, `${V2_HOST}:8080`);
const log = (given: Changes): Partial<RootPlan> => ({
  tlogs: [trusted(V2_LOG)],
  changes: Object.fromEntries(Object.entries(given).map(([path, value]) => [`/tlogs/0/${path}`, value])),
});
const window = (given: Json): Partial<RootPlan> => log({ "publicKey/validFor": given });
const onlyV2 = { ...SOUND_ROOT, tlogs: [trusted(V2_LOG)] };
const still = (name: string, description: string, given: Partial<RootPlan>): Case =>
  believed(name, description, given, provenBy(onlyV2));

const logs: readonly Case[] = [
  believed("the sound trusted root", "One of each, and Rekor of both versions."),
  believed("a trusted root of nothing", "It believes nobody.", { cas: [], tsas: [], ctlogs: [], tlogs: [] }),
  believed("a log under the hash of its P-256 key", "As Rekor has it.", { tlogs: [trusted(p256)] }),
  believed("a log on a port", "Its notes may be signed with the port, or without.", {
    tlogs: [trusted(onPort)],
  }),
  believed("a log under its id without the port", "Its id is of its name.", {
    tlogs: [trusted({ ...onPort, logId: V2_LOG.logId })],
  }),
  still("a log with a path", "No part of its name.", log({ baseUrl: `https://${V2_HOST}/log/` })),
  still("a log with a slash", "No part of its name.", log({ baseUrl: `https://${V2_HOST}/` })),
  still("a log by http", "No part of its name.", log({ baseUrl: `http://${V2_HOST}` })),
  still(
    "a log with a short checkpoint key id",
    "A shorter spelling of its id.",
    log({ checkpointKeyId: { keyId: base64(V2_LOG.logId.subarray(0, 4)) } }),
  ),
  believed(
    "a certificate authority of a kind of key that is not known",
    "Nothing that it signed can be believed, so it is left out.",
    { cas: [CA, { ...CA, certificates: [future(PLANS.intermediate), PLANS.root] }] },
    provenBy(SOUND_ROOT),
  ),
  believed(
    "a timestamp authority of a kind of key that is not known, under a known root",
    "Nothing that it signed can be believed, so it is left out.",
    { tsas: [{ ...TSA, certificates: [future(PLANS.tsaLeaf), PLANS.tsaRoot] }] },
    provenBy({ ...SOUND_ROOT, tsas: [] }),
  ),
  believed(
    "a certificate authority under a root of a kind of key that is not known",
    "A chain is a whole, so it is left out.",
    { cas: [{ ...CA, certificates: [PLANS.intermediate, future(PLANS.root)] }] },
    provenBy({ ...SOUND_ROOT, cas: [] }),
  ),
  believed(
    "a log of a kind of key that is not known",
    "Nothing that it signed can be believed, so it is left out.",
    log({ "publicKey/keyDetails": "PKIX_FUTURE" }),
    provenBy({ ...SOUND_ROOT, tlogs: [] }),
  ),
  believed("an RSA log as a bare RSAPublicKey", "As the oldest logs have it.", {
    tlogs: [trusted(logOf(toyRsa(2048), V2_HOST))],
    changes: {
      "/tlogs/0/publicKey/keyDetails": "PKCS1_RSA_PKCS1V5",
      "/tlogs/0/publicKey/rawBytes": base64(bareRsa(toyRsa(2048).spki)),
    },
  }),
  refused(
    "log-id-mismatch",
    "a log under another id",
    "Its id is not of its key.",
    log({ "logId/keyId": base64(sha256(NOTHING)) }),
  ),
  refused("log-id-mismatch", "an Ed25519 log under the id of another name", "The name is part of the id.", {
    tlogs: [trusted({ ...V2_LOG, logId: logOf(TOY_KEYS.log, "other.test").logId })],
  }),
  refused("log-id-mismatch", "a P-256 log under an id with its name", "Only Ed25519 ids have the name.", {
    tlogs: [
      trusted({
        ...p256,
        logId: sha256(
          concat(new TextEncoder().encode(`${V2_HOST}\n`), Uint8Array.of(1), p256.key.spki.subarray(-32)),
        ),
      }),
    ],
  }),
  refused("log-id-mismatch", "a second log that is wrong", "All are looked at.", {
    tlogs: [trusted(V1_LOG), trusted({ ...V2_LOG, logId: sha256(NOTHING) })],
  }),
  refused("log-id-mismatch", "a certificate log under another id", "Its id is the hash of its key.", {
    ctlogs: [trusted({ ...CT_LOG, logId: sha256(NOTHING) })],
  }),
  refused(
    "out-of-range",
    "a log id of 31 bytes",
    "It is a SHA-256 digest.",
    log({ "logId/keyId": base64(V2_LOG.logId.subarray(0, 31)) }),
  ),
  ...(
    [
      ["without a scheme", V2_HOST],
      ["of another scheme", `ftp://${V2_HOST}`],
      ["with a user", `https://user@${V2_HOST}`],
      ["with words before", `x https://${V2_HOST}`],
      ["with words after", `https://${V2_HOST} x`],
      ["with a port of letters", `https://${V2_HOST}:http`],
      ["with a port of nothing", `https://${V2_HOST}:`],
      ["without a host", "https://"],
    ] as const
  ).map(([what, baseUrl]) =>
    refused("malformed", `a log's URL ${what}`, "No name can be read from it.", log({ baseUrl })),
  ),
  refused(
    "malformed",
    "key details of another kind of key",
    "P-256, it says.",
    log({ "publicKey/keyDetails": "PKIX_ECDSA_P256_SHA_256" }),
  ),
  refused("malformed", "key details of another curve", "P-256, it says.", {
    ...log({ "publicKey/keyDetails": "PKIX_ECDSA_P256_SHA_256" }),
    tlogs: [trusted(logOf(toyEcdsa("p384", "log"), V2_HOST))],
  }),
  refused("malformed", "key details of another length", "3072 bits, it says.", {
    ...log({ "publicKey/keyDetails": "PKIX_RSA_PKCS1V15_3072_SHA256" }),
    tlogs: [trusted(logOf(toyRsa(2048), V2_HOST))],
  }),
  refused(
    "unsupported",
    "a log that hashes by SHA-512",
    "Merkle trees are of SHA-256.",
    log({ hashAlgorithm: "SHA2_512" }),
  ),
];

/** The key inside a SubjectPublicKeyInfo of RSA. */
function bareRsa(spki: Uint8Array): Uint8Array {
  return spki.subarray(spki.length - 270);
}

const encoding: readonly Case[] = [
  still("a window that ends when it starts", "One second long.", window({ start: at(0), end: at(0) })),
  refused(
    "out-of-range",
    "a window that ends before it starts",
    "It holds no second.",
    window({ start: at(0), end: at(-1) }),
  ),
  refused(
    "missing-field",
    "a window without a start",
    "sigstore-conformance #406: it would be trusted from the beginning of time.",
    window({ end: at(0) }),
  ),
  refused(
    "missing-field",
    "an authority's window without a start",
    "sigstore-conformance #406: it would be trusted from the beginning of time.",
    changes({ "/certificateAuthorities/0/validFor": { end: at(0) } }),
  ),
  refused(
    "missing-field",
    "no window",
    "It would be trusted for ever.",
    log({ "publicKey/validFor": ABSENT }),
  ),
  refused(
    "malformed",
    "a time with an offset",
    "Times are in UTC.",
    window({ start: at(0).replace("Z", "+00:00") }),
  ),
  refused(
    "malformed",
    "a time without seconds",
    "Times have one spelling.",
    window({ start: "2026-05-28T20:26Z" }),
  ),
  refused(
    "out-of-range",
    "a time that the calendar does not have",
    "The 31st of June.",
    window({ start: "2026-06-31T00:00:00Z" }),
  ),
  refused(
    "missing-field",
    "an empty chain",
    "An authority has a certificate.",
    changes({ "/certificateAuthorities/0/certChain/certificates": [] }),
  ),
  refused(
    "unsupported",
    "another media type",
    "Version 0.2 is not accepted.",
    changes({ "/mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.2" }),
  ),
  refused("missing-field", "no media type", "It does not say what it is.", changes({ "/mediaType": ABSENT })),
  refusedText("duplicate-key", "a member twice", "Which of the two counts?", (sound) =>
    sound.replace('{"mediaType":', '{"tlogs":[],"mediaType":'),
  ),
  refusedText("not-json", "bytes after it", "One JSON text.", (sound) => `${sound}]`),
  refused(
    "trailing-data",
    "bytes after a certificate",
    "One certificate.",
    changes({
      "/certificateAuthorities/0/certChain/certificates/0/rawBytes": base64(
        concat(certificateDer(PLANS.intermediate), Uint8Array.of(0)),
      ),
    }),
  ),
];

/** Members of a subject are not looked at: its certificate says it better. */
const unread: readonly Case[] = unknownMembers(rootJson(SOUND_ROOT))
  .filter(([place]) => !place.endsWith("/subject"))
  .map(([place, given]) =>
    refused(
      "unknown-field",
      `a member that nobody knows in ${place}`,
      "What is not understood is not accepted.",
      changes(given),
    ),
  );

const optional: readonly Case[] = [
  believed(
    "a member of a subject that nobody knows",
    "Its certificate says it better.",
    changes({ "/certificateAuthorities/0/subject/extra": 1 }),
  ),
  believed(
    "an authority without subject and address",
    "Neither is needed.",
    changes({ "/certificateAuthorities/0/subject": ABSENT, "/certificateAuthorities/0/uri": ABSENT }),
  ),
  believed("no certificate logs", "In protobuf's JSON an empty list is absent.", {
    ctlogs: [],
    changes: { "/ctlogs": ABSENT },
  }),
  believed("certificate logs that are null", "In protobuf's JSON null is absent.", {
    ctlogs: [],
    changes: { "/ctlogs": null },
  }),
  refused(
    "wrong-type",
    "an authority whose address is a number",
    "It is a string.",
    changes({ "/certificateAuthorities/0/uri": 1 }),
  ),
  refused(
    "wrong-type",
    "an authority whose subject is a number",
    "It is an object.",
    changes({ "/certificateAuthorities/0/subject": 1 }),
  ),
  refused(
    "wrong-type",
    "a checkpoint key id that is a number",
    "It is an object.",
    log({ checkpointKeyId: 1 }),
  ),
  refused(
    "unknown-field",
    "a member that nobody knows in a checkpoint key id",
    "What it would say is not known.",
    log({ checkpointKeyId: { keyId: base64(V2_LOG.logId.subarray(0, 4)), extra: 1 } }),
  ),
  refused(
    "malformed",
    "a certificate log with key details of another kind of key",
    "Ed25519, it says.",
    changes({ "/ctlogs/0/publicKey/keyDetails": "PKIX_ED25519" }),
  ),
  refused("malformed", "an RSA log with key details of Ed25519", "Ed25519, it says.", {
    ...log({ "publicKey/keyDetails": "PKIX_ED25519" }),
    tlogs: [trusted(logOf(toyRsa(2048), V2_HOST))],
  }),
];

/** vectors/sigstore/trusted-roots.json */
export function trustedRootFile(): Json {
  const cases = [...authorities, ...timestamps, ...logs, ...encoding, ...unread, ...optional];
  return {
    cases: cases.map(({ name, description, plan, expect, text }) => {
      const json = rootJson(plan);
      return {
        name,
        description,
        ...(text === null ? { trustedRoot: json } : { trustedRootText: text(JSON.stringify(json)) }),
        expect,
      };
    }),
  };
}
