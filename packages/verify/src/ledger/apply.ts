// SPDX-License-Identifier: Apache-2.0
import {
  appendHash,
  type KnownStatement,
  type LedgerEntry,
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
import { ruleConfigured } from "./rule-configure.ts";
import { ruleAccepted, ruleWithdrawn, ruleYanked } from "./rule-files.ts";
import { ruleGenesis } from "./rule-genesis.ts";
import { ruleCreated, ruleReserved, ruleStatus } from "./rule-project.ts";
import { ruleVoid } from "./rule-void.ts";
import { EPSILON_SECONDS, isLater, type LaterStatement, ROLES_OF_KIND } from "./rules.ts";
import { firstFault, type RuleContext, type Ruling, voided } from "./ruling.ts";
import { countersignKeyId, isSignature } from "./signatures.ts";
import {
  genesisOf,
  type IndexState,
  type LedgerState,
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
  | { readonly kind: "void"; readonly state: LedgerState; readonly code: VoidCode };

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
  if (looksLikeStateLeaf(leaf)) return applyStateLeaf(state, leaf, sha256);
  const next = { ...state, size: state.size + 1 };
  const entry = readEntry(leaf);
  if (entry === null) return { kind: "void", state: next, code: "malformed" };
  if (state.size === 0 && entry.statement.kind === "log-genesis") {
    const ruling = await ruleGenesis(entry, entry.statement, crypto);
    if (ruling.kind === "void") return { kind: "void", state: next, code: ruling.code };
    const index = remember(ruling.index, entry, entry.statement, { at: 0, sha256 });
    return { kind: "legal", state: withIndex({ ...next, facts: ruling.facts }, index, sha256), entry };
  }
  const ruling = await ruleEntry(state, entry, crypto, sha256);
  return ruling.kind === "void"
    ? { kind: "void", state: next, code: ruling.code }
    : { kind: "legal", state: ruling.state, entry };
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
  const genesis = genesisOf(state);
  if (genesis !== null && statement.origin !== genesis.facts.origin) return voided("wrong-log");
  if (genesis === null || statement.kind === "log-genesis") return voided("no-genesis");
  const { facts, index } = genesis;
  if (index.header.end === "succeeded") return voided("log-ended");
  if (statement.kind === "unknown" || isLater(statement)) return voided("unknown-kind");
  const fault = (await signatureFault(entry, index, crypto)) ?? placeFault(state, statement, index);
  if (fault !== null) return voided(fault);
  const context = { state, facts, index, entry, at: state.size, crypto, sha256 };
  const ruling = await ruleKind(context, statement);
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

/** A statement of any kind but the first. */
type Follower = Exclude<KnownStatement, LaterStatement | { kind: "log-genesis" }>;

function placeFault(state: LedgerState, statement: Follower, index: IndexState): VoidCode | null {
  const { kind, role, project } = statement;
  const makesProject = kind === "project-reserved" || kind === "project-created";
  // What puts log time right cannot itself be bound by it, or its own time would be one that auditors never admit.
  const isOfLogTime = kind === "void" && state.projects.get(project)?.kind === "index";
  const mayMake = ROLES_OF_KIND[kind].some((allowed) => allowed === role);
  return firstFault(
    [role !== index.header.role || !mayMake, "wrong-role"],
    [!makesProject && !state.projects.has(project), "unknown-project"],
    [statement.seq !== nextSeq(state, project), "wrong-seq"],
    [!isOfLogTime && statement.time < logNow(state) - EPSILON_SECONDS, "time-before-log"],
  );
}

async function ruleKind(context: RuleContext, statement: Follower): Promise<Ruling> {
  const project = context.state.projects.get(statement.project);
  if (statement.kind === "project-reserved") return ruleReserved(context, statement);
  if (statement.kind === "project-created") return ruleCreated(context, statement);
  if (project === null) return voided("unknown-project");
  if (statement.kind === "void") return await ruleVoid(context, statement, project);
  // The index is no project of its own: only `void` may name it here.
  if (project.kind === "index") return voided("unknown-project");
  return await ruleProjectKind(context, statement, project);
}

type ProjectKinds = Exclude<Follower, { kind: "project-reserved" | "project-created" | "void" }>;

async function ruleProjectKind(
  context: RuleContext,
  statement: ProjectKinds,
  project: ProjectState,
): Promise<Ruling> {
  // biome-ignore lint/nursery/useExhaustiveSwitchCases: the linter does not evaluate Exclude; the compiler holds this one.
  switch (statement.kind) {
    case "project-configured":
      return await ruleConfigured(context, statement, project);
    case "file-accepted":
      return ruleAccepted(context, statement, project);
    case "yanked":
    case "unyanked":
      return ruleYanked(context, statement, project);
    case "withdrawn":
      return ruleWithdrawn(context, statement, project);
    case "status":
      return ruleStatus(context, statement, project);
  }
}

/** The effects common to all legal entries: history grows, last entry and rules are this entry's. */
function withRuling(context: RuleContext, statement: Follower, ruling: LegalRuling): LedgerState {
  const { state, index, entry, at, sha256 } = context;
  const next = { ...state, size: state.size + 1, anchors: ruling.anchors };
  if (ruling.project.kind === "index") {
    return withIndex(next, remember(ruling.project, entry, statement, { at, sha256 }), sha256);
  }
  const header = { ...ruling.project.header, lastEntry: at, rules: index.header.rules };
  const project = remember({ ...ruling.project, header }, entry, statement, { at, sha256 });
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
    case "file-accepted":
      return { kind: statement.kind, file: statement.file };
    default:
      return { kind: statement.kind };
  }
}
