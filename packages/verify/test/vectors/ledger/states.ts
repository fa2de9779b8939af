// SPDX-License-Identifier: Apache-2.0
// vectors/ledger/states.json: what follows from leaves, and the state leaf that closes them.
import { type Anchor, encodeProjectStateFile, projectValue, type Sha256 } from "@countermark/formats";
import {
  type CryptoPort,
  composeStateLeaf,
  emptyState,
  findAsk,
  findFile,
  findProject,
  findRelease,
  type IndexState,
  type LedgerState,
  type ProjectState,
  projectCommitments,
  projectStateFile,
  verifyStateFile,
} from "@countermark/verify";
import { type Cases, gives, show } from "../case.ts";
import { applyAll } from "./rules.ts";

interface StateVector {
  readonly claim: string;
  readonly leaves: readonly string[];
  readonly project: string;
  /** What the map holds for the project, and the file that is served for it. */
  readonly value: string;
  readonly stateFile: string;
  /** Indices of its legal entries, and of those among them that were asks: what became of them. */
  readonly entries: readonly number[];
  readonly asks: Readonly<Record<string, string>>;
  /** Keys of its file map, by what they are the id of. */
  readonly files: readonly string[];
  readonly releases: readonly string[];
  readonly anchors: readonly (Anchor & { readonly at: number })[];
}

interface ComposeVector {
  readonly claim: string;
  readonly leaves: readonly string[];
  readonly time: number;
  readonly anchor: Anchor | null;
  /** The state leaf; null where there can be none. */
  readonly text: string | null;
}

interface StatesFile {
  readonly states: readonly StateVector[];
  readonly composed: readonly ComposeVector[];
}

export const stateCases: Cases = (file, crypto) => {
  const { states, composed } = file as StatesFile;
  const after = async (leaves: readonly string[]): Promise<LedgerState> =>
    (await applyAll(emptyState(crypto.sha256), leaves, crypto)).state;
  return [
    ...states.map(({ claim, leaves, ...wanted }) =>
      gives(claim, wanted, async () => describe(await after(leaves), wanted, crypto)),
    ),
    ...composed.map(({ claim, leaves, time, anchor, text }) =>
      gives(claim, text, async () => compose(await after(leaves), { time, anchor }, crypto.sha256)),
    ),
  ];
};

function describe(
  state: LedgerState,
  { project: key, asks }: Pick<StateVector, "project" | "asks">,
  crypto: CryptoPort,
) {
  const own = findProject(state, key);
  const project: ProjectState | IndexState | null = own ?? state.index;
  if (project === null) return "nothing";
  const keys = [...project.files.entries()].map(([id]) => id);
  const stateFile = encodeProjectStateFile(projectStateFile(project, crypto.sha256));
  const value = projectValue(crypto.sha256, projectCommitments(project, crypto.sha256));
  const served = own === null ? null : verifyStateFile(stateFile, value, crypto.sha256);
  return {
    project: key,
    value,
    stateFile,
    entries: [...project.entries].map((entry) => entry.index),
    asks:
      own === null ? {} : Object.fromEntries(Object.keys(asks).map((at) => [at, findAsk(own, Number(at))])),
    files: keys.filter((id) => own !== null && isBoth(findFile(own, id), served?.files.get(id))),
    releases: keys.filter((id) => own !== null && isBoth(findRelease(own, id), served?.releases.get(id))),
    anchors: [...state.anchors],
  };
}

/** Whether a record is there in the state and in its file; it is the same one in both, or it is a mistake. */
function isBoth<T>(known: T | null, served: T | undefined): boolean {
  if (show(known) !== show(served ?? null))
    throw new TypeError("the state and its file hold different records");
  return known !== null;
}

/** To compose where it cannot be is a caller's mistake, which has no code. */
function compose(
  state: LedgerState,
  at: Pick<ComposeVector, "time" | "anchor">,
  sha256: Sha256,
): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      composeStateLeaf(state, at, sha256),
    );
  } catch (error) {
    if (error instanceof TypeError && error.message.startsWith("Cannot compose")) return null;
    return show(String(error));
  }
}
