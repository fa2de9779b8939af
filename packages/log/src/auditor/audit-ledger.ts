// SPDX-License-Identifier: Apache-2.0
import {
  type DetailErased,
  type Digest,
  type KnownStatement,
  type LedgerStatement,
  ParseError,
  parseStateLeaf,
  quote,
  type StateLeaf,
  type TrustDescription,
} from "@countermark/formats";
import {
  type AdmitPorts,
  type Applied,
  admit,
  admitState,
  apply,
  type CryptoPort,
  emptyState,
  findAsk,
  findFile,
  findProject,
  findUnknownRules,
  type LedgerState,
  RefusedError,
  VerifyError,
  type VoidCode,
} from "@countermark/verify";
import { LogError } from "../failure.ts";
import type { LogReader } from "../log-reader.ts";

/** What was found in the entries so far. */
export interface AuditReport {
  readonly entries: number;
  readonly legal: number;
  readonly states: number;
  readonly voids: readonly { readonly index: number; readonly code: VoidCode }[];
  readonly attestationsVerified: number;
  /**
   * Legal entries that were not admitted, and that no later `void` took back: their evidence does not hold or, where the
   * error is a LogError, is out of reach.
   */
  readonly notAdmitted: readonly { readonly index: number; readonly error: Error }[];
  /** Whether the last entry is a legal state leaf: what it commits to is then the state computed here. */
  readonly endsInState: boolean;
  readonly state: LedgerState;
}

export interface AuditPorts extends Omit<AdmitPorts, "now"> {
  readonly clock: () => number;
  readonly crypto: CryptoPort;
  readonly trust: TrustDescription;
}

/** A legal entry that is not admitted, with what it takes to try again. */
interface Doubt {
  readonly error: Error;
  readonly subject: KnownStatement | null;
  readonly retry: () => Promise<number>;
  /** Unix seconds. */
  readonly triedAt: number;
}

/** Replays a ledger, entry by entry: applies each, and admits each legal one. Grows with the log; holds the state. */
export class LedgerAuditor {
  readonly #ports: AuditPorts;
  readonly #doubts = new Map<number, Doubt>();
  /** What was doubted until a void took it back. */
  readonly #forgiven = new Map<number, Doubt>();
  readonly #voids: { readonly index: number; readonly code: VoidCode }[] = [];
  #state: LedgerState;
  #legal = 0;
  #states = 0;
  #attestations = 0;
  #endsInState = false;

  constructor(ports: AuditPorts) {
    this.#ports = ports;
    this.#state = emptyState(ports.crypto.sha256);
  }

  /**
   * Takes the entries up to the reader's head. No entry's evidence stops it, whatever is wrong with it or with getting it:
   * the void that settles it may be the next entry.
   *
   * @param admittedSize entries below were admitted before: their evidence is not asked for again.
   * @throws LogError as the reader, and then the same call goes on from there
   */
  async follow(reader: LogReader, admittedSize: number): Promise<void> {
    if (reader.head.size < this.#state.size) {
      throw new LogError(
        "audit-behind",
        `Cannot audit ${reader.head.size}: ${this.#state.size} entries were read`,
      );
    }
    while (this.#state.size < reader.head.size) {
      const from = this.#state.size;
      const to = Math.min(reader.head.size, from + 256 - (from % 256));
      for (const leaf of await reader.readEntries(from, to)) {
        await this.#take(leaf, { admittedSize, reader });
      }
    }
  }

  /**
   * Tries again what was not admitted, and not tried in the last `afterSeconds`: evidence may have come late. What was out of reach is
   * tried at once, as the index may have come back and waits for us; but no more of it than one while that is out of reach still.
   */
  async retry(afterSeconds: number): Promise<void> {
    const now = this.#ports.clock();
    let isInReach = true;
    for (const [index, doubt] of this.#doubts) {
      if (this.#isDropped(index, doubt.subject)) continue;
      const isOut = isOutOfReach(doubt.error);
      // Tried in the future: our clock was set back since, and would keep us waiting until it is there again.
      const isDue = isOut ? isInReach : doubt.triedAt > now || doubt.triedAt <= now - afterSeconds;
      if (!isDue) continue;
      await this.#settle(index, doubt.subject, doubt.retry);
      const left = this.#doubts.get(index);
      if (isOut && left !== undefined && isOutOfReach(left.error)) isInReach = false;
    }
  }

  report(): AuditReport {
    const notAdmitted = [...this.#doubts]
      .filter(([index, doubt]) => !this.#isDropped(index, doubt.subject))
      .map(([index, { error }]) => ({ index, error }));
    return {
      entries: this.#state.size,
      legal: this.#legal,
      states: this.#states,
      voids: [...this.#voids],
      attestationsVerified: this.#attestations,
      notAdmitted,
      endsInState: this.#endsInState,
      state: this.#state,
    };
  }

  async #take(
    leaf: Uint8Array,
    { admittedSize, reader }: { readonly admittedSize: number; readonly reader: LogReader },
  ): Promise<void> {
    const index = this.#state.size;
    const before = this.#state;
    const applied = await apply(before, leaf, this.#ports.crypto);
    if (index >= admittedSize) await this.#examine(applied, { leaf, index, before, reader });
    this.#state = applied.state;
    this.#endsInState = applied.kind === "state";
    this.#count(applied, index);
  }

  #count(applied: Applied, index: number): void {
    switch (applied.kind) {
      case "void":
        this.#voids.push({ index, code: applied.code });
        return;
      case "state":
        this.#states++;
        return;
      case "unjudged":
        return;
      case "legal": {
        this.#legal++;
        this.#excuse(applied.entry.statement);
        return;
      }
    }
  }

  /** What a legal entry changes about the doubts before it. `#state` is the state after it. */
  #excuse(statement: LedgerStatement): void {
    switch (statement.kind) {
      case "void": {
        // What a legal void takes back needs no evidence any more, unless it is given back.
        const doubt = this.#doubts.get(statement.target);
        if (doubt !== undefined) this.#forgiven.set(statement.target, doubt);
        this.#doubts.delete(statement.target);
        return;
      }
      case "amended":
        for (const [at, doubt] of this.#forgiven) {
          if (isThereAgain(this.#state, doubt.subject, at)) this.#doubts.set(at, doubt);
        }
        return;
      case "detail-erased":
        for (const [at, doubt] of this.#doubts) {
          if (isErased(doubt, statement) && isCovered(this.#state, at)) this.#doubts.delete(at);
        }
        return;
      default:
        return;
    }
  }

  async #examine(
    applied: Applied,
    place: {
      readonly leaf: Uint8Array;
      readonly index: number;
      readonly before: LedgerState;
      readonly reader: LogReader;
    },
  ): Promise<void> {
    const { leaf, index, before, reader } = place;
    const ports = (): AdmitPorts => ({ ...this.#ports, now: this.#ports.clock() });
    if (applied.kind === "state") {
      const state: StateLeaf = parseStateLeaf(leaf);
      await this.#settle(index, null, async () => {
        await admitState(state, (size) => reader.rootAt(size), ports());
        return 0;
      });
    }
    if (applied.kind === "legal" && applied.entry.statement.kind !== "unknown") {
      const placed = { entry: applied.entry, index, before };
      await this.#settle(
        index,
        applied.entry.statement,
        async () => (await admit(placed, ports())).attestations,
      );
    }
  }

  async #settle(
    index: number,
    subject: KnownStatement | null,
    attempt: () => Promise<number>,
  ): Promise<void> {
    try {
      this.#attestations += await attempt();
      this.#doubts.delete(index);
    } catch (reason) {
      // Told apart in requireAudited, and never thrown here: one entry could hold up everything after it.
      const error = reason instanceof Error ? reason : new TypeError(String(reason));
      this.#doubts.set(index, { error, subject, retry: attempt, triedAt: this.#ports.clock() });
    }
  }

  /** An ask that went away without being taken did nothing. */
  #isDropped(index: number, subject: KnownStatement | null): boolean {
    if (subject?.kind !== "project-configured" && subject?.kind !== "project-recovered") return false;
    if (subject.act !== "ask") return false;
    const project = findProject(this.#state, subject.project);
    return project !== null && findAsk(project, index) === "dropped";
  }
}

/** Whether an entry is not admitted for nothing else than that its detail is gone, and its own project says that it was erased. */
function isErased({ error, subject }: Doubt, statement: DetailErased): boolean {
  const isGone = error instanceof VerifyError && error.code === "detail-missing";
  const detail = subject?.project === statement.project ? subject.detail : null;
  return isGone && detail !== null && statement.details.includes(detail);
}

/** Whether a file that the entry at `index` brought is in service, or can be, after a void had taken it away. */
function isThereAgain(state: LedgerState, subject: KnownStatement | null, index: number): boolean {
  const project = subject === null ? null : findProject(state, subject.project);
  if (subject === null || project === null) return false;
  return filesOf(subject).some((id) => {
    const file = findFile(project, id);
    return file?.firstEntry === index && file.state !== "withdrawn";
  });
}

function filesOf(statement: KnownStatement): readonly Digest[] {
  if (statement.kind === "file-accepted") return [statement.file];
  const isOutside = statement.kind === "imported" || statement.kind === "observed";
  return isOutside ? statement.items.map(({ file }) => file) : [];
}

/** Whether a cosigned head that the ledger names covers the entry: whoever audited then has seen all of its evidence. */
function isCovered(state: LedgerState, index: number): boolean {
  return (state.anchors.last()?.size ?? 0) > index;
}

/** Audits a whole ledger at the reader's head, once. @throws LogError as {@link LedgerAuditor.follow} */
export async function auditLedger(reader: LogReader, ports: AuditPorts): Promise<AuditReport> {
  const auditor = new LedgerAuditor(ports);
  await auditor.follow(reader, 0);
  return auditor.report();
}

/**
 * Whether a head may be called audited.
 *
 * @throws LogError `ledger-rules-unknown`, `audit-not-admitted`, `audit-no-state`; that of the evidence (`unavailable`) when nothing else is wrong
 * than that it could not be had; anything else that kept an entry from being examined, as it is
 * @spec specs/ledger-kinds.md#admission
 */
export function requireAudited(report: AuditReport): void {
  const unknownRules = findUnknownRules(report.state);
  if (unknownRules !== null) {
    throw new LogError(
      "ledger-rules-unknown",
      `Cannot vouch for ${report.entries}: entries are made by rules ${unknownRules}, which this version does not know`,
    );
  }
  if (!report.endsInState) {
    throw new LogError(
      "audit-no-state",
      `Cannot vouch for ${report.entries}: it does not end in a legal state leaf`,
    );
  }
  const doubt = report.notAdmitted.find(({ error }) => isFinding(error)) ?? report.notAdmitted[0];
  if (doubt === undefined) return;
  const { index, error } = doubt;
  if (!isFinding(error) && !(error instanceof LogError)) throw error;
  throw new LogError(
    error instanceof LogError ? error.code : "audit-not-admitted",
    `Cannot vouch for ${report.entries}: entry ${index} is not admitted: ${quote(error.message)}`,
    { cause: error },
  );
}

function isOutOfReach(error: Error): boolean {
  return error instanceof LogError && error.code === "unavailable";
}

/** Evidence that does not hold; anything else is evidence that could not be had, or a mistake of ours. */
function isFinding(error: Error): boolean {
  return error instanceof VerifyError || error instanceof ParseError || error instanceof RefusedError;
}
