// SPDX-License-Identifier: Apache-2.0
import type { StatedAttestation } from "@countermark/formats";
import {
  acceptedFile,
  CONFIG,
  DAY,
  type Draft,
  digestOf,
  F,
  OTHER_PUBLISHER,
  PUBLISHER,
  ToyLedger,
  V,
} from "../../toy-ledger.ts";
import { byToken, configure, OTHER, policy, type Story, tries, upload, withFile } from "./tell.ts";

const BOTH = { ...CONFIG, publishers: [PUBLISHER, OTHER_PUBLISHER].sort() };

export const FILE_STORIES: readonly Story[] = [
  ["which uploads a project takes", uploads],
  ["uploads of a project of two publishers that requires attestations", requiredAttestations],
  ["how long before an upload its attestations may be made", attestationTimes],
  ["names and releases are used once", namesAndReleases],
  ["a release takes no more files after its days", closedRelease],
  ["a project takes files in two of its statuses", statuses],
  ["what becomes of files, in every order", changes],
  ["files that are staged", staged],
  ["the first file ends what can be undone", firstFile],
];

function attested(time: number, changes: Partial<StatedAttestation> = {}): StatedAttestation {
  return { digest: digestOf("attestation"), predicate: "publish", publisher: PUBLISHER, time, ...changes };
}

async function uploads(): Promise<ToyLedger> {
  const ledger = await ToyLedger.withProject();
  const { now } = ledger;
  await tries(
    ledger,
    upload(ledger, "by a stranger", { publisher: OTHER_PUBLISHER, attestations: [] }),
    upload(ledger, "by nobody", { publisher: null, attestations: [] }),
    byToken(ledger, "by token and publisher", { publisher: PUBLISHER }),
    upload(ledger, "attested by a stranger", {
      attestations: [attested(now, { publisher: OTHER_PUBLISHER })],
    }),
    upload(ledger, "staged where releases are direct", { show: "staged" }),
    upload(ledger, "received late", { received: now + 121, attestations: [] }),
    upload(ledger, "received as late as it may", { received: now + 120, attestations: [] }),
    byToken(ledger, "by token"),
    byToken(ledger, "by token and attested", { attestations: [attested(now)] }),
    upload(ledger, "with all that a record holds", { detail: digestOf("detail"), metadata: null, size: 1 }),
  );
  await ledger.seal();
  return ledger;
}

async function requiredAttestations(): Promise<ToyLedger> {
  const ledger = await ToyLedger.withProject(
    policy({ uploads: "publisher", attestations: "required" }, BOTH),
  );
  const { now } = ledger;
  const other = attested(now, { digest: digestOf("provenance"), predicate: "slsa" });
  const two = [attested(now), other].sort((a, b) => (a.digest < b.digest ? -1 : 1));
  await tries(
    ledger,
    byToken(ledger, "by token", { attestations: [attested(now)] }),
    upload(ledger, "without attestation", { attestations: [] }),
    upload(ledger, "with provenance alone", { attestations: [other] }),
    upload(ledger, "one attestation by a stranger", {
      attestations: two.map((item) =>
        item.predicate === "slsa" ? { ...item, publisher: digestOf("stranger") } : item,
      ),
    }),
    upload(ledger, "with both", { attestations: two }),
    upload(ledger, "by the other publisher", {
      publisher: OTHER_PUBLISHER,
      attestations: [attested(now, { publisher: OTHER_PUBLISHER })],
    }),
  );
  await ledger.seal();
  return ledger;
}

async function attestationTimes(): Promise<ToyLedger> {
  const ledger = await ToyLedger.withProject();
  const { now } = ledger;
  const at = (name: string, ...times: readonly number[]): Draft =>
    upload(ledger, name, {
      received: now,
      attestations: times
        .map((time, i) => attested(time, { digest: digestOf(`attestation ${i}`) }))
        .sort((a, b) => (a.digest < b.digest ? -1 : 1)),
    });
  return await tries(
    ledger,
    at("made too late", now + 121),
    at("made as late as it may", now + 120),
    at("made too early", now - 21_601),
    at("made as early as it may", now - 21_600),
    at("one of two made too late", now, now + 121),
    at("the other of two made too early", now - 21_601, now),
  );
}

async function namesAndReleases(): Promise<ToyLedger> {
  const ledger = await ToyLedger.withProject();
  return await tries(
    ledger,
    upload(ledger, "under its own release", { file: V }),
    acceptedFile(ledger.now),
    acceptedFile(ledger.now),
    upload(ledger, "a file's name as release", { release: F }),
    upload(ledger, "a release's name as file", { file: V, release: digestOf("release") }),
    upload(ledger, "second of the release"),
    upload(ledger, "of another release", { release: digestOf("other release") }),
  );
}

async function closedRelease(): Promise<ToyLedger> {
  const ledger = await withFile(policy({ closeDays: 2 }));
  await ledger.wait(2 * DAY + 9);
  await tries(ledger, upload(ledger, "in the last second"));
  await ledger.seal();
  ledger.now += 1;
  await ledger.seal();
  await tries(
    ledger,
    upload(ledger, "a second too late"),
    upload(ledger, "of a release of its own", { release: digestOf("other release") }),
  );
  await ledger.seal();
  return ledger;
}

async function statuses(): Promise<ToyLedger> {
  const ledger = await ToyLedger.withProject();
  const status = (to: "active" | "archived" | "quarantined" | "deprecated"): Draft => ({
    kind: "status",
    status: to,
  });
  await tries(ledger, status("active"), status("deprecated"), upload(ledger, "while deprecated"));
  await tries(ledger, status("deprecated"), status("archived"), upload(ledger, "while archived"));
  await tries(ledger, status("quarantined"), upload(ledger, "while quarantined"));
  await tries(ledger, configure("change", "account", policy({ closeDays: 9 })));
  await tries(ledger, status("active"), upload(ledger, "while active"));
  await ledger.seal();
  return ledger;
}

async function changes(): Promise<ToyLedger> {
  const ledger = await withFile();
  const one = digestOf("one");
  const both = [F, one].sort();
  const detail = digestOf("why");
  await tries(
    ledger,
    upload(ledger, "one"),
    { kind: "unyanked", files: [F], reason: "owner" },
    { kind: "yanked", files: [V], reason: "owner" },
    { kind: "yanked", files: [digestOf("absent")], reason: "owner" },
    { kind: "yanked", files: [F, digestOf("absent")].sort(), reason: "owner" },
    { kind: "yanked", files: [F], reason: "mistake", detail },
    { kind: "yanked", files: both, reason: "owner" },
    { kind: "unyanked", files: both, reason: "owner" },
    { kind: "withdrawn", files: [F], reason: "canceled" },
    { kind: "unyanked", files: [F], reason: "owner", detail: digestOf("why not") },
    { kind: "yanked", files: both, reason: "owner" },
    { kind: "withdrawn", files: [F], reason: "malware", detail },
    { kind: "withdrawn", files: [F], reason: "malware" },
    { kind: "withdrawn", files: both, reason: "malware" },
    { kind: "yanked", files: [F], reason: "owner" },
    { kind: "unyanked", files: [F], reason: "owner" },
    { kind: "withdrawn", files: [one], reason: "legal" },
    acceptedFile(ledger.now),
  );
  await ledger.seal();
  return ledger;
}

async function staged(): Promise<ToyLedger> {
  const ledger = await ToyLedger.withProject(policy({ release: "staged" }));
  const one = (changes = {}): Draft => upload(ledger, "one", { show: "staged", ...changes });
  const id = digestOf("one");
  await tries(
    ledger,
    upload(ledger, "shown at once"),
    one(),
    upload(ledger, "two", { show: "staged" }),
    { kind: "yanked", files: [id], reason: "owner" },
    { kind: "withdrawn", files: [id], reason: "malware" },
    { kind: "withdrawn", files: [id], reason: "canceled" },
    { kind: "withdrawn", files: [id], reason: "canceled" },
    one({ sha256: digestOf("other bytes") }),
  );
  await ledger.seal();
  return ledger;
}

async function firstFile(): Promise<ToyLedger> {
  const ledger = await ToyLedger.withProject();
  await tries(
    ledger,
    configure("change", "account", policy({ closeDays: 30 })),
    byToken(ledger, "not attested"),
    configure("change", "free", OTHER),
    configure("change", "account", policy({ closeDays: 20 })),
    upload(ledger, "attested"),
    upload(ledger, "attested again"),
  );
  await ledger.seal();
  return ledger;
}
