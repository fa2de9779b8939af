// SPDX-License-Identifier: Apache-2.0
import {
  type ConfigRecord,
  configId,
  configureChallenge,
  type Digest,
  detailCommitment,
  EMPTY_CONFIG,
  encodeConfigRecord,
  encodeHex,
  equalBytes,
  type KnownStatement,
  type LedgerEntry,
  openedPublisherId,
  originHash,
  type ProjectConfigured,
  type ProjectCreated,
  type ProjectDetail,
  type ProjectRecovered,
  type PublisherConsent,
  parseProjectDetail,
  parseTextDetail,
  quote,
  type StateLeaf,
  type TrustDescription,
} from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import type { Verified } from "../verified.ts";
import { verifyPublisherConsent } from "./admit-consent.ts";
import { admitAttested, admitFile } from "./admit-file.ts";
import { admitAmended, admitImported, admitObserved, admitPromoted } from "./admit-outside.ts";
import { type AdmitPorts, requireEvidence, verifyName } from "./admit-ports.ts";
import { admitTrust, type TrustPlace } from "./admit-trust.ts";
import { verifyLedgerCheckpoint } from "./head.ts";
import { verifyCountersignature } from "./receipt.ts";
import { EPSILON_SECONDS } from "./rules.ts";
import { findFile, findProject, type LedgerState, type ProjectState } from "./state.ts";

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
 * @throws VerifyError `detail-missing`, `entry-from-future`, `detail-mismatch`, `ecosystem-differs`, `name-differs`,
 *   `opening-mismatch`, those of admitFile, admitTrust, verifyPublisherConsent and verifyCountersignature; ParseError of the evidence
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
    case "file-attested": {
      const file = findFile(requireProject(placed, statement), statement.file);
      if (file === null) throw new TypeError("Cannot admit attestations of no file: the entry is void");
      return await admitAttested(statement, file, await requireDetail(statement, ports), ports);
    }
    case "imported": {
      const detail = await admitImported(statement, await requireDetail(statement, ports), ports);
      verifyOpened(statement.config ?? EMPTY_CONFIG, detail, ports);
      return 0;
    }
    case "observed":
      await admitObserved(statement, await requireDetail(statement, ports), ports);
      return 0;
    case "promoted":
      await admitPromoted(statement, requireProject(placed, statement), ports);
      await admitText(statement, ports);
      return 0;
    case "amended":
      await admitAmended(statement, requireProject(placed, statement), ports);
      await admitText(statement, ports);
      return 0;
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
    case "detail-erased":
    case "import-closed":
      await admitText(statement, ports);
      return 0;
  }
}

async function admitText(statement: KnownStatement, ports: AdmitPorts): Promise<void> {
  if (statement.detail !== null) parseTextDetail(await requireDetail(statement, ports));
}

/** The project of a legal entry that does not make one. */
function requireProject({ before }: PlacedEntry, { project }: KnownStatement): ProjectState {
  const found = findProject(before, project);
  if (found === null) throw new TypeError("Cannot admit an entry of no project: it is void");
  return found;
}

function trustPlace({ before, index }: PlacedEntry): TrustPlace {
  if (before.index === null) throw new TypeError("Cannot admit an entry before the genesis");
  return { index, before: before.index.header };
}

/** Every id that the configuration brings new is opened by the entry's detail, as is the publisher who consented. */
async function admitConfig(
  placed: PlacedEntry,
  statement: ProjectCreated | ProjectConfigured | ProjectRecovered,
  ports: AdmitPorts,
): Promise<void> {
  if (statement.kind === "project-configured" && statement.consent.kind === "publisher") {
    await admitPublisherConsent(placed, statement, statement.consent, ports);
  }
  if (statement.config === null) return;
  const project = findProject(placed.before, statement.project);
  const known = project === null ? [] : [project.current, project.base, project.pending ?? project.current];
  const knownIds = new Set(known.flatMap((config) => [...config.publishers, ...config.principals]));
  const newPublishers = statement.config.publishers.filter((id) => !knownIds.has(id));
  const newPrincipals = statement.config.principals.filter((id) => !knownIds.has(id));
  const needsDetail = statement.kind === "project-created" || newPublishers.length + newPrincipals.length > 0;
  if (!needsDetail && statement.detail === null) return;
  const wanted = { publishers: newPublishers, principals: newPrincipals };
  verifyOpened(wanted, await readProjectDetail(statement, ports), ports);
}

/** @throws VerifyError `opening-mismatch` unless the detail opens each publisher and each principal of `wanted` */
function verifyOpened(
  wanted: Pick<ConfigRecord, "publishers" | "principals">,
  detail: Pick<ProjectDetail, "publishers" | "principals">,
  ports: AdmitPorts,
): void {
  const opened = new Set(detail.publishers.map((item) => openedPublisherId(ports.crypto.sha256, item)));
  const salted = new Set(detail.principals.map((item) => item.id));
  const missing =
    wanted.publishers.find((id) => !opened.has(id)) ?? wanted.principals.find((id) => !salted.has(id));
  if (missing !== undefined) throw notOpened(missing);
}

async function admitPublisherConsent(
  { before }: PlacedEntry,
  statement: ProjectConfigured,
  { evidence, publisher }: PublisherConsent,
  ports: AdmitPorts,
): Promise<void> {
  const { sha256 } = ports.crypto;
  const project = findProject(before, statement.project);
  const { publishers } = await readProjectDetail(statement, ports);
  const opening = publishers.find((item) => openedPublisherId(sha256, item) === publisher);
  if (project === null || opening === undefined) throw notOpened(publisher);
  const bundle = await requireEvidence(ports.evidence.attestation(evidence), `the consent ${evidence}`);
  const config = configId(sha256, encodeConfigRecord(statement.config ?? project.current));
  const log = originHash(sha256, statement.origin);
  const { header } = project;
  const asked = { log, project: statement.project, header, act: statement.act, config };
  const challenge = configureChallenge(sha256, asked);
  const wanted = { challenge, evidence, record: opening.record, time: statement.time };
  await verifyPublisherConsent(bundle, wanted, ports);
}

function notOpened(id: Digest): VerifyError {
  return new VerifyError("opening-mismatch", `Cannot admit configuration: its detail does not open ${id}`);
}

async function readProjectDetail(statement: KnownStatement, ports: AdmitPorts): Promise<ProjectDetail> {
  const detail = parseProjectDetail(await requireDetail(statement, ports));
  verifyName(detail.name, statement.project, ports);
  return detail;
}

/** The entry's detail. @throws VerifyError `detail-missing`, `detail-mismatch` */
async function requireDetail(statement: KnownStatement, ports: AdmitPorts): Promise<Uint8Array> {
  const { detail: commitment } = statement;
  const what = `the detail of ${statement.kind}`;
  const detail = commitment === null ? null : await ports.evidence.detail(commitment);
  if (detail === null) {
    throw new VerifyError("detail-missing", `Cannot admit entry: ${what} is not there`);
  }
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
