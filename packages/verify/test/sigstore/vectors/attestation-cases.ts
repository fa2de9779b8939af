// SPDX-License-Identifier: Apache-2.0
// vectors/sigstore/attestations.json: PEP 740 attestations of distribution files.
import { encodeCanonicalJson, encodeHex, type JsonInput, utf8 } from "@countermark/formats";
import type { Thresholds } from "@countermark/verify";
import { sha256, TOY_KEYS, TOY_TIME, withExtension } from "../../support/toy-certificates.ts";
import { refusal } from "./cases.ts";
import { soundEntry } from "./entries.ts";
import { ABSENT, type Changes, changed, type Json } from "./json.ts";
import { hash } from "./stamps.ts";
import {
  ARTIFACT,
  type BundlePlan,
  bundleJson,
  ENVELOPE,
  IN_TOTO,
  ISSUER,
  inV1,
  LEAF,
  NAME,
  type RootPlan,
  rootJson,
  SOUND_ROOT,
  statementOf,
  trusted,
  V1_LOG,
  V2_LOG,
} from "./world.ts";

const PUBLISH = "https://docs.pypi.org/attestations/publish/v1";
const PROVENANCE = "https://slsa.dev/provenance/v1";
const FILE = "sampleproject-1.0.0-py3-none-any.whl";
const MATERIAL = "/verification_material";
const ONE_OF_EACH: Thresholds = { logs: 1, ctLogs: 1, times: 1 };

type Given = {
  readonly bundle?: BundlePlan;
  readonly root?: RootPlan;
  /** Of the attestation, when everything else is made. */
  readonly changes?: Changes;
  readonly text?: (sound: string) => string;
  readonly filename?: string;
  readonly sha256?: Uint8Array;
  readonly thresholds?: Thresholds;
};
type Case = {
  readonly name: string;
  readonly description: string;
  readonly given: Given;
  readonly expect: (attestation: Json) => Json;
};

function refused(code: string, name: string, description: string, given: Given): Case {
  return { name, description, given, expect: () => refusal(code) };
}

function believed(name: string, description: string, given: Given = {}, proves: Json = {}): Case {
  const { bundle = ENVELOPE } = given;
  const promised = bundle.entries.flatMap(({ promise, integratedTime }) =>
    promise === null ? [] : [integratedTime],
  );
  const [first] = bundle.entries;
  const expect = (attestation: Json): Json => ({
    signedAt: Math.min(...bundle.timestamps.map(({ time }) => time), ...promised),
    logId: encodeHex(first?.log.logId ?? new Uint8Array(0)),
    logIndex: first?.logIndex ?? 0,
    name: NAME,
    issuer: ISSUER,
    predicateType: PUBLISH,
    predicate: null,
    digest: encodeHex(sha256(encodeCanonicalJson(attestation))),
    ...proves,
  });
  return { name, description, given, expect };
}

const statement = (changes: Changes): Given => ({
  bundle: { ...ENVELOPE, content: { kind: "envelope", payload: statementOf(changes), type: IN_TOTO } },
});
const named = (name: string, filename = FILE): Given => ({
  ...statement({ "/subject/0/name": name }),
  filename,
});
const attestation = (changes: Changes): Given => ({ changes });

/** The attestation that says what the bundle says. */
function attestationJson(plan: BundlePlan): Json {
  const bundle = bundleJson(plan) as unknown as SoundBundle; // made here, with an envelope
  const { certificate, tlogEntries, timestampVerificationData: data } = bundle.verificationMaterial;
  const timestamps = data?.rfc3161Timestamps.map(({ signedTimestamp }) => signedTimestamp);
  const { payload, signatures } = bundle.dsseEnvelope;
  return {
    version: 1,
    verification_material: {
      certificate: certificate.rawBytes,
      transparency_entries: tlogEntries,
      ...(timestamps === undefined ? {} : { timestamps }),
    },
    envelope: { statement: payload, signature: signatures[0]?.sig ?? "" },
  };
}

type SoundBundle = {
  readonly verificationMaterial: {
    readonly certificate: { readonly rawBytes: string };
    readonly tlogEntries: JsonInput;
    readonly timestampVerificationData?: {
      readonly rfc3161Timestamps: readonly { readonly signedTimestamp: string }[];
    };
  };
  readonly dsseEnvelope: {
    readonly payload: string;
    readonly signatures: readonly { readonly sig: string }[];
  };
};

const forms: readonly Case[] = [
  believed("a publish statement in Rekor v2", "With a timestamp."),
  believed("a publish statement in Rekor v1", "By its promise: as PyPI has them.", {
    bundle: inV1("dsse 0.0.1"),
  }),
  believed(
    "a publish statement in Rekor v1, with timestamps that are null",
    "As the standard has it where there are none.",
    { bundle: inV1("dsse 0.0.1"), changes: { [`${MATERIAL}/timestamps`]: null } },
  ),
  believed("a publish statement in Rekor v1, with an empty list of timestamps", "None.", {
    bundle: inV1("dsse 0.0.1"),
    changes: { [`${MATERIAL}/timestamps`]: [] },
  }),
  believed("a publish statement in Rekor v1, with a timestamp", "The earlier of the two is the time.", {
    bundle: { ...inV1("dsse 0.0.1"), timestamps: ENVELOPE.timestamps },
  }),
  believed(
    "a provenance statement",
    "SLSA version 1.",
    statement({ "/predicateType": PROVENANCE, "/predicate": { buildDefinition: {} } }),
    { predicateType: PROVENANCE, predicate: { buildDefinition: {} } },
  ),
  believed("a statement without a predicate", "Absent is null.", statement({ "/predicate": ABSENT })),
  believed(
    "members of a statement that nobody knows",
    "in-toto demands that they are ignored.",
    statement({ "/extra": 1 }),
  ),
  refused(
    "too-large",
    "an attestation above the limit",
    "128 KiB. GHSA-f83f-xpx7-ffpw of Fulcio: input of any size was read into memory.",
    {
      text: (sound) => sound + " ".repeat(131_072),
    },
  ),
  refused("out-of-range", "version 0", "Only version 1 is known.", attestation({ "/version": 0 })),
  refused("out-of-range", "version 2", "Only version 1 is known.", attestation({ "/version": 2 })),
  refused("wrong-type", "a version that is a string", "It is a number.", attestation({ "/version": "1" })),
  refused(
    "unknown-field",
    "a member that nobody knows",
    "What is not understood is not accepted.",
    attestation({ "/extra": 1 }),
  ),
  refused(
    "unknown-field",
    "a member of the material that nobody knows",
    "What is not understood is not accepted.",
    attestation({ [`${MATERIAL}/extra`]: 1 }),
  ),
  refused(
    "unknown-field",
    "a member of the envelope that nobody knows",
    "What is not understood is not accepted.",
    attestation({ "/envelope/extra": 1 }),
  ),
  refused("duplicate-key", "a member twice", "Which of the two counts?", {
    text: (sound) => sound.replace('{"version":1', '{"version":1,"version":1'),
  }),
  refused(
    "missing-field",
    "no log entry",
    "An empty list.",
    attestation({ [`${MATERIAL}/transparency_entries`]: [] }),
  ),
  refused("missing-field", "an entry without a proof", "PEP 740 demands it.", {
    bundle: inV1("dsse 0.0.1"),
    changes: { [`${MATERIAL}/transparency_entries/0/inclusionProof`]: ABSENT },
  }),
  refused(
    "not-base64",
    "base64 of the other alphabet",
    "Base64 has one spelling.",
    attestation({ "/envelope/signature": "_-_-" }),
  ),
];

const subjects: readonly Case[] = [
  ...(
    [
      ["the project's name in capitals", "SampleProject-1.0.0-py3-none-any.whl", FILE],
      ["the project's name with dots, an sdist", "Sample.Project-1.0.tar.gz", "sample_project-1.0.tar.gz"],
      ["tags in another order", "pkg-1.0-py2.py3-none-any.whl", "pkg-1.0-py3.py2-none-any.whl"],
      ["a build number", "pkg-1.0-1-py3-none-any.whl", "pkg-1.0-1-py3-none-any.whl"],
      ["a tag twice", "pkg-1.0-py3.py3-none-any.whl", "pkg-1.0-py3-none-any.whl"],
      ["an sdist", "pkg-1.0.tar.gz", "pkg-1.0.tar.gz"],
    ] as const
  ).map(([what, signed, served]) =>
    believed(
      `same file: ${what}`,
      "Names are equal when they say the same distribution.",
      named(signed, served),
    ),
  ),
  ...(
    [
      ["another project", "other-1.0.tar.gz", "pkg-1.0.tar.gz"],
      ["another project, a wheel", "other-1.0-py3-none-any.whl", "pkg-1.0-py3-none-any.whl"],
      ["another version", "pkg-1.1.tar.gz", "pkg-1.0.tar.gz"],
      ["another version, a wheel", "pkg-1.1-py3-none-any.whl", "pkg-1.0-py3-none-any.whl"],
      ["a version with a zero less", "sampleproject-1.0-py3-none-any.whl", FILE],
      ["a wheel for an sdist", "pkg-1.0-py3-none-any.whl", "pkg-1.0.tar.gz"],
      ["an sdist for a wheel", "pkg-1.0.tar.gz", "pkg-1.0-py3-none-any.whl"],
      ["a build number more", "pkg-1.0-1-py3-none-any.whl", "pkg-1.0-py3-none-any.whl"],
      ["another build number", "pkg-1.0-1-py3-none-any.whl", "pkg-1.0-2-py3-none-any.whl"],
      ["another Python", "pkg-1.0-py2-none-any.whl", "pkg-1.0-py3-none-any.whl"],
      ["a Python less", "pkg-1.0-py3-none-any.whl", "pkg-1.0-py2.py3-none-any.whl"],
      ["a Python more", "pkg-1.0-py2.py3-none-any.whl", "pkg-1.0-py3-none-any.whl"],
      ["one Python of two another", "pkg-1.0-py2.py3-none-any.whl", "pkg-1.0-py3.py4-none-any.whl"],
      ["another ABI", "pkg-1.0-cp312-abi3-any.whl", "pkg-1.0-cp312-cp312-any.whl"],
      ["another platform", "pkg-1.0-cp312-cp312-linux_x86_64.whl", "pkg-1.0-cp312-cp312-win_amd64.whl"],
      ["no distribution's name", "a.txt", "pkg-1.0.tar.gz"],
      ["no name", "", "pkg-1.0.tar.gz"],
      ["a path", "x/pkg-1.0.tar.gz", "pkg-1.0.tar.gz"],
    ] as const
  ).map(([what, signed, served]) =>
    refused(
      "statement-subject-name",
      `other file: ${what}`,
      "The statement is about a file of another name.",
      named(signed, served),
    ),
  ),
  refused(
    "statement-subject-count",
    "two subjects",
    "Which file is meant?",
    statement({ "/subject/-": { name: "other-1.0.tar.gz", digest: { sha256: "00".repeat(32) } } }),
  ),
  refused(
    "statement-subject-count",
    "one subject twice",
    "One file, once.",
    statement({ "/subject/-": { name: FILE, digest: { sha256: encodeHex(sha256(ARTIFACT)) } } }),
  ),
  refused(
    "statement-subject-count",
    "no subject",
    "A statement about nothing.",
    statement({ "/subject": [] }),
  ),
  refused(
    "digest-mismatch",
    "another digest",
    "The statement is about other bytes.",
    statement({ "/subject/0/digest/sha256": "00".repeat(32) }),
  ),
  refused("digest-mismatch", "another file of that name", "Its digest is not the statement's.", {
    sha256: sha256(utf8("another wheel")),
  }),
  refused(
    "digest-mismatch",
    "no SHA-256",
    "The right SHA-512 is not what is wanted.",
    statement({ "/subject/0/digest": { sha512: encodeHex(hash("sha512", ARTIFACT)) } }),
  ),
  refused(
    "digest-mismatch",
    "a subject by digests that nobody knows",
    "Absent is not equal.",
    statement({ "/subject/0/digest": { sha1: "00" } }),
  ),
  refused(
    "statement-predicate-type",
    "another predicate",
    "Not one that is accepted for distribution files.",
    statement({ "/predicateType": "https://example.test/v1" }),
  ),
  refused(
    "statement-predicate-type",
    "the predicate's type in capitals",
    "Types are equal byte by byte.",
    statement({ "/predicateType": PUBLISH.toUpperCase() }),
  ),
  refused(
    "statement-predicate-type",
    "the older provenance",
    "SLSA version 0.2.",
    statement({ "/predicateType": "https://slsa.dev/provenance/v0.2" }),
  ),
  refused(
    "unsupported",
    "a statement of another type",
    "in-toto version 0.1 is not accepted.",
    statement({ "/_type": "https://in-toto.io/Statement/v0.1" }),
  ),
  refused("unsupported", "a file whose own name is none", "The caller asks about no distribution.", {
    filename: "a.txt",
  }),
];

const TWO: RootPlan = {
  ...SOUND_ROOT,
  tlogs: [trusted(V2_LOG, { operator: "one.test" }), trusted(V1_LOG, { operator: "two.test" })],
};
const v2 = soundEntry("hashedrekord 0.0.2", V2_LOG);

const signed: readonly Case[] = [
  refused(
    "attestation-signature",
    "a signature by another key",
    "Entry and timestamp are of this signature.",
    { bundle: { ...ENVELOPE, signature: TOY_KEYS.stranger.sign(ARTIFACT) } },
  ),
  refused(
    "attestation-signature",
    "a signature over another payload type",
    "The type is signed with the payload, and not there to be changed.",
    { bundle: { ...ENVELOPE, signature: ENVELOPE.signer.sign(statementOf()) } },
  ),
  refused(
    "log-entry-mismatch",
    "another statement",
    "The entry is about what was signed.",
    attestation({ "/envelope/statement": Buffer.from(statementOf({ "/extra": 1 })).toString("base64") }),
  ),
  refused("certificate-expired", "a second after the certificate", "The time is one second after its last.", {
    bundle: {
      ...ENVELOPE,
      timestamps: ENVELOPE.timestamps.map((stamp) => ({ ...stamp, time: TOY_TIME + 601 })),
    },
  }),
  refused("certificate-signature", "a certificate by a stranger", "The authority did not sign it.", {
    bundle: { ...ENVELOPE, leaf: { ...LEAF, signer: TOY_KEYS.stranger } },
  }),
  refused("certificate-names", "a certificate without a name", "Whoever it is.", {
    bundle: { ...ENVELOPE, leaf: withExtension(LEAF, { subjectAltName: new Uint8Array(0) }) },
  }),
  refused(
    "timestamp-missing",
    "no timestamp in Rekor v2",
    "An entry of Rekor v2 brings no time of its own.",
    { bundle: { ...ENVELOPE, timestamps: [] } },
  ),
  refused("log-signature-invalid", "a checkpoint by a stranger", "The log did not sign it.", {
    bundle: {
      ...ENVELOPE,
      entries: [{ ...v2, checkpoint: { ...v2.checkpoint, signer: TOY_KEYS.strangerEd25519 } }],
    },
  }),
  believed("in two logs, two wanted", "Of two operators.", {
    bundle: { ...ENVELOPE, entries: [v2, soundEntry("dsse 0.0.1", V1_LOG)] },
    root: TWO,
    thresholds: { ...ONE_OF_EACH, logs: 2 },
  }),
  refused("threshold-logs", "in one log, two wanted", "One entry.", {
    root: TWO,
    thresholds: { ...ONE_OF_EACH, logs: 2 },
  }),
];

/** vectors/sigstore/attestations.json */
export function attestationFile(): Json {
  const cases = [...forms, ...subjects, ...signed];
  return {
    trustedRoots: { toy: rootJson(SOUND_ROOT), "two operators": rootJson(TWO) },
    cases: cases.map(({ name, description, given, expect }) => {
      const found = changed(attestationJson(given.bundle ?? ENVELOPE), given.changes ?? {});
      return {
        name,
        description,
        ...(given.text === undefined
          ? { attestation: found }
          : { attestationText: given.text(JSON.stringify(found)) }),
        trustedRoot: given.root === undefined ? "toy" : "two operators",
        file: { filename: given.filename ?? FILE, sha256: encodeHex(given.sha256 ?? sha256(ARTIFACT)) },
        thresholds: given.thresholds ?? ONE_OF_EACH,
        expect: expect(found),
      };
    }),
  };
}

const publisher = {
  kind: "GitHub",
  repository: "octo-org/sampleproject",
  workflow: "release.yml",
  environment: null,
};

/** vectors/sigstore/provenance.json */
export function provenanceFile(): Json {
  const one = attestationJson(ENVELOPE);
  const sound: Json = { version: 1, attestation_bundles: [{ publisher, attestations: [one] }] };
  const BUNDLE = "/attestation_bundles/0";
  const cases: readonly (readonly [name: string, description: string, changes: Changes, expect: Json])[] = [
    [
      "a provenance object",
      "One bundle of one attestation.",
      {},
      { publishers: ["GitHub"], attestations: [1] },
    ],
    [
      "claims that are null",
      "An object by the standard; null where Warehouse wrote it.",
      { [`${BUNDLE}/publisher/claims`]: null },
      { publishers: ["GitHub"], attestations: [1] },
    ],
    [
      "claims that are an object",
      "By the standard.",
      { [`${BUNDLE}/publisher/claims`]: {} },
      { publishers: ["GitHub"], attestations: [1] },
    ],
    [
      "members of a publisher that nobody knows",
      "They vary with its kind.",
      { [`${BUNDLE}/publisher/extra`]: 1 },
      { publishers: ["GitHub"], attestations: [1] },
    ],
    [
      "two bundles",
      "Of two publishers.",
      { "/attestation_bundles/-": { publisher: { kind: "GitLab" }, attestations: [one, one] } },
      { publishers: ["GitHub", "GitLab"], attestations: [1, 2] },
    ],
    [
      "claims that are a list",
      "Neither an object nor null.",
      { [`${BUNDLE}/publisher/claims`]: [] },
      refusal("wrong-type"),
    ],
    [
      "a publisher without a kind",
      "Its other members cannot be told.",
      { [`${BUNDLE}/publisher/kind`]: ABSENT },
      refusal("missing-field"),
    ],
    [
      "no publisher",
      "The index says who it is.",
      { [`${BUNDLE}/publisher`]: ABSENT },
      refusal("missing-field"),
    ],
    ["no bundles", "An empty list.", { "/attestation_bundles": [] }, refusal("missing-field")],
    ["no attestations", "An empty list.", { [`${BUNDLE}/attestations`]: [] }, refusal("missing-field")],
    ["version 2", "Only version 1 is known.", { "/version": 2 }, refusal("out-of-range")],
    [
      "a member that nobody knows",
      "What is not understood is not accepted.",
      { "/extra": 1 },
      refusal("unknown-field"),
    ],
    [
      "a member of a bundle that nobody knows",
      "What is not understood is not accepted.",
      { [`${BUNDLE}/extra`]: 1 },
      refusal("unknown-field"),
    ],
    [
      "a member of an attestation that nobody knows",
      "What is not understood is not accepted.",
      { [`${BUNDLE}/attestations/0/extra`]: 1 },
      refusal("unknown-field"),
    ],
  ];
  return {
    cases: cases.map(([name, description, changes, expect]) => ({
      name,
      description,
      provenance: changed(sound, changes),
      expect,
    })),
  };
}
