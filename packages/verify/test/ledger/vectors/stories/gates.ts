// SPDX-License-Identifier: Apache-2.0
// What each role may make, what is left after sunset, and how long an import phase lasts: every row of the tables, used.
import {
  acceptedFile,
  CONFIG,
  DAY,
  type Draft,
  digestOf,
  F,
  I,
  K,
  L,
  PUBLISHER,
  rootSigned,
  ToyLedger,
  V,
} from "../../toy-ledger.ts";
import { RULES, SUCCEEDED, SUNSET } from "./index-kinds.ts";
import { NONE, policy, type Story, tries, upload } from "./tell.ts";

export const ROLE_STORIES: readonly Story[] = [
  ["a gate makes what a gate may", gateKinds],
  ["an observer erases details, and ends its import phase", observerKinds],
  ["after sunset details are erased, an import phase ends, and root keys give back", sunsetKinds],
  ["an import phase is open on its ninetieth day", ninetiethDay],
];

const ERASED: Draft = { kind: "detail-erased", details: [digestOf("a detail")], ground: "person" };
const IMPORT_CLOSED: Draft = { kind: "import-closed", project: I, log: L };

async function gateKinds(): Promise<ToyLedger> {
  const ledger = await ToyLedger.create({ role: "gate", import: "open" });
  await tries(ledger, { kind: "project-created", config: policy({ release: "staged" }) });
  await tries(ledger, acceptedFile(ledger.now, { show: "staged" }));
  await tries(
    ledger,
    { kind: "release-published", release: V, files: [F], consent: NONE },
    { kind: "release-closed", release: V },
    attestedLater(ledger),
    ERASED,
    { kind: "withdrawn", files: [F], reason: "owner" },
  );
  await tries(ledger, givenBack(ledger), rootSigned(ledger, RULES), IMPORT_CLOSED);
  await tries(ledger, rootSigned(ledger, SUNSET));
  await tries(ledger, rootSigned(ledger, SUCCEEDED));
  await ledger.seal();
  return ledger;
}

async function observerKinds(): Promise<ToyLedger> {
  const ledger = await ToyLedger.create({ role: "observer", import: "open" });
  const seen = {
    file: F,
    provenance: null,
    release: V,
    seen: "published",
    sha256: digestOf("bytes"),
    size: 7,
  } as const;
  await tries(ledger, { kind: "observed", items: [seen] }, ERASED, IMPORT_CLOSED);
  return ledger;
}

async function sunsetKinds(): Promise<ToyLedger> {
  const ledger = await ToyLedger.create({ import: "open" });
  await tries(ledger, { kind: "project-created", config: CONFIG });
  await tries(ledger, upload(ledger, "file"), {
    kind: "withdrawn",
    files: [digestOf("file")],
    reason: "owner",
  });
  await tries(ledger, rootSigned(ledger, SUNSET), ERASED, IMPORT_CLOSED);
  await tries(ledger, givenBack(ledger));
  return ledger;
}

async function ninetiethDay(): Promise<ToyLedger> {
  const ledger = await ToyLedger.create({ import: "open" });
  await ledger.wait(90 * DAY - 3_600);
  const item = {
    file: F,
    metadata: null,
    open: false,
    release: V,
    sha256: digestOf("bytes"),
    size: 9,
    state: "published",
  } as const;
  await tries(ledger, { kind: "imported", config: CONFIG, items: [item] });
  return ledger;
}

function attestedLater(ledger: ToyLedger): Draft {
  const attestation = {
    digest: digestOf("later"),
    predicate: "slsa",
    publisher: PUBLISHER,
    time: ledger.now,
  } as const;
  return { kind: "file-attested", file: F, sha256: digestOf("file bytes"), attestations: [attestation] };
}

function givenBack(ledger: ToyLedger): Draft {
  return rootSigned(ledger, { kind: "amended", from: 1, to: ledger.state.size - 1, root: [], project: K });
}
