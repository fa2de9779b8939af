// SPDX-License-Identifier: Apache-2.0
import {
  encodeIdentityLock,
  type IdentityLock,
  type LockedProject,
  type PublisherRecord,
  parseUtf8,
} from "@countermark/formats";
import { type CiIdentity, publisherRecordFor, type SeenFile, samePublisher } from "@countermark/verify";
import { GITHUB_IDENTITY, GOOGLE_IDENTITY } from "../../identity/vectors/identities.ts";

const INDEX = "example.com/index";
const NEW = "sampleproject-4.0.0.tar.gz";
const OLD = "sampleproject-3.0.0.tar.gz";
const SHA256 = "ab".repeat(32);
const OTHER_SHA256 = "cd".repeat(32);
const PIN = publisherRecordFor(GITHUB_IDENTITY);
const SEEN: SeenFile = {
  filename: NEW,
  sha256: SHA256,
  index: INDEX,
  identity: GITHUB_IDENTITY,
  beforeFirstAttested: false,
  recovered: null,
};
const WORKFLOW_CHANGED = { ...GITHUB_IDENTITY, workflow: ".github/workflows/other.yml" };
const LOCKED: LockedProject = { index: INDEX, identity: PIN, files: new Map([[OLD, OTHER_SHA256]]) };
const OTHER: LockedProject = { index: INDEX, identity: null, files: new Map([["other-1.0.tar.gz", SHA256]]) };

/** The members of an identity in the order in which they are compared. */
const ORDER: readonly (keyof PublisherRecord)[] = [
  "provider",
  "issuer",
  "owner",
  "ownerId",
  "project",
  "projectId",
  "workflow",
  "calledWorkflow",
  "subject",
  "environment",
];

interface Told {
  readonly locked?: LockedProject | null;
  readonly seen?: Partial<SeenFile>;
  readonly decision: Readonly<Record<string, unknown>> & { readonly pin: PublisherRecord | null };
  readonly code?: string;
  /** The files that are locked afterwards. */
  readonly files?: readonly (readonly [string, string])[];
}

/** vectors/lock/decision.json */
export function decisionVectors() {
  return [...TOLD, ...CHANGES].map(([claim, told]) => {
    const locked = told.locked === undefined ? LOCKED : told.locked;
    const seen = { ...SEEN, ...told.seen };
    const before: [string, LockedProject][] = locked === null ? [] : [["sampleproject", locked]];
    const files = new Map(
      told.files ?? [
        [OLD, OTHER_SHA256],
        [NEW, SHA256],
      ],
    );
    const after: LockedProject = { index: seen.index, identity: told.decision.pin, files };
    return {
      claim,
      lock: textOf({ projects: new Map([["other", OTHER], ...before]) }),
      project: "sampleproject",
      seen,
      decision: told.decision,
      code: told.code ?? null,
      after: textOf({
        projects: new Map([
          ["other", OTHER],
          ["sampleproject", after],
        ]),
      }),
    };
  });
}

const UNATTESTED: LockedProject = { ...LOCKED, identity: null };
const KNOWN: LockedProject = { ...LOCKED, files: new Map([[NEW, SHA256]]) };
const ONLY_NEW = [[NEW, SHA256]] as const;

const TOLD: readonly (readonly [claim: string, told: Told])[] = [
  [
    "a first file with an identity",
    { locked: null, decision: { kind: "first-use", pin: PIN }, files: ONLY_NEW },
  ],
  [
    "a first file without an attestation",
    { locked: null, seen: { identity: null }, decision: { kind: "first-use", pin: null }, files: ONLY_NEW },
  ],
  ["a new file of the locked identity", { decision: { kind: "same-identity", pin: PIN } }],
  [
    "another run of the locked identity",
    {
      seen: {
        identity: {
          ...GITHUB_IDENTITY,
          runId: "2",
          commit: "00".repeat(20),
          ref: "refs/tags/v5",
          trigger: "release",
        },
      },
      decision: { kind: "same-identity", pin: PIN },
    },
  ],
  [
    "any environment is locked, and one is seen",
    {
      locked: { ...LOCKED, identity: { ...PIN, environment: null } },
      decision: { kind: "same-identity", pin: { ...PIN, environment: null } },
    },
  ],
  [
    "a locked file, byte for byte, under another identity",
    {
      locked: KNOWN,
      seen: { identity: { ...GITHUB_IDENTITY, projectId: "999" } },
      decision: { kind: "same-file", pin: PIN },
      files: ONLY_NEW,
    },
  ],
  [
    "a locked file whose attestation is gone",
    { locked: KNOWN, seen: { identity: null }, decision: { kind: "same-file", pin: PIN }, files: ONLY_NEW },
  ],
  [
    "other bytes under a locked filename",
    {
      locked: KNOWN,
      seen: { sha256: OTHER_SHA256 },
      decision: { kind: "file-changed", locked: SHA256, pin: PIN },
      code: "locked-file-changed",
      files: [[NEW, OTHER_SHA256]],
    },
  ],
  [
    "other bytes under a locked filename, without attestation",
    {
      locked: KNOWN,
      seen: { sha256: OTHER_SHA256, identity: null },
      decision: { kind: "file-changed", locked: SHA256, pin: null },
      code: "locked-file-changed",
      files: [[NEW, OTHER_SHA256]],
    },
  ],
  [
    "a locked file from another index",
    {
      locked: KNOWN,
      seen: { index: "evil.example/index" },
      decision: { kind: "index-changed", locked: INDEX, pin: PIN },
      code: "locked-index-changed",
      files: ONLY_NEW,
    },
  ],
  [
    "a new file from another index: the files of the first are forgotten",
    {
      seen: { index: "evil.example/index", identity: null },
      decision: { kind: "index-changed", locked: INDEX, pin: null },
      code: "locked-index-changed",
      files: ONLY_NEW,
    },
  ],
  [
    "an unattested project stays so",
    { locked: UNATTESTED, seen: { identity: null }, decision: { kind: "still-unattested", pin: null } },
  ],
  [
    "an unattested project gets an identity",
    { locked: UNATTESTED, decision: { kind: "newly-attested", pin: PIN } },
  ],
  [
    "an attestation is lost",
    {
      seen: { identity: null },
      decision: { kind: "attestation-lost", locked: PIN, pin: null },
      code: "attestation-lost",
    },
  ],
  [
    "a file from before the first attested one has nothing to lose",
    {
      seen: { identity: null, beforeFirstAttested: true },
      decision: { kind: "older-than-attested", pin: PIN },
    },
  ],
  [
    "a file from before the first attested one that has an identity all the same",
    { seen: { beforeFirstAttested: true }, decision: { kind: "same-identity", pin: PIN } },
  ],
  [
    "the same identity after a recovery",
    { seen: { recovered: 7 }, decision: { kind: "same-identity", pin: PIN } },
  ],
  [
    "another identity after a recovery: however close it is, nobody agreed to it",
    {
      seen: { recovered: 7, identity: WORKFLOW_CHANGED },
      decision: {
        kind: "identity-changed",
        locked: PIN,
        pin: publisherRecordFor(WORKFLOW_CHANGED),
        severity: "recovered",
        differences: samePublisher(PIN, WORKFLOW_CHANGED),
      },
      code: "identity-changed",
    },
  ],
];

/** Each change of identity, how grave it is, and the members that differ. */
const CHANGED: readonly (readonly [
  claim: string,
  changes: Partial<CiIdentity>,
  severity: string,
  locked?: CiIdentity,
])[] = [
  ["another workflow", { workflow: ".github/workflows/other.yml" }, "workflow-changed"],
  ["another environment", { environment: "test" }, "workflow-changed"],
  ["no environment", { environment: null }, "workflow-changed"],
  ["a called workflow", { calledWorkflow: "x/y/.github/workflows/p.yml" }, "workflow-changed"],
  ["another name of the project", { project: "octo-org/renamed" }, "renamed"],
  ["another name of the owner", { owner: "renamed", project: "renamed/sampleproject" }, "renamed"],
  ["another name of the owner alone", { owner: "renamed" }, "renamed"],
  ["the project's name in capitals", { project: "Octo-Org/sampleproject" }, "renamed"],
  ["another owner", { owner: "other", ownerId: "1", project: "other/sampleproject" }, "transferred"],
  ["another owner's id alone", { ownerId: "1" }, "transferred"],
  ["another project's id under the same name", { projectId: "999" }, "different"],
  ["no project's id", { projectId: null }, "different"],
  ["another issuer", { issuer: "https://evil.example" }, "different"],
  ["another provider", { provider: "gitlab" }, "different"],
  ["another subject", { subject: "alice@example.com" }, "different"],
  ["a person instead of a project", GOOGLE_IDENTITY, "different"],
  ["another person", { subject: "bob@example.com" }, "different", GOOGLE_IDENTITY],
  ["another account of the same address", { ownerId: "1" }, "different", GOOGLE_IDENTITY],
];

const CHANGES: readonly (readonly [claim: string, told: Told])[] = CHANGED.map(
  ([claim, changes, severity, before]) => {
    const identity = before ?? GITHUB_IDENTITY;
    const [locked, pin] = [publisherRecordFor(identity), publisherRecordFor({ ...identity, ...changes })];
    const fields = ORDER.filter((field) => locked[field] !== pin[field]);
    const differences = fields.map((field) => ({ field, expected: locked[field], found: pin[field] }));
    return [
      claim,
      {
        locked: { ...LOCKED, identity: locked },
        seen: { identity: { ...identity, ...changes } },
        decision: { kind: "identity-changed", locked, pin, severity, differences },
        code: "identity-changed",
      },
    ];
  },
);

function textOf(lock: IdentityLock): string {
  return parseUtf8(encodeIdentityLock(lock), "lock");
}
