// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { FileRecord } from "@countermark/formats";
import {
  acceptedFile,
  CONFIG,
  DAY,
  digestOf,
  F,
  K,
  OTHER_PUBLISHER,
  PUBLISHER,
  START,
  ToyLedger,
  V,
} from "../toy-ledger.ts";

import { ASK, busy, type Case, inProject, upload, withHeader } from "./build.ts";

export const FILES_CASES: readonly Case[] = [
  [
    "not-open",
    "a file for a quarantined project",
    async () =>
      withHeader(await ToyLedger.withProject(), { status: "quarantined" }).outcome(acceptedFile(START)),
  ],
  [
    "not-open",
    "a file for an archived project",
    async () =>
      withHeader(await ToyLedger.withProject(), { status: "archived" }).outcome(acceptedFile(START)),
  ],
  [
    "not-open",
    "a configuration for a reserved name",
    async () => {
      const ledger = await ToyLedger.create();
      await ledger.add({ kind: "project-reserved" });
      return await ledger.outcome(ASK);
    },
  ],
  ["filename-used", "a file of the same name", async () => (await busy()).outcome(acceptedFile(START))],
  ["filename-used", "a file under its own release", () => upload({ file: V })],
  [
    "filename-used",
    "a release under another file",
    async () => (await busy()).outcome(acceptedFile(START, { file: digestOf("f"), release: F })),
  ],
  [
    "filename-used",
    "a file under another release",
    async () => (await busy()).outcome(acceptedFile(START, { file: V, release: digestOf("v") })),
  ],
  [
    "release-closed",
    "a file after closeDays",
    async () => {
      const ledger = await busy({ ...CONFIG, policy: { ...CONFIG.policy, closeDays: 1 } });
      await ledger.wait(DAY + 10);
      return await ledger.outcome(acceptedFile(ledger.now, { file: digestOf("late") }));
    },
  ],
  [
    "release-closed",
    "a file after the release was closed",
    async () => {
      const ledger = await busy();
      const project = ledger.state.projects.get(K);
      const release = project?.files.get(V);
      if (project?.kind !== "project" || release?.kind !== "release")
        throw new TypeError("There is no release");
      const files = project.files.set(V, { ...release, state: "closed", closed: 3 });
      ledger.state = { ...ledger.state, projects: ledger.state.projects.set(K, { ...project, files }) };
      return await ledger.outcome(acceptedFile(START, { file: digestOf("late") }));
    },
  ],
  [
    "publisher-not-registered",
    "an uploader whom the project has not",
    () => upload({ publisher: OTHER_PUBLISHER, attestations: [] }),
  ],
  [
    "publisher-not-registered",
    "an uploader without an id",
    () => upload({ publisher: null, attestations: [] }),
  ],
  [
    "publisher-not-registered",
    "a token with a publisher's id",
    () => upload({ uploader: "token", publisher: OTHER_PUBLISHER, attestations: [] }),
  ],
  [
    "publisher-not-registered",
    "an attestation by somebody else",
    () =>
      upload({
        attestations: [
          { digest: digestOf("a"), predicate: "publish", publisher: OTHER_PUBLISHER, time: START },
        ],
      }),
  ],
  [
    "token-refused",
    "a token where only publishers may upload",
    () =>
      upload(
        { uploader: "token", publisher: null, attestations: [] },
        { ...CONFIG, policy: { ...CONFIG.policy, uploads: "publisher" } },
      ),
  ],
  [
    "attestation-required",
    "provenance where a publish attestation is wanted",
    () =>
      upload(
        {
          attestations: [
            { digest: digestOf("a"), predicate: "slsa", publisher: PUBLISHER, time: START - 20 },
          ],
        },
        { ...CONFIG, policy: { ...CONFIG.policy, uploads: "publisher", attestations: "required" } },
      ),
  ],
  [
    "attestation-time",
    "an attestation later than the upload",
    () =>
      upload({
        received: START,
        attestations: [
          { digest: digestOf("a"), predicate: "publish", publisher: PUBLISHER, time: START + 121 },
        ],
      }),
  ],
  [
    "attestation-time",
    "an attestation of more than six hours before",
    () =>
      upload({
        received: START,
        attestations: [
          { digest: digestOf("a"), predicate: "publish", publisher: PUBLISHER, time: START - 21_601 },
        ],
      }),
  ],
  [
    "received-late",
    "an upload received after its entry",
    () => upload({ received: START + 121, attestations: [] }),
  ],
  ["wrong-show", "a file staged where releases are direct", () => upload({ show: "staged" })],
  [
    "wrong-show",
    "a file shown where releases are staged",
    () => upload({}, { ...CONFIG, policy: { ...CONFIG.policy, release: "staged" } }),
  ],
  ["map-full", "a file in a bucket of 4,096", fullFileMap],
  ["map-full", "a project in a bucket of 4,096", fullProjectMap],
  [
    "wrong-state",
    "a yank of a file that there is not",
    () => inProject({ kind: "yanked", files: [F], reason: "owner" }),
  ],
  [
    "wrong-state",
    "a yank of a release",
    async () => (await busy()).outcome({ kind: "yanked", files: [V], reason: "owner" }),
  ],
  [
    "wrong-state",
    "an unyank of a file that is published",
    async () => (await busy()).outcome({ kind: "unyanked", files: [F], reason: "owner" }),
  ],
  [
    "wrong-state",
    "a cancellation of a file that was visible",
    async () => (await busy()).outcome({ kind: "withdrawn", files: [F], reason: "canceled" }),
  ],
  [
    "wrong-state",
    "a withdrawal of a staged file that is no cancellation",
    async () => {
      const ledger = await ToyLedger.withProject({
        ...CONFIG,
        policy: { ...CONFIG.policy, release: "staged" },
      });
      await ledger.add(acceptedFile(START, { show: "staged" }));
      return await ledger.outcome({ kind: "withdrawn", files: [F], reason: "malware" });
    },
  ],
  [
    "wrong-state",
    "a second withdrawal",
    async () => {
      const ledger = await busy();
      await ledger.add({ kind: "withdrawn", files: [F], reason: "malware" });
      return await ledger.outcome({ kind: "withdrawn", files: [F], reason: "malware" });
    },
  ],
];

async function fullFileMap(): Promise<string> {
  const ledger = await busy();
  const project = ledger.state.projects.get(K);
  const record = project?.files.get(F);
  if (project?.kind !== "project" || record?.kind !== "file") throw new TypeError("There is no file");
  let files = project.files;
  for (let i = 0; i < 4_096; i++) files = files.set(crowded(i), record satisfies FileRecord);
  ledger.state = { ...ledger.state, projects: ledger.state.projects.set(K, { ...project, files }) };
  return await ledger.outcome(acceptedFile(START, { file: crowded(4_096) }));
}

async function fullProjectMap(): Promise<string> {
  const ledger = await ToyLedger.withProject();
  const project = ledger.state.projects.get(K);
  if (project === null) throw new TypeError("There is no project");
  let { projects } = ledger.state;
  for (let i = 0; i < 4_096; i++) projects = projects.set(crowded(i), project);
  ledger.state = { ...ledger.state, projects };
  const outcome = await ledger.outcome({
    kind: "project-created",
    config: CONFIG,
    project: crowded(4_096),
    seq: 0,
  });
  assert.equal(await ledger.outcome({ kind: "project-reserved", project: crowded(4_096), seq: 0 }), outcome);
  return outcome;
}

/** Keys that share all bits but their last ones. */
function crowded(i: number): string {
  return i.toString(16).padStart(64, "0");
}
