// SPDX-License-Identifier: Apache-2.0
import {
  type Draft,
  digestOf,
  F,
  GUARDED,
  PUBLISHER,
  rootSigned,
  START,
  ToyLedger,
  V,
} from "../toy-ledger.ts";
import { busy, type Case, inProject, NONE } from "./build.ts";

const attest = (count: number, changes: Partial<Extract<Draft, { kind: "file-attested" }>> = {}): Draft => ({
  kind: "file-attested",
  file: F,
  sha256: digestOf("file bytes"),
  attestations: Array.from({ length: count }, (_, i) => ({
    digest: digestOf(`later ${count} ${i}`),
    predicate: "slsa" as const,
    publisher: PUBLISHER,
    time: START,
  })).sort((a, b) => (a.digest < b.digest ? -1 : 1)),
  ...changes,
});
const ITEM = {
  file: F,
  metadata: null,
  open: false,
  release: V,
  sha256: digestOf("file bytes"),
  size: 9,
  state: "published",
} as const;
const SEEN = {
  file: F,
  provenance: null,
  release: V,
  seen: "published",
  sha256: digestOf("b"),
  size: 9,
} as const;

export const FILE_KIND_CASES: readonly Case[] = [
  ["no-file", "an attestation of a file that there is not", () => inProject(attest(1))],
  [
    "wrong-digest",
    "an attestation of other bytes",
    async () => (await busy()).outcome(attest(1, { sha256: digestOf("other bytes") })),
  ],
  [
    "attested-already",
    "an attestation that the file came with",
    async () => {
      const ledger = await busy();
      await ledger.add(attest(2));
      return await ledger.outcome(attest(2));
    },
  ],
  [
    "attestations-full",
    "a ninth attestation",
    async () => {
      const ledger = await busy();
      await ledger.add(attest(4));
      await ledger.add(attest(3));
      return await ledger.outcome(attest(1));
    },
  ],
  [
    "not-staged",
    "a release of a file that is visible",
    async () => (await busy()).outcome({ kind: "release-published", release: V, files: [F], consent: NONE }),
  ],
  [
    "no-release",
    "the end of a release that there is not",
    () => inProject({ kind: "release-closed", release: V }),
  ],
  [
    "release-closed",
    "the end of a release that has ended",
    async () => {
      const ledger = await busy();
      await ledger.add({ kind: "release-closed", release: V });
      return await ledger.outcome({ kind: "release-closed", release: V });
    },
  ],
  [
    "detail-in-use",
    "the erasure of who is configured",
    async () => {
      const ledger = await ToyLedger.create();
      await ledger.add({ kind: "project-created", config: GUARDED, detail: digestOf("created") });
      return await ledger.outcome({
        kind: "detail-erased",
        details: [digestOf("created")],
        ground: "person",
      });
    },
  ],
  [
    "no-target",
    "an amendment of what is yet to come",
    async () => {
      const ledger = await busy();
      return await ledger.outcome(rootSigned(ledger, { kind: "amended", from: 0, to: 99, root: [] }));
    },
  ],
  [
    "bad-root",
    "an amendment that nobody signed",
    async () => (await busy()).outcome({ kind: "amended", from: 0, to: 1, root: [] }),
  ],
  [
    "import-closed",
    "an import that was never opened",
    async () => (await ToyLedger.create()).outcome({ kind: "imported", config: GUARDED, items: [ITEM] }),
  ],
  [
    "not-imported",
    "an import into a project of this index",
    async () => {
      const ledger = await ToyLedger.create({ import: "open" });
      await ledger.add({ kind: "project-created", config: GUARDED });
      return await ledger.outcome({ kind: "imported", config: null, items: [ITEM] });
    },
  ],
  [
    "not-observed",
    "an observation of a gate's own project",
    async () => {
      const ledger = await ToyLedger.create({ role: "gate" });
      await ledger.add({ kind: "project-created", config: GUARDED, role: "gate" });
      return await ledger.outcome({ kind: "observed", items: [SEEN], role: "gate" });
    },
  ],
];
