// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  derImplicit,
  derNull,
  derSequence,
  EXTENDED_KEY_USAGE_OIDS,
  EXTENSION_OIDS,
  encodeAttestation,
  encodeAuthorityKeyId,
  encodeBasicConstraints,
  encodeExtendedKeyUsage,
  encodeExtension,
  encodeInTotoStatement,
  encodeKeyUsage,
  encodeName,
  encodeSubjectAltName,
  PUBLISH_PREDICATE_TYPE,
  parseAttestation,
  SLSA_PROVENANCE_PREDICATE_TYPE,
  utf8,
} from "@countermark/formats";
import { type DistributionFile, prepareTrustedRoot, verifyAttestation } from "../../src/index.ts";
import { testCrypto } from "../support/node-crypto.ts";
import {
  keyIdOf,
  makeCertificate,
  sha256,
  TOY_CLAIMS,
  TOY_KEYS,
  TOY_SAN,
  TOY_TIME,
  withExtension,
} from "../support/toy-certificates.ts";
import { makeWorld, soundPlan, soundTimestamp, TOY_FILE, type ToyPlan } from "../support/toy-sigstore.ts";

const plan = soundPlan();
const { stranger, strangerEd25519 } = TOY_KEYS;
const { codeSigning, timeStamping } = EXTENDED_KEY_USAGE_OIDS;
const NOTHING = new Uint8Array(0);
const past = { start: TOY_TIME - 86_400, end: TOY_TIME - 1 };
const statement = (name: string, type: string): Uint8Array =>
  encodeInTotoStatement({ filename: name, sha256: TOY_FILE.sha256 }, type, null);
const twoSubjects = utf8(
  JSON.stringify({
    _type: "https://in-toto.io/Statement/v1",
    subject: [1, 2].map(() => ({
      name: TOY_FILE.filename,
      digest: { sha256: Buffer.from(TOY_FILE.sha256).toString("hex") },
    })),
    predicateType: PUBLISH_PREDICATE_TYPE,
    predicate: null,
  }),
);
const onTimestamp = (change: Partial<ReturnType<typeof soundTimestamp>>): Partial<ToyPlan> => ({
  timestamps: [{ ...soundTimestamp(), ...change }],
});
const onEntry = (change: Partial<ToyPlan["entry"]>): Partial<ToyPlan> => ({
  entry: { ...plan.entry, ...change },
});
const onLeaf = (change: Partial<ToyPlan["leaf"]>): Partial<ToyPlan> => ({
  leaf: { ...plan.leaf, ...change },
});
const onWindow = (change: Partial<ToyPlan["windows"]>): Partial<ToyPlan> => ({
  windows: { ...plan.windows, ...change },
});
const criticalUnknown = { unknown: encodeExtension("1.2.3.4", "critical", derNull()) };

/** Each is the sound world with one thing wrong, everything else signed anew. */
const attacks: readonly (readonly [string, Partial<ToyPlan>, string])[] = [
  // Timestamps
  ["no timestamp", { timestamps: [] }, "timestamp-missing"],
  ["a timestamp over another signature", onTimestamp({ over: utf8("other") }), "timestamp-imprint"],
  ["a timestamp signed by a stranger's key", onTimestamp({ signer: stranger }), "timestamp-signature"],
  [
    "a timestamp that names a stranger's certificate",
    onTimestamp({ named: makeCertificate(plan.root) }),
    "timestamp-authority-unknown",
  ],
  [
    "a timestamp that means another certificate",
    onTimestamp({ meant: makeCertificate(plan.root) }),
    "timestamp-certificate",
  ],
  [
    "a timestamp whose signature covers another type",
    onTimestamp({ contentType: "1.2.840.113549.1.7.1" }),
    "timestamp-content-type",
  ],
  [
    "a timestamp whose signature covers another content",
    onTimestamp({ digested: utf8("other") }),
    "timestamp-digest",
  ],
  [
    "a good timestamp beside a bad one",
    { timestamps: [soundTimestamp(), { ...soundTimestamp(), signer: stranger }] },
    "timestamp-signature",
  ],
  ["a timestamp outside its authority's window", onWindow({ tsa: past }), "authority-outside-window"],
  [
    "a timestamp after its authority expired",
    { tsaLeaf: { ...plan.tsaLeaf, notAfter: TOY_TIME } },
    "authority-expired",
  ],
  [
    "a timestamp after its authority's root expired",
    { tsaRoot: { ...plan.tsaRoot, notAfter: TOY_TIME } },
    "authority-expired",
  ],
  [
    "a timestamp before its authority was valid",
    { tsaLeaf: { ...plan.tsaLeaf, notBefore: TOY_TIME + 60 } },
    "authority-expired",
  ],
  // The signer's certificate
  ["a certificate signed by a stranger", onLeaf({ signer: stranger }), "certificate-signature"],
  [
    "a certificate of an issuer with another name",
    onLeaf({ issuer: encodeName({ commonName: "other" }) }),
    "certificate-issuer-unknown",
  ],
  [
    "a certificate of an issuer of that name with another key",
    { leaf: withExtension(plan.leaf, { authorityKeyId: encodeAuthorityKeyId(keyIdOf(stranger)) }) },
    "certificate-issuer-unknown",
  ],
  [
    "a certificate without its issuer's key id",
    { leaf: withExtension(plan.leaf, { authorityKeyId: NOTHING }) },
    "certificate-issuer-unknown",
  ],
  ["a certificate that had expired", onLeaf({ notAfter: TOY_TIME + 4 }), "certificate-expired"],
  ["a certificate that was not yet valid", onLeaf({ notBefore: TOY_TIME + 6 }), "certificate-not-yet-valid"],
  [
    "a certificate that had expired at the second timestamp",
    { timestamps: [soundTimestamp(), { ...soundTimestamp(), time: TOY_TIME + 601 }] },
    "certificate-expired",
  ],
  [
    "a certificate that was not yet valid at the first of two timestamps",
    { timestamps: [{ ...soundTimestamp(), time: TOY_TIME - 1 }, soundTimestamp()] },
    "certificate-not-yet-valid",
  ],
  [
    "a certificate of an authority",
    { leaf: withExtension(plan.leaf, { basicConstraints: encodeBasicConstraints(true, null) }) },
    "certificate-is-authority",
  ],
  [
    "a certificate without key usage",
    { leaf: withExtension(plan.leaf, { keyUsage: NOTHING }) },
    "certificate-key-usage",
  ],
  [
    "a certificate with a second key usage",
    { leaf: withExtension(plan.leaf, { keyUsage: encodeKeyUsage(["digitalSignature", "keyCertSign"]) }) },
    "certificate-key-usage",
  ],
  [
    "a certificate without purpose",
    { leaf: withExtension(plan.leaf, { extendedKeyUsage: NOTHING }) },
    "certificate-extended-key-usage",
  ],
  [
    "a certificate for another purpose",
    {
      leaf: withExtension(plan.leaf, {
        extendedKeyUsage: encodeExtendedKeyUsage("not-critical", [timeStamping]),
      }),
    },
    "certificate-extended-key-usage",
  ],
  [
    "a certificate for a second purpose",
    {
      leaf: withExtension(plan.leaf, {
        extendedKeyUsage: encodeExtendedKeyUsage("not-critical", [codeSigning, timeStamping]),
      }),
    },
    "certificate-extended-key-usage",
  ],
  [
    "a certificate with an unknown critical extension",
    { leaf: withExtension(plan.leaf, criticalUnknown) },
    "certificate-critical-extension",
  ],
  [
    "a precertificate",
    {
      leaf: withExtension(plan.leaf, {
        poison: encodeExtension(EXTENSION_OIDS.precertificatePoison, "critical", derNull()),
      }),
    },
    "certificate-critical-extension",
  ],
  [
    "a certificate without a name",
    { leaf: withExtension(plan.leaf, { subjectAltName: NOTHING }) },
    "certificate-names",
  ],
  [
    "a certificate with two names",
    { leaf: withExtension(plan.leaf, { subjectAltName: encodeSubjectAltName([TOY_SAN, TOY_SAN]) }) },
    "certificate-names",
  ],
  [
    "a certificate with a name of another kind",
    {
      leaf: withExtension(plan.leaf, {
        subjectAltName: encodeExtension(
          EXTENSION_OIDS.subjectAltName,
          "critical",
          derSequence(derImplicit(2, utf8("toy.test"))),
        ),
      }),
    },
    "certificate-names",
  ],
  ["an authority outside its window", onWindow({ ca: past }), "authority-outside-window"],
  [
    "an issuer that had expired",
    { intermediate: { ...plan.intermediate, notAfter: TOY_TIME } },
    "authority-expired",
  ],
  // SCT
  ["a certificate without SCT", { sct: null }, "sct-missing"],
  [
    "an SCT by a stranger's log",
    { sct: { logKey: stranger, signer: stranger, time: TOY_TIME, extensions: NOTHING } },
    "sct-log-unknown",
  ],
  [
    "an SCT signed by a stranger",
    { sct: { logKey: TOY_KEYS.ct, signer: stranger, time: TOY_TIME, extensions: NOTHING } },
    "sct-signature",
  ],
  ["an SCT outside its log's window", onWindow({ ct: past }), "sct-log-unknown"],
  // Log entry
  [
    "an entry of a kind that nobody knows",
    onEntry({ kind: "rpm", version: "0.0.1" }),
    "log-entry-unsupported",
  ],
  ["an entry of another version", onEntry({ version: "0.0.3" }), "log-entry-unsupported"],
  ["an entry of a stranger's log", onEntry({ logId: sha256(utf8("other")) }), "log-unknown"],
  ["an entry outside its log's window", onWindow({ log: past }), "log-outside-window"],
  ["an entry about something else", onEntry({ body: utf8("{}") }), "log-entry-mismatch"],
  ["an entry whose proof has another index", onEntry({ proofIndex: 0 }), "log-index-mismatch"],
  ["an entry whose index is another's", onEntry({ logIndex: 0, proofIndex: 0 }), "inclusion-root"],
  ["a proof with another tree size", onEntry({ treeSize: 4 }), "log-root-mismatch"],
  ["a proof with another root", onEntry({ rootHash: sha256(utf8("other")) }), "log-root-mismatch"],
  [
    "a proof with another hash",
    onEntry({ hashes: [sha256(utf8("a")), sha256(utf8("b"))] }),
    "inclusion-root",
  ],
  ["a proof with a hash too few", onEntry({ hashes: [sha256(utf8("a"))] }), "inclusion-length"],
  ["a checkpoint of another origin", onEntry({ origin: "rekor.other.test" }), "checkpoint-origin"],
  ["a checkpoint signed by a stranger", onEntry({ signer: strangerEd25519 }), "log-signature-missing"],
  // Signature and statement
  ["a signature by another key", { signer: stranger }, "attestation-signature"],
  ["a payload of another type", { payloadType: "text/plain" }, "log-entry-mismatch"],
  ["a statement about two files", { statement: twoSubjects }, "statement-subject-count"],
  [
    "a statement about another version",
    { statement: statement("sampleproject-1.0.1-py3-none-any.whl", PUBLISH_PREDICATE_TYPE) },
    "statement-subject-name",
  ],
  [
    "a statement about the sdist",
    { statement: statement("sampleproject-1.0.0.tar.gz", PUBLISH_PREDICATE_TYPE) },
    "statement-subject-name",
  ],
  [
    "a statement about a file with other tags",
    { statement: statement("sampleproject-1.0.0-py2-none-any.whl", PUBLISH_PREDICATE_TYPE) },
    "statement-subject-name",
  ],
  [
    "a statement about no distribution",
    { statement: statement("a.txt", PUBLISH_PREDICATE_TYPE) },
    "statement-subject-name",
  ],
  [
    "a statement of another type",
    { statement: statement(TOY_FILE.filename, "https://example.test/v1") },
    "statement-predicate-type",
  ],
  [
    "a statement about other bytes",
    {
      statement: encodeInTotoStatement(
        { ...TOY_FILE, sha256: sha256(utf8("other")) },
        PUBLISH_PREDICATE_TYPE,
        null,
      ),
    },
    "digest-mismatch",
  ],
];

for (const [what, change, code] of attacks) {
  test(`verifyAttestation: ${what} is refused`, async () => {
    await assert.rejects(verifyWorld({ ...plan, ...change }), { code });
  });
}

test("verifyAttestation: a sound attestation is believed", async () => {
  const evidence = await verifyWorld(plan);
  assert.equal(evidence.signedAt, TOY_TIME + 5);
  assert.equal(evidence.logIndex, 1);
  assert.equal(evidence.predicateType, PUBLISH_PREDICATE_TYPE);
  assert.deepEqual(evidence.san, TOY_SAN);
  assert.deepEqual(evidence.claims, TOY_CLAIMS);
});

test("verifyAttestation: what was encoded and parsed again is believed, under the same digest", async () => {
  const { attestation, root } = makeWorld(plan);
  const again = parseAttestation(encodeAttestation(attestation));
  const evidence = await verifyAttestation(
    again,
    TOY_FILE,
    await prepareTrustedRoot(root, testCrypto),
    testCrypto,
  );
  assert.deepEqual(evidence.attestationDigest, sha256(encodeAttestation(attestation)));
});

for (const [what, change] of [
  [
    "the first and the last second of the certificate",
    { timestamps: [0, 600].map((after) => ({ ...soundTimestamp(), time: TOY_TIME + after })) },
  ],
  ["the last second of every window", onWindowEnd()],
  [
    "a SLSA provenance statement",
    { statement: statement(TOY_FILE.filename, SLSA_PROVENANCE_PREDICATE_TYPE) },
  ],
  [
    "another spelling of the filename",
    { statement: statement("Sampleproject-1.0.0-py3-none-any.whl", PUBLISH_PREDICATE_TYPE) },
  ],
  [
    "an SCT with extensions",
    {
      sct: {
        logKey: TOY_KEYS.ct,
        signer: TOY_KEYS.ct,
        time: TOY_TIME,
        extensions: Uint8Array.of(0, 0, 5, 0, 0, 0, 0, 7),
      },
    },
  ],
] as const) {
  test(`verifyAttestation: ${what} is believed`, async () => {
    await verifyWorld({ ...plan, ...change });
  });
}

for (const [what, file] of [
  ["another file", { ...TOY_FILE, sha256: sha256(utf8("other wheel")) }],
  ["a file of another name", { ...TOY_FILE, filename: "sampleproject-2.0.0-py3-none-any.whl" }],
] as const) {
  test(`verifyAttestation: ${what} is refused`, async () => {
    const code = file.filename === TOY_FILE.filename ? "digest-mismatch" : "statement-subject-name";
    await assert.rejects(verifyWorld(plan, file), { code });
  });
}

function onWindowEnd(): Partial<ToyPlan> {
  const window = { start: TOY_TIME - 5, end: TOY_TIME + 5 };
  return { windows: { ca: window, ct: window, tsa: window, log: window } };
}

async function verifyWorld(changed: ToyPlan, file: DistributionFile = TOY_FILE) {
  const { attestation, root } = makeWorld(changed);
  return await verifyAttestation(attestation, file, await prepareTrustedRoot(root, testCrypto), testCrypto);
}

test("verifyAttestation: without a log entry nothing is believed, whoever made the object", async () => {
  const world = makeWorld(plan);
  const root = await prepareTrustedRoot(world.root, testCrypto);
  const unlogged = { ...world.attestation, transparencyEntries: [] };
  await assert.rejects(verifyAttestation(unlogged, TOY_FILE, root, testCrypto), {
    code: "log-entry-missing",
  });
});
