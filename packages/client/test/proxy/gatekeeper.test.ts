// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type ConfigRecord,
  EMPTY_LOCK,
  type FileRecord,
  type IdentityLock,
  type ProjectHeader,
  PUBLISH_PREDICATE_TYPE,
  SLSA_PROVENANCE_PREDICATE_TYPE,
} from "@countermark/formats";
import { type CiIdentity, publisherRecordFor } from "@countermark/verify";
import { ClientError } from "../../src/failure.ts";
import { createGatekeeper } from "../../src/proxy/gatekeeper.ts";
import type { ListedFile } from "../../src/proxy/listing.ts";
import type { AttestedBy, ProjectSource, VerifiedProject } from "../../src/proxy/source.ts";

const identity: CiIdentity = {
  provider: "github",
  issuer: "https://token.actions.githubusercontent.com",
  owner: "example",
  ownerId: "1",
  project: "example/sampleproject",
  projectId: "2",
  workflow: ".github/workflows/release.yml",
  calledWorkflow: null,
  environment: null,
  subject: null,
  ref: null,
  commit: null,
  runId: null,
  trigger: null,
  runnerEnvironment: null,
};
const by = (who: CiIdentity, predicateType: string = PUBLISH_PREDICATE_TYPE): AttestedBy => ({
  identity: who,
  predicateType,
  signedAt: 5,
  logIndex: 6,
});
// Only the members that the gatekeeper reads.
const record = {
  sha256: "ab".repeat(32),
  firstEntry: 9,
  publisher: null,
  attestations: [],
} as unknown as FileRecord;
const NOW = 1_790_000_000;
const DAY = 86_400;
const file: ListedFile = {
  filename: "sampleproject-1.0.tar.gz",
  version: "1.0",
  record,
  requiresPython: null,
  yanked: null,
  publishers: new Map(),
};
const policy = (attestations: "optional" | "required") =>
  ({ policy: { attestations } }) as unknown as ConfigRecord;
const project = (
  attestations: "optional" | "required" = "optional",
  attested: number | null = 3,
): VerifiedProject => ({
  name: "sampleproject",
  view: {
    name: "sampleproject",
    key: "",
    header: {
      attested,
      currentSince: 1,
      baseSince: 1,
      frozen: null,
      recovered: null,
    } as unknown as ProjectHeader,
    current: policy(attestations),
    base: { policy: { uploads: "any" }, publishers: ["pub"] } as unknown as ConfigRecord,
    records: new Map(),
    details: new Map(),
  },
  listing: { status: "active", files: new Map(), notRecorded: [], outOfService: [], unnamed: 0 },
  origin: "index.example",
  head: { size: 10, kind: "witnessed", vouchedAt: NOW },
  remarks: [],
  urls: new Map(),
});

/** A gatekeeper over a source whose attestations are these. */
function gatekeeper(
  attestations: () => Promise<readonly AttestedBy[]>,
  lock: IdentityLock = EMPTY_LOCK,
  accept: readonly string[] = [],
  changedAt = 0,
) {
  const fetchEntryTime = async (): Promise<number> => changedAt;
  const source = { fetchAttestations: attestations, fetchEntryTime } as unknown as ProjectSource;
  return createGatekeeper(source, lock, new Set(accept));
}

const pinned: IdentityLock = {
  projects: new Map([
    ["sampleproject", { index: "index.example", identity: publisherRecordFor(identity), files: new Map() }],
  ]),
};
const other = { ...identity, projectId: "99" };

test("admitFile: the verdict says what was proved, and the lock has the file", async () => {
  const keeper = gatekeeper(async () => [by(identity)]);
  assert.deepEqual(await keeper.admitFile(project(), file), {
    filename: file.filename,
    logged: { origin: "index.example", index: 9, head: "witnessed" },
    attested: { identity: publisherRecordFor(identity), signedAt: 5, logIndex: 6 },
    locked: "first-use",
    yanked: false,
  });
  assert.equal(keeper.lock().projects.get("sampleproject")?.files.get(file.filename), record.sha256);
});

test("admitFile: the second file of a run is held to what the first one pinned", async () => {
  const answers = [[by(identity)], [by(other)]];
  const keeper = gatekeeper(async () => answers.shift() ?? []);
  await keeper.admitFile(project(), file);
  await assert.rejects(
    keeper.admitFile(project(), { ...file, filename: "sampleproject-1.0-py3-none-any.whl" }),
    { code: "identity-changed" },
  );
});

test("admitFile: who published is who signed the publish attestation, not another one", async () => {
  const keeper = gatekeeper(async () => [by(other, SLSA_PROVENANCE_PREDICATE_TYPE), by(identity)], pinned);
  assert.equal((await keeper.admitFile(project(), file)).locked, "same-identity");
});

test("admitFile: a changed identity is refused, and the lock stays", async () => {
  const keeper = gatekeeper(async () => [by(other)], pinned);
  await assert.rejects(keeper.admitFile(project(), file), { code: "identity-changed" });
  assert.equal(keeper.lock(), pinned);
});

test("admitFile: a lost attestation is refused; a file older than the first attested one had none to lose", async () => {
  await assert.rejects(gatekeeper(async () => [], pinned).admitFile(project(), file), {
    code: "attestation-lost",
  });
  const verdict = await gatekeeper(async () => [], pinned).admitFile(project("optional", 20), file);
  assert.equal(verdict.locked, "older-than-attested");
});

test("admitFile: a change is accepted for the project that the user names, and for no other", async () => {
  const verdict = await gatekeeper(async () => [by(other)], pinned, ["sampleproject"]).admitFile(
    project(),
    file,
  );
  assert.equal(verdict.locked, "change-accepted");
  await assert.rejects(gatekeeper(async () => [by(other)], pinned, ["other"]).admitFile(project(), file), {
    code: "identity-changed",
  });
});

test("admitFile: other bytes under an accepted name are refused also where a change would be accepted", async () => {
  const files = new Map([[file.filename, "0".repeat(64)]]);
  const before = { index: "index.example", identity: publisherRecordFor(identity), files };
  const keeper = gatekeeper(async () => [by(identity)], { projects: new Map([["sampleproject", before]]) }, [
    "sampleproject",
  ]);
  await assert.rejects(keeper.admitFile(project(), file), { code: "locked-file-changed" });
});

test("admitFile: a broken promise is refused also where a change would be accepted", async () => {
  const keeper = gatekeeper(async () => [], EMPTY_LOCK, ["sampleproject"]);
  await assert.rejects(keeper.admitFile(project("required"), file), { code: "promise-broken" });
});

const byNewcomer: ListedFile = {
  ...file,
  record: { ...record, publisher: "newcomer" } as unknown as FileRecord,
};

test("admitFile: on first sight a publisher who is younger than the undo window counts as a change", async () => {
  const keeper = gatekeeper(async () => [by(identity)], EMPTY_LOCK, [], NOW - 14 * DAY + 1);
  await assert.rejects(keeper.admitFile(project(), byNewcomer), {
    code: "change-unsettled",
    message: /changed 1209599 s ago, at entry 1 .* undone for 1209600 s/,
  });
});

test("admitFile: on first sight a publisher who is older than the undo window is one like any other", async () => {
  const keeper = gatekeeper(async () => [by(identity)], EMPTY_LOCK, [], NOW - 14 * DAY);
  assert.equal((await keeper.admitFile(project(), byNewcomer)).locked, "first-use");
});

test("admitFile: a young change is accepted where the user names the project, or has locked that very identity", async () => {
  const consented = gatekeeper(async () => [by(identity)], EMPTY_LOCK, ["sampleproject"], NOW);
  assert.equal((await consented.admitFile(project(), byNewcomer)).locked, "first-use");
  const locked = gatekeeper(async () => [by(identity)], pinned, [], NOW);
  assert.equal((await locked.admitFile(project(), byNewcomer)).locked, "same-identity");
});

test("admitFile: the first attestation of a project that was locked without one is a first sight too", async () => {
  const unattested = { index: "index.example", identity: null, files: new Map() };
  const keeper = gatekeeper(
    async () => [by(identity)],
    { projects: new Map([["sampleproject", unattested]]) },
    [],
    NOW,
  );
  await assert.rejects(keeper.admitFile(project(), byNewcomer), { code: "change-unsettled" });
});

test("admitFile: two files of two identities side by side are decided one after the other", async () => {
  const answers = [[by(identity)], [by(other)]];
  let tell: (time: number) => void = () => undefined;
  const late = new Promise<number>((resolve) => {
    tell = resolve;
  });
  const source = {
    fetchAttestations: async () => answers.shift() ?? [],
    fetchEntryTime: () => late,
  } as unknown as ProjectSource;
  const keeper = createGatekeeper(source, EMPTY_LOCK, new Set());
  const both = Promise.allSettled([
    keeper.admitFile(project(), byNewcomer),
    keeper.admitFile(project(), { ...byNewcomer, filename: "sampleproject-1.0-py3-none-any.whl" }),
  ]);
  await new Promise((resolve) => setImmediate(resolve));
  tell(0);
  const found = (await both).map((one) => (one.status === "fulfilled" ? one.value.locked : one.reason.code));
  assert.deepEqual(found, ["first-use", "identity-changed"]);
});

test("admitFile: what an undone change let in is refused, whatever is locked or accepted", async () => {
  const known = project();
  const header = { ...known.view.header, currentSince: 20, frozen: 20 };
  const undone = { ...known, view: { ...known.view, header } };
  for (const keeper of [
    gatekeeper(async () => [by(identity)], pinned),
    gatekeeper(async () => [by(identity)], EMPTY_LOCK, ["sampleproject"]),
  ]) {
    await assert.rejects(keeper.admitFile(undone, byNewcomer), { code: "change-undone" });
  }
});

test("admitFile: what was refused stays refused, what could not be fetched is asked for again", async () => {
  const answers: (() => readonly AttestedBy[])[] = [
    () => {
      throw new ClientError("unreachable", "gone");
    },
    () => [by(other)],
    () => [by(identity)],
  ];
  const keeper = gatekeeper(async () => answers.shift()?.() ?? [], pinned);
  await assert.rejects(keeper.admitFile(project(), file), { code: "unreachable" });
  await assert.rejects(keeper.admitFile(project(), file), { code: "identity-changed" });
  await assert.rejects(keeper.admitFile(project(), file), { code: "identity-changed" });
});
