// SPDX-License-Identifier: Apache-2.0
import {
  type ConfigRecord,
  canonicalVersion,
  encodeEd25519Spki,
  encodeHex,
  encodeProjectDetail,
  encodePublisher,
  encodeTextDetail,
  fileId,
  parseVersion,
  publisherId,
  releaseId,
  SLSA_PROVENANCE_PREDICATE_TYPE,
  utf8,
} from "@countermark/formats";
import { rootJson, SOUND_ROOT } from "../../../sigstore/vectors/world.ts";
import { TOY_FILE } from "../../../support/toy-sigstore.ts";
import { type AdmitPlan, NOW, RECORD } from "../../admit-world.ts";
import {
  CONFIG,
  DAY,
  type Draft,
  digestOf,
  hashOf,
  I,
  K,
  L,
  ORIGIN,
  OTHER_PRINCIPAL,
  rootSigned,
  sha256,
  type ToyLedger,
  toyKey,
} from "../../toy-ledger.ts";
import { RULES, SUCCEEDED, SUNSET } from "../stories/index-kinds.ts";
import { configure } from "../stories/tell.ts";
import { CONSENT_CASES, consentedEntry } from "./consents.ts";
import { fileKindCases } from "./files.ts";
import { TRUST_CASES } from "./trust.ts";
import {
  ACCEPTED,
  type Asked,
  Bases,
  type Change,
  CREATED,
  entryAt,
  nextEntry,
  trustText,
} from "./worlds.ts";

const SALT = hashOf("publisher salt");
const PUBLISHER = publisherId(sha256, SALT, encodePublisher(RECORD));
const OTHER_RECORD = { ...RECORD, projectId: "1002" };
const OTHER_OPENING = { record: OTHER_RECORD, salt: hashOf("other") };
const OTHER = publisherId(sha256, OTHER_OPENING.salt, encodePublisher(OTHER_RECORD));
const OPENING = { record: RECORD, salt: SALT };
const SDIST = "sampleproject-1.0.0.tar.gz";
const OTHER_VERSION = "sampleproject-2.0.0-py3-none-any.whl";
const WHEEL = TOY_FILE.filename;

type Statement = AdmitPlan["statement"];

const NO_ATTESTATION: Statement = { attestations: [] };
const BY_TOKEN: Statement = { ...NO_ATTESTATION, uploader: "token", publisher: null };

function metadata(text: string, statement: Statement = {}): Change {
  const bytes = utf8(text);
  return { plan: { metadata: bytes, statement: { metadata: encodeHex(sha256(bytes)), ...statement } } };
}

/** A source distribution: without attestation, for the toy signs a wheel. */
function sdist(statement: Statement = {}): Change {
  const ids = { file: fileId(sha256, K, SDIST), ...BY_TOKEN, ...statement };
  return { plan: { detail: { filename: SDIST, kind: "sdist", publishers: [] }, statement: ids } };
}

function attestations(...digests: readonly string[]): (plan: { readonly digest: string }) => Statement {
  return ({ digest }) => ({
    attestations: [...digests, digest]
      .sort()
      .map((item) => ({ digest: item, predicate: "publish", publisher: PUBLISHER, time: NOW - 55 })),
  });
}

/** The digest of the toy's attestation. */
async function attested(): Promise<string> {
  const { evidence } = await entryAt(new Bases(), "", ACCEPTED);
  return Object.keys(evidence)[2] ?? "";
}

/** vectors/admission/entries.json */
export async function entryVectors() {
  const bases = new Bases();
  const accepted: Asked[] = [];
  const refused: (Asked & { readonly code: string })[] = [];
  for (const [claim, change, code] of await fileCases()) {
    const entry = await entryAt(bases, claim, ACCEPTED, change);
    if (typeof code === "number") accepted.push({ ...entry, attestations: code } as Asked);
    else refused.push({ ...entry, code });
  }
  for (const [claim, change, code] of CREATED_CASES) {
    const entry = await entryAt(bases, claim, claim.startsWith("a genesis") ? 0 : CREATED, change);
    if (code === null) accepted.push({ ...entry, attestations: 0 } as Asked);
    else refused.push({ ...entry, code });
  }
  for (const [claim, draft, options, code] of NEXT_CASES) {
    const entry = await nextEntry(bases, claim, draft, options);
    if (code === null) accepted.push({ ...entry, attestations: 0 } as Asked);
    else refused.push({ ...entry, code });
  }
  for (const { claim, draft, detail, change, code } of TRUST_CASES) {
    const entry = await nextEntry(bases, claim, draft, { detail, change });
    if (code === null) accepted.push({ ...entry, attestations: 0 } as Asked);
    else refused.push({ ...entry, code });
  }
  for (const { claim, draft, outcome, ...options } of fileKindCases(await attested())) {
    const entry = await nextEntry(bases, claim, draft, options);
    if (typeof outcome === "number") accepted.push({ ...entry, attestations: outcome } as Asked);
    else refused.push({ ...entry, code: outcome });
  }
  for (const [claim, options, code] of CONSENT_CASES) {
    const entry = await consentedEntry(bases, claim, options);
    if (code === null) accepted.push({ ...entry, attestations: 0 } as Asked);
    else refused.push({ ...entry, code });
  }
  return {
    trust: trustText(),
    trustedRoot: rootJson(SOUND_ROOT),
    bases: bases.leaves,
    blobs: bases.blobs,
    accepted,
    refused,
  };
}

type Serve = NonNullable<Change["evidence"]>;
type FileCase = readonly [claim: string, change: Change, outcome: string | number];

async function fileCases(): Promise<readonly FileCase[]> {
  const digest = await attested();
  const [none, all] = ["00".repeat(32), "ff".repeat(32)];
  const take =
    (i: number): Serve =>
    (evidence) => {
      evidence.delete([...evidence.keys()][i] ?? "");
    };
  const put =
    (i: number, bytes: Uint8Array): Serve =>
    (evidence) => {
      evidence.set([...evidence.keys()][i] ?? "", bytes);
    };
  const detail = (changes: AdmitPlan["detail"], statement: Statement = {}): Change => ({
    plan: { detail: changes, statement },
  });
  const opened = (...publishers: (typeof OPENING)[]): Change => detail({ publishers });
  const stated = (statement: Statement): Change => ({ plan: { statement } });
  const spki = encodeEd25519Spki(toyKey("stranger").key);
  const otherName = { filename: OTHER_VERSION };
  return [
    ["an attested file", {}, 1],
    ["a file whose entry is two minutes ahead", { now: NOW - 120 }, 1],
    ["a file with a name that has a dot more", detail({ name: "sample.project" }), "name-differs"],
    ["a file with a name that normalises to the project's", detail({ name: "SAMPLEPROJECT" }), 1],
    ["provenance", { plan: { predicateType: SLSA_PROVENANCE_PREDICATE_TYPE, statedPredicate: "slsa" } }, 1],
    ["a file by token", { plan: { detail: { publishers: [] }, statement: BY_TOKEN } }, 0],
    ["a file by a publisher without attestation", stated(NO_ATTESTATION), 0],
    ["a file by token that a publisher attested", stated({ uploader: "token", publisher: null }), 1],
    ["a source distribution", sdist(), 0],
    ["a source distribution without METADATA stated", sdist({ metadata: null }), 0],
    [
      "METADATA of a name that has a dash more",
      metadata("Name: Sample_Project\nVersion: 1.0\n\n"),
      "metadata-differs",
    ],
    [
      "METADATA of the same name and version, spelled otherwise",
      metadata("Name: SampleProject\nVersion: v1.0.0\n\n"),
      1,
    ],
    ["an entry from the future", { now: NOW - 121 }, "entry-from-future"],
    [
      "a countersigning key that is not trusted",
      { trust: { countersign: [{ origin: ORIGIN, spki, from: 0, to: null }] } },
      "countersign-key",
    ],
    ["a name of another project", detail({ name: "otherproject" }), "name-differs"],
    ["a filename of another project", detail({ filename: "other-1.0.0-py3-none-any.whl" }), "name-differs"],
    [
      "another filename of the project",
      detail({ filename: "sampleproject-1.0.0-py2-none-any.whl" }),
      "file-id-differs",
    ],
    ["another release", stated({ release: releaseId(sha256, K, parseVersion("1.1")) }), "file-id-differs"],
    [
      "a filename of another version",
      detail(otherName, { file: fileId(sha256, K, OTHER_VERSION) }),
      "file-id-differs",
    ],
    ["another version", detail({ version: "1.1" }), "file-id-differs"],
    ["another kind of distribution", detail({ kind: "sdist" }), "file-id-differs"],
    ["a publisher that is not opened", opened(), "opening-mismatch"],
    [
      "an uploader who is not opened",
      { plan: { detail: { publishers: [] }, statement: NO_ATTESTATION } },
      "opening-mismatch",
    ],
    ["a publisher too many, after the one", opened(OPENING, OTHER_OPENING), "opening-mismatch"],
    ["a publisher too many, before the one", opened(OTHER_OPENING, OPENING), "opening-mismatch"],
    [
      "a publisher opened with another salt",
      opened({ ...OPENING, salt: hashOf("other") }),
      "opening-mismatch",
    ],
    [
      "an uploader who is opened beside who attested",
      { plan: { detail: { publishers: [OPENING, OTHER_OPENING] }, statement: { publisher: OTHER } } },
      1,
    ],
    ["an uploader who is not opened beside who attested", stated({ publisher: OTHER }), "opening-mismatch"],
    [
      "who attested is not opened beside the uploader",
      { plan: { detail: { publishers: [OTHER_OPENING] }, statement: { publisher: OTHER } } },
      "opening-mismatch",
    ],
    [
      "the first of two attestations is not served",
      stated(attestations(none)({ digest })),
      "evidence-missing",
    ],
    ["the last of two attestations is not served", stated(attestations(all)({ digest })), "evidence-missing"],
    ["another size", stated({ size: TOY_FILE.bytes.length + 1 }), "size-differs"],
    ["a wheel without METADATA", { plan: { metadata: null } }, "metadata-differs"],
    ["a wheel for which no METADATA is stated", stated({ metadata: null }), "metadata-differs"],
    ["METADATA with another digest", stated({ metadata: digestOf("other") }), "metadata-differs"],
    [
      "a source distribution with another digest of METADATA",
      sdist({ metadata: digestOf("other") }),
      "metadata-differs",
    ],
    ["METADATA of another name", metadata("Name: other\nVersion: 1.0.0\n\n"), "metadata-differs"],
    ["METADATA of another version", metadata("Name: sampleproject\nVersion: 1.1\n\n"), "metadata-differs"],
    [
      "METADATA with two names",
      metadata("Name: sampleproject\nName: other\nVersion: 1.0.0\n\n"),
      "metadata-differs",
    ],
    [
      "METADATA with two versions",
      metadata("Name: sampleproject\nVersion: 1.0.0\nVersion: 1.1\n\n"),
      "metadata-differs",
    ],
    ["METADATA without a name", metadata("Version: 1.0.0\n\n"), "metadata-differs"],
    ["METADATA without a version", metadata("Name: sampleproject\n\n"), "metadata-differs"],
    [
      "METADATA with the version below its head",
      metadata("Name: sampleproject\n\nVersion: 1.0.0\n"),
      "metadata-differs",
    ],
    ["an attestation at another time", { plan: { attestationTime: NOW - 54 } }, "attestation-signed-at"],
    [
      "a publish attestation stated as provenance",
      { plan: { statedPredicate: "slsa" } },
      "attestation-predicate",
    ],
    [
      "a publish attestation stated as another",
      { plan: { statedPredicate: "other" } },
      "attestation-predicate",
    ],
    [
      "provenance stated as a publish attestation",
      { plan: { predicateType: SLSA_PROVENANCE_PREDICATE_TYPE } },
      "attestation-predicate",
    ],
    [
      "provenance stated as another",
      { plan: { predicateType: SLSA_PROVENANCE_PREDICATE_TYPE, statedPredicate: "other" } },
      "attestation-predicate",
    ],
    ["an attestation by another project", { plan: { record: OTHER_RECORD } }, "attestation-publisher"],
    [
      "an attestation by another workflow",
      { plan: { record: { ...RECORD, workflow: ".github/workflows/other.yml" } } },
      "attestation-publisher",
    ],
    [
      "an attestation by a provider that is not known",
      { plan: { record: { ...RECORD, issuer: "https://issuer.example" } } },
      "attestation-publisher",
    ],
    [
      "an attestation under another's digest",
      {
        plan: {
          statement: {
            attestations: [{ digest: all, predicate: "publish", publisher: PUBLISHER, time: NOW - 55 }],
          },
        },
        evidence: (evidence) => void evidence.set(all, evidence.get(digest) ?? utf8("")),
      },
      "digest-mismatch",
    ],
    ["the file's detail, not served", { evidence: take(1) }, "detail-missing"],
    ["the attestation, not served", { evidence: take(2) }, "evidence-missing"],
    ["the file, not served", { evidence: take(3) }, "file-missing"],
    ["another file", { evidence: put(3, utf8("b wheel")) }, "digest-mismatch"],
    ["another detail", { evidence: put(1, hashOf("another detail")) }, "detail-mismatch"],
    ["no detail", stated({ detail: null }), "detail-missing"],
    ["a wheel of its canonical version", detail({ version: canonicalVersion(parseVersion("v1.0.0")) }), 1],
    [
      "another file's name in the attestation",
      detail({ filename: WHEEL, version: "1.0" }),
      "file-id-differs",
    ],
  ];
}

type Case = readonly [claim: string, change: Change, code: string | null];

const CREATED_CASES: readonly Case[] = [
  ["a genesis", {}, null],
  ["a genesis of another ecosystem", { trust: { ecosystem: "npm" } }, "ecosystem-differs"],
  ["a project", {}, null],
  ["a project of another name", { plan: { project: { name: "other" } } }, "name-differs"],
  [
    "a project with a publisher that is not opened",
    { plan: { project: { publishers: [] } } },
    "opening-mismatch",
  ],
  [
    "a project whose detail is not served",
    { evidence: (evidence) => void evidence.delete([...evidence.keys()][0] ?? "") },
    "detail-missing",
  ],
  [
    "a project with another detail",
    { evidence: (evidence) => void evidence.set([...evidence.keys()][0] ?? "", hashOf("another")) },
    "detail-mismatch",
  ],
];

type NextCase = readonly [
  claim: string,
  draft: Draft | ((ledger: ToyLedger) => Draft),
  options: NonNullable<Parameters<typeof nextEntry>[3]>,
  code: string | null,
];

const ABOUT = { project: I, log: L, root: [] } as const;
const DONE = encodeTextDetail(hashOf("salt"), "done");
const NO_TEXT = hashOf("no JSON");
const FILE = fileId(sha256, K, WHEEL);

/** Every kind whose detail is a reason. */
const REASONED: readonly (readonly [string, NextCase[1]])[] = [
  ["a yank", { kind: "yanked", files: [FILE], reason: "owner" }],
  ["an unyank", { kind: "unyanked", files: [FILE], reason: "owner" }],
  ["a withdrawal", { kind: "withdrawn", files: [FILE], reason: "owner" }],
  ["a status", { kind: "status", status: "archived" }],
  ["a void", { kind: "void", target: 3, statement: digestOf("statement"), root: null }],
  ["an announcement of rules", (ledger) => rootSigned(ledger, RULES)],
  [
    "another role",
    (ledger) => rootSigned(ledger, { ...ABOUT, kind: "index-role", role2: "gate", import: "closed" }),
  ],
  ["a sunset", (ledger) => rootSigned(ledger, SUNSET)],
  ["a succession", (ledger) => rootSigned(ledger, SUCCEEDED)],
];

function projectDetail(changes: Partial<Parameters<typeof encodeProjectDetail>[1]> = {}): Uint8Array {
  return encodeProjectDetail(hashOf("next detail"), {
    name: "sampleproject",
    publishers: [],
    principals: [],
    reason: null,
    ...changes,
  });
}

const OWN: ConfigRecord = { ...CONFIG, publishers: [PUBLISHER] };
const WITH_OTHER: ConfigRecord = { ...OWN, publishers: [PUBLISHER, OTHER].sort() };
const ONLY_OTHER: ConfigRecord = { ...OWN, publishers: [OTHER] };
const WITH_KEY: ConfigRecord = { ...OWN, principals: [OTHER_PRINCIPAL] };

/** Leads to `config`, from which the one before can still be restored. */
async function take(ledger: ToyLedger, config: ConfigRecord): Promise<void> {
  await ledger.add(ask(config));
  await ledger.wait(7 * DAY + 10);
  await ledger.add(configure("take", "none", null));
}

function ask(config: ConfigRecord): Draft {
  return configure("ask", "account", config);
}

const SALTED = { id: OTHER_PRINCIPAL, salt: hashOf("principal salt") };

const NEXT_CASES: readonly NextCase[] = [
  ["a reserved name", { kind: "project-reserved" }, { detail: projectDetail() }, null],
  [
    "a reserved name of another project",
    { kind: "project-reserved" },
    { detail: projectDetail({ name: "other" }) },
    "name-differs",
  ],
  ["a reserved name without detail", { kind: "project-reserved" }, {}, "detail-missing"],
  [
    "a recovery to somebody who is not opened",
    { kind: "project-recovered", act: "ask", way: "staff", config: ONLY_OTHER, root: null },
    { detail: projectDetail() },
    "opening-mismatch",
  ],
  ...REASONED.flatMap(([claim, draft]): readonly NextCase[] => [
    [`${claim} without a reason`, draft, {}, null],
    [`${claim} with a reason`, draft, { detail: DONE }, null],
    [`${claim} with a reason that is no text`, draft, { detail: NO_TEXT }, "not-json"],
  ]),
  [
    "a creation without people, without detail",
    { kind: "project-created", config: { ...CONFIG, publishers: [] }, project: digestOf("new"), seq: 0 },
    {},
    "detail-missing",
  ],
  [
    "a creation of a principal without its salt",
    { kind: "project-created", config: WITH_KEY },
    { detail: projectDetail({ publishers: [OPENING] }) },
    "opening-mismatch",
  ],
  ["an account's cancel", configure("cancel", "account", null), {}, null],
  ["a take", configure("take", "none", null), {}, null],
  ["an ask for what is there", ask(OWN), {}, null],
  ["an ask for what is there, with a detail", ask(OWN), { detail: projectDetail() }, null],
  [
    "an ask for what is there, with another's detail",
    ask(OWN),
    { detail: projectDetail({ name: "other" }) },
    "name-differs",
  ],
  ["an ask for a publisher who is new, without detail", ask(WITH_OTHER), {}, "detail-missing"],
  [
    "an ask for a publisher who is new and not opened",
    ask(WITH_OTHER),
    { detail: projectDetail() },
    "opening-mismatch",
  ],
  [
    "an ask for a publisher who is new and opened",
    ask(WITH_OTHER),
    { detail: projectDetail({ publishers: [OTHER_OPENING] }) },
    null,
  ],
  ["an ask for a principal who is new, without detail", ask(WITH_KEY), {}, "detail-missing"],
  [
    "an ask for a principal who is new, without its salt",
    ask(WITH_KEY),
    { detail: projectDetail() },
    "opening-mismatch",
  ],
  [
    "an ask for a principal who is new, with its salt",
    ask(WITH_KEY),
    { detail: projectDetail({ principals: [SALTED] }) },
    null,
  ],
  [
    "an ask for two who are new, the principal without its salt",
    ask({ ...WITH_OTHER, principals: [OTHER_PRINCIPAL] }),
    { detail: projectDetail({ publishers: [OTHER_OPENING] }) },
    "opening-mismatch",
  ],
  ["an ask for who is pending", ask(WITH_OTHER), { before: (ledger) => ledger.add(ask(WITH_OTHER)) }, null],
  [
    "an ask for a principal who is pending",
    ask(WITH_KEY),
    { before: (ledger) => ledger.add(ask(WITH_KEY)) },
    null,
  ],
  [
    "an ask for who is there alone",
    ask(WITH_OTHER),
    {
      before: async (ledger) => {
        await take(ledger, WITH_OTHER);
        await ledger.add(ask(OWN));
      },
    },
    null,
  ],
  ["an ask for who was there before", ask(OWN), { before: (ledger) => take(ledger, ONLY_OTHER) }, null],
  [
    "an entry of the index's own",
    { kind: "void", project: I, target: 0, statement: digestOf("statement"), root: null },
    {},
    null,
  ],
];
