// SPDX-License-Identifier: Apache-2.0
import {
  detailCommitment,
  encodeHex,
  equalBytes,
  type KnownStatement,
  type LedgerEntry,
  openedPublisherId,
  type ProjectConfigured,
  type ProjectCreated,
  type ProjectDetail,
  type ProjectRecovered,
  parseProjectDetail,
  parseTextDetail,
  quote,
  type StateLeaf,
  type TrustDescription,
} from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import type { Verified } from "../verified.ts";
import { admitFile } from "./admit-file.ts";
import { type AdmitPorts, requireEvidence, verifyName } from "./admit-ports.ts";
import { admitTrust, type TrustPlace } from "./admit-trust.ts";
import { verifyLedgerCheckpoint } from "./head.ts";
import { verifyCountersignature } from "./receipt.ts";
import { EPSILON_SECONDS } from "./rules.ts";
import { findProject, type LedgerState } from "./state.ts";

/** A legal entry and where it stands. */
export interface PlacedEntry {
  readonly entry: LedgerEntry;
  readonly index: number;
  /** The state before it. */
  readonly before: LedgerState;
}

/** What was checked of one entry. */
export interface Admission {
  readonly attestations: number;
}

/**
 * Checks, once and at the head, what `apply` believes without evidence: that names are what the ids say, that the index
 * has the bytes, that attestations verify and are by whom they are said to be by.
 *
 * @throws VerifyError `evidence-missing`, `entry-from-future`, `detail-mismatch`, `ecosystem-differs`, `name-differs`,
 *   `opening-mismatch`, `consent-unsupported`, those of admitFile, admitTrust and of verifyCountersignature; ParseError of the evidence
 * @spec specs/ledger-kinds.md#admission
 *
 * Not checked here: whether an account was asked, and whether notices were sent: nobody but the index can know.
 */
export async function admit(placed: PlacedEntry, ports: AdmitPorts): Promise<Verified<Admission>> {
  const { entry, index } = placed;
  const { statement } = entry;
  if (statement.kind === "unknown")
    throw new TypeError("Cannot admit an entry of an unknown kind: it is void");
  verifyNotFuture(statement.time, ports.now);
  await verifyCountersignature(entry, index, ports.trust, ports.crypto);
  const admission: Admission = { attestations: await admitKind(placed, statement, ports) };
  return admission as Verified<Admission>;
}

/**
 * Checks the anchor of a legal state leaf: that there is such a cosigned head, of the tree that was read, with these times.
 *
 * @param rootAt the root of the first `size` leaves, as the caller has read them; the anchor's size is among them.
 * @throws VerifyError `evidence-missing`, `entry-from-future`, `anchor-differs`, those of verifyLedgerCheckpoint
 */
export async function admitState(
  leaf: StateLeaf,
  rootAt: (size: number) => Promise<Uint8Array>,
  ports: AdmitPorts,
): Promise<void> {
  const { crypto, trust, now } = ports;
  const { anchor } = leaf;
  verifyNotFuture(leaf.time, now);
  if (anchor === null) return;
  const note = await requireEvidence(ports.evidence.note(anchor.note), `the note ${anchor.note}`);
  const { checkpoint } = await verifyLedgerCheckpoint(note, { trust, now }, crypto);
  const isSame =
    encodeHex(crypto.sha256(note)) === anchor.note &&
    checkpoint.origin === leaf.origin &&
    checkpoint.size === anchor.size &&
    equalBytes(checkpoint.root, await rootAt(anchor.size)) &&
    checkpoint.tLo === anchor.tLo &&
    checkpoint.tHi === anchor.tHi;
  if (!isSame) {
    throw new VerifyError(
      "anchor-differs",
      `Cannot admit state leaf ${leaf.index}: its anchor is not the note's, or the note is of another tree`,
    );
  }
}

async function admitKind(placed: PlacedEntry, statement: KnownStatement, ports: AdmitPorts): Promise<number> {
  switch (statement.kind) {
    case "log-genesis":
      verifyEcosystem(statement.ecosystem, ports.trust);
      return 0;
    case "project-reserved":
      await readProjectDetail(statement, ports);
      return 0;
    case "project-created":
    case "project-configured":
    case "project-recovered":
      await admitConfig(placed, statement, ports);
      return 0;
    case "file-accepted":
      return await admitFile(statement, await requireDetail(statement, ports), ports);
    case "trust-changed":
      admitTrust(statement, await requireDetail(statement, ports), trustPlace(placed), ports);
      return 0;
    case "yanked":
    case "unyanked":
    case "withdrawn":
    case "status":
    case "void":
    case "rules-changed":
    case "index-role":
    case "sunset":
    case "log-succeeded":
    case "release-published":
    case "release-closed":
    case "file-attested":
    case "detail-erased":
    case "amended":
    case "imported":
    case "import-closed":
    case "observed":
    case "promoted":
      if (statement.detail !== null) parseTextDetail(await requireDetail(statement, ports));
      return 0;
  }
}

function trustPlace({ before, index }: PlacedEntry): TrustPlace {
  if (before.index === null) throw new TypeError("Cannot admit an entry before the genesis");
  return { index, before: before.index.header };
}

/** Every id that the configuration brings new is opened by the entry's detail. */
async function admitConfig(
  placed: PlacedEntry,
  statement: ProjectCreated | ProjectConfigured | ProjectRecovered,
  ports: AdmitPorts,
): Promise<void> {
  if (statement.kind === "project-configured" && statement.consent.kind === "publisher") {
    throw new VerifyError(
      "consent-unsupported",
      "Cannot admit a publisher's consent: it is not verified yet",
    );
  }
  if (statement.config === null) return;
  const project = findProject(placed.before, statement.project);
  const known = project === null ? [] : [project.current, project.base, project.pending ?? project.current];
  const knownIds = new Set(known.flatMap((config) => [...config.publishers, ...config.principals]));
  const newPublishers = statement.config.publishers.filter((id) => !knownIds.has(id));
  const newPrincipals = statement.config.principals.filter((id) => !knownIds.has(id));
  const needsDetail = statement.kind === "project-created" || newPublishers.length + newPrincipals.length > 0;
  if (!needsDetail && statement.detail === null) return;
  const detail = await readProjectDetail(statement, ports);
  const opened = new Set(detail.publishers.map((item) => openedPublisherId(ports.crypto.sha256, item)));
  const salted = new Set(detail.principals.map((item) => item.id));
  const missing = newPublishers.find((id) => !opened.has(id)) ?? newPrincipals.find((id) => !salted.has(id));
  if (missing !== undefined) {
    throw new VerifyError(
      "opening-mismatch",
      `Cannot admit configuration: its detail does not open ${missing}`,
    );
  }
}

async function readProjectDetail(statement: KnownStatement, ports: AdmitPorts): Promise<ProjectDetail> {
  const detail = parseProjectDetail(await requireDetail(statement, ports));
  verifyName(detail.name, statement.project, ports);
  return detail;
}

/** The entry's detail. @throws VerifyError `evidence-missing`, `detail-mismatch` */
async function requireDetail(statement: KnownStatement, ports: AdmitPorts): Promise<Uint8Array> {
  const { detail: commitment } = statement;
  const what = `the detail of ${statement.kind}`;
  const detail = await requireEvidence(
    commitment === null ? Promise.resolve(null) : ports.evidence.detail(commitment),
    what,
  );
  if (detailCommitment(ports.crypto.sha256, detail) !== commitment) {
    throw new VerifyError("detail-mismatch", `Cannot admit entry: ${what} is not the one that was logged`);
  }
  return detail;
}

function verifyNotFuture(time: number, now: number): void {
  if (time > now + EPSILON_SECONDS) {
    throw new VerifyError(
      "entry-from-future",
      `Cannot admit entry: its time ${time} is later than now, ${now}`,
    );
  }
}

function verifyEcosystem(ecosystem: string, trust: TrustDescription): void {
  if (ecosystem !== trust.ecosystem) {
    throw new VerifyError("ecosystem-differs", `Cannot admit genesis: it is of ${quote(ecosystem)}`);
  }
}
