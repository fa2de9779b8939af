// SPDX-License-Identifier: Apache-2.0
import {
  appendHash,
  type IndexHeader,
  type KnownStatement,
  type LedgerEntry,
  type LogGenesis,
  leafHash,
  looksLikeStateLeaf,
  ParseError,
  paeOf,
  parseEntry,
  parseHex,
  type Sha256,
  statementDigest,
} from "@countermark/formats";
import type { CryptoPort } from "../port.ts";
import { applyStateLeaf } from "./apply-state-leaf.ts";
import { logNow } from "./log-time.ts";
import { nextOpenings } from "./openings.ts";
import { ruleGenesis } from "./rule-genesis.ts";
import { isAboutLog, isOfItsLog } from "./rule-index.ts";
import { EPSILON_SECONDS, type Follower } from "./rules.ts";
import { findRules, findUnknownRules, type Ruleset } from "./rulesets.ts";
import { firstFault, type RuleContext, type Ruling, voided } from "./ruling.ts";
import { countersignKeyId, isSignature } from "./signatures.ts";
import {
  genesisOf,
  type IndexState,
  type LedgerState,
  nextNumber,
  nextSeq,
  type PastEntry,
  type PastKind,
  type ProjectState,
  withIndex,
  withProject,
} from "./state.ts";
import type { VoidCode } from "./void-codes.ts";

/** What one leaf does to the ledger's state. A void entry only takes its place in the log. */
export type Applied =
  | { readonly kind: "legal"; readonly state: LedgerState; readonly entry: LedgerEntry }
  | { readonly kind: "state"; readonly state: LedgerState }
  | { readonly kind: "void"; readonly state: LedgerState; readonly code: VoidCode }
  /** The leaf is under rules that are not known here: nothing is said of it, nor of any after it. */
  | { readonly kind: "unjudged"; readonly state: LedgerState; readonly rules: number };

/**
 * The reducer: the state after `leaf`. Works on ledger bytes alone and has an answer to any bytes: never throws, never
 * halts. It is asynchronous only because signatures are.
 *
 * @spec specs/ledger-kinds.md
 *
 * Not checked here: whatever needs evidence (attestations, blobs, names, the account system); see `admit`.
 */
export async function apply(state: LedgerState, leaf: Uint8Array, crypto: CryptoPort): Promise<Applied> {
  const sha256 = (bytes: Uint8Array): Uint8Array => crypto.sha256(bytes);
  const next = { ...state, size: state.size + 1 };
  const unknownRules = findUnknownRules(state);
  if (unknownRules !== null) return { kind: "unjudged", state: next, rules: unknownRules };
  if (looksLikeStateLeaf(leaf)) return applyStateLeaf(state, leaf, sha256);
  const entry = readEntry(leaf);
  if (entry === null) return { kind: "void", state: next, code: "malformed" };
  if (state.size === 0 && entry.statement.kind === "log-genesis") {
    return await applyGenesis(next, entry, entry.statement, crypto);
  }
  const ruling = await ruleEntry(state, entry, crypto, sha256);
  return ruling.kind === "void"
    ? { kind: "void", state: next, code: ruling.code }
    : { kind: "legal", state: ruling.state, entry };
}

async function applyGenesis(
  next: LedgerState,
  entry: LedgerEntry,
  genesis: LogGenesis,
  crypto: CryptoPort,
): Promise<Applied> {
  const sha256 = (bytes: Uint8Array): Uint8Array => crypto.sha256(bytes);
  const ruling = await ruleGenesis(entry, genesis, next.previous, crypto);
  switch (ruling.kind) {
    case "void":
      return { kind: "void", state: next, code: ruling.code };
    case "unknown-rules":
      return { kind: "unjudged", state: { ...next, unknownRules: genesis.rules }, rules: genesis.rules };
    case "legal": {
      const state = { ...ruling.from, size: next.size, facts: ruling.facts };
      const index = remember(ruling.index, entry, genesis, { at: state.offset, sha256 });
      return { kind: "legal", state: withIndex(state, index, sha256), entry };
    }
  }
}

type LegalRuling = Extract<Ruling, { kind: "legal" }>;
type EntryRuling = Exclude<Ruling, LegalRuling> | { readonly kind: "legal"; readonly state: LedgerState };

function readEntry(leaf: Uint8Array): LedgerEntry | null {
  try {
    return parseEntry(leaf);
  } catch (error) {
    // An entry that does not parse is void: the one place where bad bytes are an answer and not a failure.
    if (error instanceof ParseError) return null;
    throw error;
  }
}

/** The checks common to all kinds, in the order of the specification, then the kind's own. */
async function ruleEntry(
  state: LedgerState,
  entry: LedgerEntry,
  crypto: CryptoPort,
  sha256: Sha256,
): Promise<EntryRuling> {
  const { statement } = entry;
  if (statement.kind !== "unknown" && isAboutLog(statement) && !isOfItsLog(statement, sha256)) {
    return voided("malformed");
  }
  const genesis = genesisOf(state);
  if (genesis !== null && statement.origin !== genesis.facts.origin) return voided("wrong-log");
  if (genesis === null || statement.kind === "log-genesis") return voided("no-genesis");
  const { facts, index } = genesis;
  if (index.header.end === "succeeded") return voided("log-ended");
  if (statement.kind === "unknown") return voided("unknown-kind");
  const rules = findRules(index.header.rules);
  if (rules === null) return voided("unknown-kind");
  const fault =
    (await signatureFault(entry, index, crypto)) ??
    placeFault(state, statement, { header: index.header, rules });
  if (fault !== null) return voided(fault);
  const context = { state, facts, index, entry, at: nextNumber(state), crypto, sha256 };
  const ruling = await rules.rule(context, statement);
  return ruling.kind === "void" ? ruling : { kind: "legal", state: withRuling(context, statement, ruling) };
}

async function signatureFault(
  entry: LedgerEntry,
  index: IndexState,
  crypto: CryptoPort,
): Promise<VoidCode | null> {
  const key = index.header.countersign.find(
    (candidate) => countersignKeyId(candidate, crypto) === entry.keyId,
  );
  if (key === undefined) return "key-not-in-force";
  const record = { algorithm: "Ed25519", key: parseHex(key, 32, "key") } as const;
  const isSigned = await isSignature(record, paeOf(entry.payload), entry.signature, crypto);
  return isSigned ? null : "bad-signature";
}

const MAKES_PROJECT: ReadonlySet<Follower["kind"]> = new Set([
  "project-reserved",
  "project-created",
  "imported",
  "observed",
]);

function placeFault(
  state: LedgerState,
  statement: Follower,
  { header, rules }: { readonly header: IndexHeader; readonly rules: Ruleset },
): VoidCode | null {
  const { kind, role, project } = statement;
  // What puts log time right cannot itself be bound by it, or its own time would be one that auditors never admit.
  const isOfLogTime = kind === "void" && state.projects.get(project)?.kind === "index";
  const mayMake = rules.roles[kind].some((allowed) => allowed === role);
  return firstFault(
    [role !== header.role || !mayMake, "wrong-role"],
    [header.end === "sunset" && !rules.isLegalInSunset(statement), "sunset"],
    [!MAKES_PROJECT.has(kind) && !state.projects.has(project), "unknown-project"],
    [statement.seq !== nextSeq(state, project), "wrong-seq"],
    [!isOfLogTime && statement.time < logNow(state) - EPSILON_SECONDS, "time-before-log"],
  );
}

/** The effects common to all legal entries: history grows, last entry and rules are this entry's. */
function withRuling(context: RuleContext, statement: Follower, ruling: LegalRuling): LedgerState {
  const { state, index, entry, at, sha256 } = context;
  const next = { ...state, size: state.size + 1, anchors: ruling.anchors };
  if (ruling.project.kind === "index") {
    return withIndex(next, remember(ruling.project, entry, statement, { at, sha256 }), sha256);
  }
  const header = { ...ruling.project.header, lastEntry: at, rules: index.header.rules };
  const openings = nextOpenings(ruling.project, statement);
  const project = remember({ ...ruling.project, header, openings }, entry, statement, { at, sha256 });
  return withProject(next, statement.project, project);
}

function remember<P extends ProjectState | IndexState>(
  project: P,
  entry: LedgerEntry,
  statement: KnownStatement,
  { at, sha256 }: { readonly at: number; readonly sha256: Sha256 },
): P {
  const past: PastEntry = {
    index: at,
    statement: statementDigest(sha256, entry.payload),
    ...pastKind(statement),
  };
  const history = appendHash(sha256, project.history, leafHash(sha256, entry.leaf));
  return { ...project, history, entries: project.entries.append(past) };
}

function pastKind(statement: KnownStatement): PastKind {
  switch (statement.kind) {
    case "project-configured":
      return { kind: statement.kind, act: statement.act };
    case "project-recovered":
      return { kind: statement.kind, act: statement.act, way: statement.way };
    case "file-accepted":
    case "file-attested":
      return { kind: statement.kind, file: statement.file };
    case "imported":
    case "observed": {
      const files = statement.items.map((item) => item.file);
      return { kind: statement.kind, files, isFirst: statement.seq === 0 };
    }
    default:
      return { kind: statement.kind };
  }
}
