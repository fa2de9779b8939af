// SPDX-License-Identifier: Apache-2.0
import {
  encodeIdentityLock,
  type IdentityLock,
  type LockedProject,
  PUBLISH_PREDICATE_TYPE,
  parseUtf8,
  SLSA_PROVENANCE_PREDICATE_TYPE,
} from "@countermark/formats";
import { type CiIdentity, publisherRecordFor, type SeenFile } from "@countermark/verify";
import { GITHUB_IDENTITY, GOOGLE_IDENTITY } from "../../identity/vectors/identities.ts";

const INDEX = "https://index.example/simple";
const A = GITHUB_IDENTITY;
const B: CiIdentity = { ...GITHUB_IDENTITY, project: "octo-org/other", projectId: "9" };
const [PIN, OTHER_PIN] = [publisherRecordFor(A), publisherRecordFor(B)];
const digest = (byte: string): string => byte.repeat(32);
const file = (filename: string, identity: CiIdentity | null, changes: Partial<SeenFile> = {}): SeenFile => ({
  filename,
  sha256: digest("ab"),
  index: INDEX,
  identity,
  beforeFirstAttested: false,
  recovered: null,
  ...changes,
});
const known = (
  identity: LockedProject["identity"],
  files: Readonly<Record<string, string>>,
): LockedProject => ({
  index: INDEX,
  identity,
  files: new Map(Object.entries(files)),
});
const NEW = "sampleproject-4.0.0.tar.gz";
const OLD = "sampleproject-3.0.0.tar.gz";

interface Told {
  readonly lock?: LockedProject;
  readonly local?: LockedProject;
  readonly files: readonly (readonly [seen: SeenFile, kind: string, signedAt: number | null])[];
  /** What is expected of the project afterwards, in a memory that was the lock. */
  readonly pin: LockedProject["identity"];
  /** The digest that a file is said to have had. */
  readonly locked?: string;
}

const TOLD: readonly (readonly [claim: string, told: Told])[] = [
  ["nothing is remembered", { files: [[file(NEW, A), "first-use", 5]], pin: PIN }],
  [
    "the lock knows the project, the record does not",
    { lock: known(PIN, {}), files: [[file(NEW, A), "same-identity", 5]], pin: PIN },
  ],
  [
    "the record alone knows the project",
    { local: known(PIN, {}), files: [[file(NEW, B), "identity-changed", 5]], pin: OTHER_PIN },
  ],
  [
    "the lock says who is expected, whatever the record says",
    {
      lock: known(OTHER_PIN, {}),
      local: known(PIN, {}),
      files: [[file(NEW, B), "same-identity", 5]],
      pin: OTHER_PIN,
    },
  ],
  [
    "the record does not make up for the lock",
    {
      lock: known(OTHER_PIN, {}),
      local: known(PIN, {}),
      files: [[file(NEW, A), "identity-changed", 5]],
      pin: PIN,
    },
  ],
  [
    "the record knows the file with these bytes",
    {
      lock: known(PIN, {}),
      local: known(PIN, { [NEW]: digest("ab") }),
      files: [[file(NEW, A), "same-identity", 5]],
      pin: PIN,
    },
  ],
  [
    "the record knows the file with other bytes",
    {
      lock: known(PIN, {}),
      local: known(PIN, { [NEW]: digest("cd") }),
      files: [[file(NEW, A), "file-changed", 5]],
      pin: PIN,
    },
  ],
  [
    "the record knows other bytes under the name, and is of another index",
    {
      lock: known(PIN, {}),
      local: { ...known(PIN, { [NEW]: digest("cd") }), index: "https://elsewhere.example/simple" },
      files: [[file(NEW, A), "same-identity", 5]],
      pin: PIN,
    },
  ],
  [
    "the lock knows other bytes, and the record knows these",
    {
      lock: known(PIN, { [NEW]: digest("cd") }),
      local: known(PIN, { [NEW]: digest("ab") }),
      files: [[file(NEW, A), "file-changed", 5]],
      pin: PIN,
    },
  ],
  [
    "both know other bytes: the lock is the one that is told",
    {
      lock: known(PIN, { [NEW]: digest("cd") }),
      local: known(PIN, { [NEW]: digest("ef") }),
      files: [[file(NEW, A), "file-changed", 5]],
      pin: PIN,
      locked: digest("cd"),
    },
  ],
  [
    "of two identities on first use the one that signed last is expected",
    {
      files: [
        [file(NEW, A), "first-use", 9],
        [file(OLD, B), "first-use", 5],
      ],
      pin: PIN,
    },
  ],
  [
    "of two identities on first use the one that signed last is expected, in another order",
    {
      files: [
        [file(OLD, B), "first-use", 5],
        [file(NEW, A), "first-use", 9],
      ],
      pin: PIN,
    },
  ],
  [
    "a file without an attestation does not take the identity away",
    {
      files: [
        [file(NEW, A), "first-use", 0],
        [file(OLD, null), "first-use", null],
      ],
      pin: PIN,
    },
  ],
  [
    "a file that was known before is not the newest, whenever it was signed",
    {
      lock: known(OTHER_PIN, { [OLD]: digest("ab") }),
      files: [
        [file(NEW, A), "identity-changed", 5],
        [file(OLD, B), "same-file", 9],
      ],
      pin: PIN,
    },
  ],
];

/** vectors/lock/remembered.json */
export function rememberedVectors() {
  return TOLD.map(([claim, { lock, local, files, pin, locked = null }]) => {
    const before = new Map(lock?.files ?? []);
    const names = files.map(([seen]): [string, string] => [seen.filename, seen.sha256]);
    const after: LockedProject = { index: INDEX, identity: pin, files: new Map([...before, ...names]) };
    return {
      claim,
      lock: textOf(lock),
      local: textOf(local),
      files: files.map(([seen, kind, signedAt]) => ({ seen, kind, signedAt })),
      locked,
      after: textOf(after),
    };
  });
}

function textOf(project: LockedProject | undefined): string {
  const lock: IdentityLock = { projects: new Map(project === undefined ? [] : [["sampleproject", project]]) };
  return parseUtf8(encodeIdentityLock(lock), "lock");
}

const listed = (...versions: readonly string[]) =>
  versions.map((text) => ({ version: text.replace("*", ""), isAttested: text.endsWith("*") }));

/** vectors/lock/history.json; `*` is what the index attests. */
export function historyVectors() {
  return [
    { claim: "an empty page", version: "1.0", listed: [], history: { kind: "never-attested" } },
    {
      claim: "nothing is attested",
      version: "1.1",
      listed: listed("1.0", "1.1"),
      history: { kind: "never-attested" },
    },
    {
      claim: "the version before is",
      version: "1.1",
      listed: listed("1.0*", "1.1"),
      history: { kind: "attested-before", version: "1.0" },
    },
    {
      claim: "the newest one before it is named, by number and not by place",
      version: "1.10",
      listed: listed("1.9*", "1.2*", "1.10", "1.1*"),
      history: { kind: "attested-before", version: "1.9" },
    },
    {
      claim: "another file of the version is",
      version: "1.1",
      listed: listed("1.0*", "1.1*", "1.1"),
      history: { kind: "partly-attested" },
    },
    {
      claim: "another spelling of the version is",
      version: "1.1.0",
      listed: listed("1.1*"),
      history: { kind: "partly-attested" },
    },
    {
      claim: "only a later version is",
      version: "1.1",
      listed: listed("1.2*"),
      history: { kind: "never-attested" },
    },
    {
      claim: "only an older line is",
      version: "2.0",
      listed: listed("1.9*"),
      history: { kind: "never-attested" },
    },
    {
      claim: "only a newer line is",
      version: "1.26.4",
      listed: listed("2.0*"),
      history: { kind: "never-attested" },
    },
    {
      claim: "only another epoch is",
      version: "1!1.1",
      listed: listed("1.0*"),
      history: { kind: "never-attested" },
    },
    {
      claim: "a release candidate before it is",
      version: "1.1",
      listed: listed("1.1rc1*"),
      history: { kind: "attested-before", version: "1.1rc1" },
    },
  ];
}

const SLSA = SLSA_PROVENANCE_PREDICATE_TYPE;
const by = (identity: CiIdentity, predicateType: string = PUBLISH_PREDICATE_TYPE) => ({
  identity,
  predicateType,
});

/** vectors/lock/publishers.json; `publisher` is the place in the list. */
export function publisherVectors() {
  const anyEnvironment = { ...A, environment: null };
  return [
    { claim: "nobody", attested: [], publisher: null },
    { claim: "one", attested: [by(A)], publisher: 0 },
    { claim: "one, twice", attested: [by(A), by({ ...A, runId: "7" })], publisher: 0 },
    { claim: "the publish attestation, wherever it stands", attested: [by(B, SLSA), by(A)], publisher: 1 },
    { claim: "the other kind, where there is no publish attestation", attested: [by(B, SLSA)], publisher: 0 },
    { claim: "two publishers", attested: [by(A), by(B)], code: "publishers-differ" },
    { claim: "two of the other kind", attested: [by(A, SLSA), by(B, SLSA)], code: "publishers-differ" },
    {
      claim: "a third that differs",
      attested: [by(A), by(A), by(GOOGLE_IDENTITY)],
      code: "publishers-differ",
    },
    { claim: "an environment, and none", attested: [by(A), by(anyEnvironment)], code: "publishers-differ" },
    { claim: "no environment, and one", attested: [by(anyEnvironment), by(A)], code: "publishers-differ" },
  ];
}
