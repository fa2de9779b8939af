// SPDX-License-Identifier: Apache-2.0
// A toy ledger with one attested file, and all the evidence for it.
import {
  attestationDigest,
  detailCommitment,
  EMPTY_CONFIG,
  encodeAttestation,
  encodeFileDetail,
  encodeFulcioExtensions,
  encodeHex,
  encodeInTotoStatement,
  encodeProjectDetail,
  encodePublisher,
  encodeSubjectAltName,
  type FileAccepted,
  type FileDetail,
  fileId,
  NO_FULCIO_CLAIMS,
  type ProjectDetail,
  PUBLISH_PREDICATE_TYPE,
  type PublisherRecord,
  parseEntry,
  parseVersion,
  publisherId,
  releaseId,
  utf8,
} from "@countermark/formats";
import {
  type AdmitPorts,
  admit,
  findProvider,
  type LedgerState,
  PUBLIC_PROVIDERS,
  prepareTrustedRoot,
} from "@countermark/verify";
import { TOY_TIME, withExtension } from "../support/toy-certificates.ts";
import { makeWorld, soundPlan, TOY_FILE, type ToyPlan } from "../support/toy-sigstore.ts";
import { toyTrust } from "./toy-head.ts";
import { acceptedFile, crypto, type Draft, hashOf, K, sha256, ToyLedger } from "./toy-ledger.ts";

/** When the timestamp authority saw the signature. */
export const SIGNED_AT = TOY_TIME + 5;
export const NOW = TOY_TIME + 60;
export const METADATA = utf8(
  "Metadata-Version: 2.4\nName: sampleproject\nVersion: 1.0.0\n\nName: a description\n",
);
const SALT = hashOf("publisher salt");

export const RECORD: PublisherRecord = {
  provider: "github",
  issuer: "https://token.actions.githubusercontent.com",
  owner: "octo-org",
  ownerId: "2002",
  project: "octo-org/sampleproject",
  projectId: "1001",
  workflow: ".github/workflows/release.yml",
  calledWorkflow: null,
  environment: null,
  subject: null,
};

const REPOSITORY = "https://github.com/octo-org/sampleproject";
const WORKFLOW = `${REPOSITORY}/.github/workflows/release.yml@refs/tags/v1`;
const CLAIMS = {
  ...NO_FULCIO_CLAIMS,
  issuer: RECORD.issuer,
  buildSignerUri: WORKFLOW,
  runnerEnvironment: "github-hosted",
  sourceRepositoryUri: REPOSITORY,
  sourceRepositoryDigest: "a".repeat(40),
  sourceRepositoryRef: "refs/tags/v1",
  sourceRepositoryId: "1001",
  ownerUri: "https://github.com/octo-org",
  ownerId: "2002",
  buildConfigUri: WORKFLOW,
  buildTrigger: "push",
  runInvocationUri: `${REPOSITORY}/actions/runs/7/attempts/1`,
};

/** Everything that an auditor sees; tests change one thing. */
export interface AdmitPlan {
  readonly record: PublisherRecord;
  readonly predicateType: string;
  readonly detail: Partial<FileDetail>;
  readonly project: Partial<ProjectDetail>;
  readonly statement: Partial<Draft<FileAccepted>>;
  readonly attestationTime: number;
  readonly statedPredicate: "publish" | "slsa" | "other";
  readonly metadata: Uint8Array | null;
}

export const SOUND: AdmitPlan = {
  record: RECORD,
  predicateType: PUBLISH_PREDICATE_TYPE,
  detail: {},
  project: {},
  statement: {},
  attestationTime: SIGNED_AT,
  statedPredicate: "publish",
  metadata: METADATA,
};

export interface AdmitWorld {
  readonly ledger: ToyLedger;
  /** The states before each leaf. */
  readonly before: readonly LedgerState[];
  readonly ports: AdmitPorts;
  /** What is inside the file. */
  readonly metadata: Uint8Array | null;
  /** By digest; a test may take one away, or put another in its place. */
  readonly evidence: Map<string, Uint8Array>;
}

/** A ledger of genesis, state, project and file. */
export async function createAdmitWorld(changes: Partial<AdmitPlan> = {}): Promise<AdmitWorld> {
  const plan = { ...SOUND, ...changes };
  const { attestation, root } = signFile(plan);
  const attested = encodeHex(attestationDigest(sha256, attestation));
  const opening = { record: plan.record, salt: SALT };
  const publisher = publisherId(sha256, SALT, encodePublisher(plan.record));
  const projectDetail = encodeProjectDetail(hashOf("project detail"), {
    name: "SampleProject",
    publishers: [opening],
    principals: [],
    reason: null,
    ...plan.project,
  });
  const fileDetail = encodeFileDetail(hashOf("file detail"), {
    filename: TOY_FILE.filename,
    kind: "wheel",
    name: "SampleProject",
    publishers: [opening],
    requiresPython: null,
    uploader: null,
    version: "1.0.0",
    ...plan.detail,
  });
  const evidence = new Map([
    [detailCommitment(sha256, projectDetail), projectDetail],
    [detailCommitment(sha256, fileDetail), fileDetail],
    [attested, encodeAttestation(attestation)],
    [encodeHex(TOY_FILE.sha256), TOY_FILE.bytes],
  ]);
  const ledger = await ToyLedger.create({ time: TOY_TIME });
  ledger.now = NOW;
  const before = [ledger.state, ledger.state, ledger.state];
  const config = { ...EMPTY_CONFIG, publishers: [publisher] };
  await ledger.add({ kind: "project-created", config, detail: detailCommitment(sha256, projectDetail) });
  before.push(ledger.state);
  const accepted = acceptedFile(NOW, {
    sha256: encodeHex(TOY_FILE.sha256),
    size: TOY_FILE.bytes.length,
    file: fileId(sha256, K, TOY_FILE.filename),
    release: releaseId(sha256, K, parseVersion("1.0.0")),
    metadata: encodeHex(crypto.sha256(METADATA)),
    publisher,
    attestations: [
      { digest: attested, predicate: plan.statedPredicate, publisher, time: plan.attestationTime },
    ],
    detail: detailCommitment(sha256, fileDetail),
    ...plan.statement,
  });
  await ledger.add(accepted);
  const ports: AdmitPorts = {
    evidence: {
      detail: async (digest) => evidence.get(digest) ?? null,
      attestation: async (digest) => evidence.get(digest) ?? null,
      blob: async (digest) => evidence.get(digest) ?? null,
      note: async (digest) => evidence.get(digest) ?? null,
    },
    trust: toyTrust(),
    root: await prepareTrustedRoot(root, crypto),
    findRow: (record) => findProvider(PUBLIC_PROVIDERS, record.issuer),
    metadataOf: async () => plan.metadata,
    crypto,
    now: NOW,
  };
  return { ledger, before, ports, evidence, metadata: plan.metadata };
}

function signFile(plan: AdmitPlan) {
  const predicate = plan.predicateType === PUBLISH_PREDICATE_TYPE ? null : {};
  return makeWorld(publisherPlan(encodeInTotoStatement(TOY_FILE, plan.predicateType, predicate)));
}

/** A statement about to be signed by the publisher's workflow, or by another of the same project. */
export function publisherPlan(statement: Uint8Array, workflow = WORKFLOW): ToyPlan {
  const sound = soundPlan();
  const claims = { ...CLAIMS, buildSignerUri: workflow, buildConfigUri: workflow };
  const extensions = encodeFulcioExtensions(claims).map((extension, i) => [`fulcio${i}`, extension] as const);
  const bare = { ...sound.leaf, extensions: withoutClaims(sound.leaf.extensions) };
  const leaf = withExtension(bare, {
    subjectAltName: encodeSubjectAltName([{ kind: "uri", value: workflow }]),
    ...Object.fromEntries(extensions),
  });
  return { ...sound, leaf, statement };
}

/** The toy certificate's own claims, which are fewer. */
function withoutClaims(
  extensions: Readonly<Record<string, Uint8Array>>,
): Readonly<Record<string, Uint8Array>> {
  const kept = ["keyUsage", "extendedKeyUsage", "subjectKeyId", "authorityKeyId", "subjectAltName"];
  return Object.fromEntries(
    Object.entries(extensions).filter(([name]) => kept.some((known) => known === name)),
  );
}

/** Admits the entry at `index` of `world`. */
export async function admitAt(world: AdmitWorld, index: number, ports: Partial<AdmitPorts> = {}) {
  const entry = parseEntry(world.ledger.leaves[index] ?? new Uint8Array());
  const before = world.before[index] ?? world.ledger.state;
  return await admit({ entry, index, before }, { ...world.ports, ...ports });
}
