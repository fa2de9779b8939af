// SPDX-License-Identifier: Apache-2.0
import {
  type ConfigRecord,
  configId,
  encodeConfigRecord,
  encodeStateLeaf,
  parseStateLeaf,
} from "@countermark/formats";
import { apply, type LedgerState, type ProjectState, type VoidCode } from "@countermark/verify";
import {
  acceptedFile,
  CONFIG,
  crypto,
  type Draft,
  GUARDED,
  genesisStatement,
  K,
  leafOf,
  OTHER_PRINCIPAL,
  OTHER_PUBLISHER,
  outcomeOf,
  START,
  sha256,
  ToyLedger,
  toyKey,
} from "../toy-ledger.ts";

export const NONE = { kind: "none" } as const;
export const OTHER: ConfigRecord = { ...CONFIG, publishers: [OTHER_PUBLISHER] };
export const OTHER_GUARDED: ConfigRecord = { ...GUARDED, principals: [OTHER_PRINCIPAL] };
export const UNMET: ConfigRecord = {
  ...CONFIG,
  publishers: [],
  policy: { ...CONFIG.policy, uploads: "publisher" },
};

export type Case = readonly [code: VoidCode, claim: string, outcome: () => Promise<string>];

/** What becomes of `draft` in a ledger with one project. */
export async function inProject(
  draft: Draft | ((ledger: ToyLedger) => Draft),
  config = CONFIG,
): Promise<string> {
  const ledger = await ToyLedger.withProject(config);
  return await ledger.outcome(typeof draft === "function" ? draft(ledger) : draft);
}

/** What becomes of an upload with `changes` under `policy`. */
export async function upload(
  changes: Partial<Parameters<typeof acceptedFile>[1]>,
  config: ConfigRecord = CONFIG,
): Promise<string> {
  return await inProject(acceptedFile(START, changes), config);
}

/** What becomes of the first leaf, made of a genesis with `changes`. */
export async function genesis(
  changes: Parameters<typeof genesisStatement>[0],
  signers?: Parameters<typeof genesisStatement>[1],
  key = toyKey("countersign"),
): Promise<string> {
  const leaf = leafOf(genesisStatement(changes, signers), key);
  return outcomeOf(await apply(new ToyLedger().state, leaf, crypto));
}

/** What becomes of the state leaf that should come, with `changes`. */
export async function stateLeaf(
  changes: Partial<ReturnType<typeof parseStateLeaf>>,
  prepare: (ledger: ToyLedger) => Promise<unknown> = async () => {},
): Promise<string> {
  const ledger = await ToyLedger.withProject();
  await prepare(ledger);
  await ledger.seal();
  const leaf = parseStateLeaf(ledger.leaves.at(-1) ?? new Uint8Array());
  const before = await replayed(ledger.leaves.slice(0, -1));
  return outcomeOf(await apply(before, encodeStateLeaf({ ...leaf, ...changes }), crypto));
}

export async function replayed(leaves: readonly Uint8Array[]): Promise<LedgerState> {
  const ledger = new ToyLedger();
  for (const leaf of leaves) await ledger.addLeaf(leaf);
  return ledger.state;
}

/** A ledger whose project has a file, so that changes wait. */
export async function busy(config: ConfigRecord = CONFIG): Promise<ToyLedger> {
  const ledger = await ToyLedger.withProject(config);
  await ledger.add(acceptedFile(START));
  return ledger;
}

export function configure(
  act: "change" | "ask" | "undo",
  way: "free" | "account" | "publisher" | "passkey",
  config: ConfigRecord,
  consent: Extract<Draft, { kind: "project-configured" }>["consent"] = NONE,
): Draft {
  return { kind: "project-configured", act, way, config, consent };
}

export const TAKE: Draft = {
  kind: "project-configured",
  act: "take",
  way: "none",
  config: null,
  consent: NONE,
};
export const CANCEL: Draft = { ...TAKE, act: "cancel", way: "account" };
export const ASK = configure("ask", "account", OTHER);

/** A state that no issue-2 entry leads to, for rules that later kinds need. */
export function withHeader(ledger: ToyLedger, changes: Partial<ProjectState["header"]>): ToyLedger {
  const project = ledger.state.projects.get(K);
  if (project?.kind !== "project") throw new TypeError("There is no project");
  const changed = { ...project, header: { ...project.header, ...changes } };
  ledger.state = { ...ledger.state, projects: ledger.state.projects.set(K, changed) };
  return ledger;
}

export function withPending(
  ledger: ToyLedger,
  way: "account" | "staff" | "root",
  config: ConfigRecord = OTHER,
): ToyLedger {
  const project = ledger.state.projects.get(K);
  if (project?.kind !== "project") throw new TypeError("There is no project");
  const pending = configId(sha256, encodeConfigRecord(config));
  const header = { ...project.header, pending, asked: 3, way };
  ledger.state = {
    ...ledger.state,
    projects: ledger.state.projects.set(K, { ...project, header, pending: config }),
  };
  return ledger;
}
