// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { type Bytes, NOTE_BYTES_MAX } from "@countermark/formats";
import {
  type AuditReport,
  createLogReader,
  httpEvidence,
  httpTiles,
  LedgerAuditor,
  LogError,
  type LogReader,
  nodeCrypto,
  readDistributionMetadata,
} from "@countermark/log";
import { type LedgerHead, verifyHead, verifyLedgerCheckpoint } from "@countermark/verify";
import { ClientError, EXIT } from "../failure.ts";
import { fetchBytes } from "../fetch/exchange.ts";
import { openFetch } from "../fetch/open.ts";
import { findRow } from "../proxy/identity-of.ts";
import { indexUrl } from "../settings.ts";
import { describeError } from "../show/describe-error.ts";
import type { Output } from "../show/output.ts";
import { readTrust, type Trust } from "../trust/read-trust.ts";
import type { CommandContext, Fetch } from "../world.ts";

/** Replays the whole ledger at its newest released head, with the same functions as the index and its auditors. */
export async function auditCommand(
  context: CommandContext,
  _args: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const { settings, world, out } = context;
  const index = indexUrl(settings);
  const trust = await readTrust(context);
  const fetch = await openFetch(context);
  const token = await readToken(options["evidenceToken"], world.env["COUNTERMARK_AUDIT_TOKEN"]);
  if (token !== null) await requireAuditor(index, token, fetch);
  const { head, reader } = await openLedger(index, trust, fetch, world.now());
  const { size, origin } = head.checkpoint;
  out.progress(`auditing ${size} entries of ${origin}`);
  const auditor = new LedgerAuditor({
    evidence: httpEvidence({ evidenceUrl: index, logUrl: index, token, fetch }),
    trust: trust.description,
    root: trust.sigstore,
    findRow,
    metadataOf: readDistributionMetadata,
    crypto: nodeCrypto,
    clock: world.now,
  });
  await auditor.follow(withProgress(reader, out), 0);
  const report = auditor.report();
  const findings = sortFindings(report, token === null);
  requireReached(findings);
  const failure = sayReport(report, findings, head, out);
  out.result({
    origin,
    size,
    head: head.kind,
    legal: report.legal,
    states: report.states,
    voids: report.voids.map(({ index, code }) => ({ index, code })),
    evidence: token === null ? "public" : "auditor",
    attestationsVerified: report.attestationsVerified,
    notAdmitted: findings.notAdmitted.map(({ index, error }) => ({ index, ...shown(error) })),
    outOfService: findings.outOfService,
    endsInState: report.endsInState,
    ...(failure === null ? {} : { error: { code: failure.code, message: failure.message } }),
  });
  return failure === null ? EXIT.ok : failure.exit;
}

type Doubt = AuditReport["notAdmitted"][number];

interface Findings {
  readonly notAdmitted: readonly Doubt[];
  /** Entries of files that are out of service, whose bytes are shown to auditors only; everything else of them holds. */
  readonly outOfService: readonly number[];
}

/** Tells evidence that does not hold from bytes that anybody may not see. Only bytes are excused: nothing that was signed or said. */
function sortFindings(report: AuditReport, isPublic: boolean): Findings {
  const isExcused = ({ index, error }: Doubt): boolean =>
    isPublic && shown(error).code === "file-missing" && !isInService(report, index);
  return {
    notAdmitted: report.notAdmitted.filter((doubt) => !isExcused(doubt)),
    outOfService: report.notAdmitted.filter(isExcused).map(({ index }) => index),
  };
}

/** Evidence that could not be asked for is no finding. @throws the first such failure, where nothing else is wrong */
function requireReached({ notAdmitted }: Findings): void {
  const isAway = ({ error }: Doubt): boolean => error instanceof LogError && error.code === "unavailable";
  if (notAdmitted.every(isAway) && notAdmitted[0] !== undefined) throw notAdmitted[0].error;
}

/** Whether the state replayed here has the file of this entry in service: then its bytes must be shown to anybody. */
function isInService(report: AuditReport, entry: number): boolean {
  for (const [, project] of report.state.projects.entries()) {
    if (project.kind === "index") continue;
    for (const [, record] of project.files.entries()) {
      if (record.kind !== "file" || record.firstEntry !== entry) continue;
      const isShown = record.state === "published" || record.state === "yanked";
      return isShown && project.header.status !== "quarantined";
    }
  }
  return false;
}

/** A token that the index does not know is told at once: its refusals would look like evidence that is not there. */
async function requireAuditor(index: string, token: string, fetch: Fetch): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  await fetchBytes(fetch, { url: `${index}/_/audit/sealed`, headers, bytesMax: NOTE_BYTES_MAX });
}

async function readToken(file: unknown, variable: string | undefined): Promise<string | null> {
  if (typeof file === "string") return (await readFile(file, "utf8")).trim();
  return variable === undefined || variable === "" ? null : variable;
}

/** The newest released head, believed by the pinned trust, and a reader whose every hash is checked against it. */
async function openLedger(
  index: string,
  trust: Trust,
  fetch: Fetch,
  now: number,
): Promise<{ readonly head: LedgerHead; readonly reader: LogReader }> {
  const checkpoint: Bytes = await fetchBytes(fetch, { url: `${index}/checkpoint`, bytesMax: NOTE_BYTES_MAX });
  const trustNow = { trust: trust.description, now };
  const { checkpoint: signed } = await verifyLedgerCheckpoint(checkpoint, trustNow, nodeCrypto);
  const { size, root } = signed;
  const reader = createLogReader(httpTiles(index, fetch), { size, root }, nodeCrypto.sha256);
  const [stateLeaf = new Uint8Array()] = await reader.readEntries(size - 1, size);
  const inclusion = await reader.inclusionProof(size - 1, size);
  return { head: await verifyHead({ checkpoint, stateLeaf, inclusion }, trustNow, nodeCrypto), reader };
}

/** Says now and then how far it is: a ledger of years takes a while. */
function withProgress(reader: LogReader, out: Output): LogReader {
  const { size } = reader.head;
  let said = 0;
  return {
    ...reader,
    readEntries: async (from, to) => {
      const tenth = Math.floor((from * 10) / size);
      if (tenth > said) out.progress(`${from} of ${size} entries`);
      said = tenth;
      return await reader.readEntries(from, to);
    },
  };
}

function sayReport(
  report: AuditReport,
  findings: Findings,
  head: LedgerHead,
  out: Output,
): ClientError | null {
  const { checkpoint, kind } = head;
  for (const { index, code } of report.voids)
    out.say(`${out.paint("bad", "void:")} entry ${index} [${code}]`);
  for (const index of findings.outOfService) {
    out.say(
      `not checked: the bytes of entry ${index}, whose file is out of service; auditors alone can see them`,
    );
  }
  for (const { index, error } of findings.notAdmitted) {
    const { code, message } = shown(error);
    out.say(`${out.paint("bad", "not admitted:")} entry ${index}: ${message} [${code}]`);
  }
  const word = kind === "audited" ? "audited" : "witnessed";
  out.say(`head ${checkpoint.size} of ${checkpoint.origin}, ${word}, vouched for ${head.ageSeconds} s ago`);
  out.say(
    `${report.entries} entries replayed: ${report.legal} legal, ${report.states} state leaves, ${report.voids.length} void`,
  );
  out.say(
    `${report.attestationsVerified} attestations verified, ${findings.notAdmitted.length} entries not admitted`,
  );
  out.say(
    report.endsInState
      ? "the state computed here is the one the head commits to"
      : "the head does not end in a legal state",
  );
  const failure = decideFailure(report, findings);
  if (failure !== null) out.say(`${out.paint("bad", "countermark:")} ${failure.message} [${failure.code}]`);
  return failure;
}

function decideFailure(report: AuditReport, findings: Findings): ClientError | null {
  const [illegal] = report.voids;
  const [doubtful] = findings.notAdmitted;
  const fail = (why: string) => new ClientError("audit-failed", `The ledger does not hold: ${why}`);
  if (illegal !== undefined) return fail(`entry ${illegal.index} is void (${illegal.code})`);
  if (doubtful !== undefined) return fail(`the evidence of entry ${doubtful.index} does not hold`);
  return report.endsInState ? null : fail("its last entry is not a legal state");
}

function shown(error: Error): { readonly code: string; readonly message: string } {
  const { code, message } = describeError(error);
  return { code, message };
}
