// SPDX-License-Identifier: Apache-2.0
// vectors/ledger/rules.json: leaves applied to states that no leaves of these rules lead to, or that were gone on from before.
import {
  type FileRecord,
  parseConfigRecord,
  parseFileMapRecord,
  parseIndexHeader,
  parseProjectHeader,
  type ReleaseRecord,
} from "@countermark/formats";
import {
  apply,
  type CryptoPort,
  emptyState,
  findProject,
  type LedgerState,
  type ProjectState,
  withIndex,
  withProject,
} from "@countermark/verify";
import { bytesOf, type Cases, gives } from "../case.ts";

interface RuleVector {
  readonly claim: string;
  /** The leaves that lead to the state; a name of `bases`. */
  readonly base: string;
  /** The project that is changed, and looked at afterwards. */
  readonly project: string;
  readonly changes: Changes;
  /** Leaves that are applied to the state, and forgotten. */
  readonly aside: readonly string[];
  /** `map` is null where it is too large to be hashed each time. */
  readonly steps: readonly { readonly leaf: string; readonly outcome: string; readonly map: string | null }[];
}

/** What is put in place of what the state has. */
interface Changes {
  readonly indexHeader?: string;
  readonly header?: string;
  /** A config record. */
  readonly pending?: string;
  /** Records of the project's file map. */
  readonly records?: readonly { readonly key: string; readonly hex: string }[];
  /** So many times the project's first file, under the keys 0, 1, 2 ... */
  readonly crowdOfFiles?: number;
  /** So many times the project, under the keys 0, 1, 2 ... */
  readonly crowdOfProjects?: number;
}

interface RulesFile {
  readonly bases: Readonly<Record<string, readonly string[]>>;
  readonly rules: readonly RuleVector[];
}

export const ruleCases: Cases = (file, crypto) => {
  const { bases, rules } = file as RulesFile;
  return rules.map(({ claim, base, project, changes, aside, steps }) => {
    const wanted = steps.map(({ outcome, map }) => ({ outcome, map }));
    return gives(claim, wanted, async () => {
      let { state } = await applyAll(emptyState(crypto.sha256), bases[base] ?? [], crypto);
      state = changeState(state, project, changes, crypto);
      await applyAll(state, aside, crypto);
      const found: unknown[] = [];
      for (const { leaf, map } of steps) {
        const { outcomes, ...after } = await applyAll(state, [leaf], crypto);
        state = after.state;
        found.push({ outcome: outcomes[0], map: map === null ? null : state.projects.commitment() });
      }
      return found;
    });
  });
};

/** The state after the leaves, and what became of each. */
export async function applyAll(
  before: LedgerState,
  leaves: readonly string[],
  crypto: CryptoPort,
): Promise<{ readonly state: LedgerState; readonly outcomes: readonly string[] }> {
  let state = before;
  const outcomes: string[] = [];
  for (const leaf of leaves) {
    const applied = await apply(state, bytesOf(leaf), crypto);
    state = applied.state;
    outcomes.push(applied.kind === "void" ? applied.code : applied.kind);
  }
  return { state, outcomes };
}

export function changeState(
  state: LedgerState,
  key: string,
  changes: Changes,
  crypto: CryptoPort,
): LedgerState {
  const { indexHeader, crowdOfProjects = 0 } = changes;
  let changed = state;
  if (indexHeader !== undefined && state.index !== null) {
    const index = { ...state.index, header: parseIndexHeader(bytesOf(indexHeader)) };
    changed = withIndex(state, index, crypto.sha256);
  }
  const project = findProject(changed, key);
  if (project === null) return changed;
  const next = changeProject(project, changes);
  let { projects } = withProject(changed, key, next);
  for (let i = 0; i < crowdOfProjects; i++) projects = projects.set(crowded(i), next);
  return { ...changed, projects };
}

function changeProject(project: ProjectState, changes: Changes): ProjectState {
  const { header, pending, records = [], crowdOfFiles = 0 } = changes;
  let { files } = project;
  for (const { key, hex } of records) files = files.set(key, parseFileMapRecord(bytesOf(hex)));
  const first = [...files.entries()].map(([, record]) => record).find(isFile);
  for (let i = 0; i < crowdOfFiles && first !== undefined; i++) files = files.set(crowded(i), first);
  return {
    ...project,
    files,
    header: header === undefined ? project.header : parseProjectHeader(bytesOf(header)),
    pending: pending === undefined ? project.pending : parseConfigRecord(bytesOf(pending)),
  };
}

function isFile(record: FileRecord | ReleaseRecord): boolean {
  return record.kind === "file";
}

/** Keys that share all their bits but the last ones. */
export function crowded(i: number): string {
  return i.toString(16).padStart(64, "0");
}
