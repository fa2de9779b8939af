// SPDX-License-Identifier: Apache-2.0
// vectors/ledger/transcripts.json, vectors/ledger/transcripts-index.json and vectors/ledger/golden/
import { apply, type CryptoPort, continuedState, emptyState, type LedgerState } from "@countermark/verify";
import { bytesOf, type Cases, gives } from "../case.ts";
import { applyAll } from "./rules.ts";

export interface Transcript {
  readonly name: string;
  /** The leaves of the log that this one continues, and the root of its tree. */
  readonly previous?: Previous;
  readonly steps: readonly { readonly leaf: string; readonly outcome: string; readonly map: string }[];
}

interface Previous {
  readonly leaves: readonly string[];
  readonly root: string;
  readonly previous?: Previous;
}

export const transcriptCases: Cases = (file, crypto) =>
  (file as readonly Transcript[]).map(({ name, steps, previous }) => {
    const wanted = steps.map(({ outcome, map }) => `${outcome} ${map}`);
    return gives(name, wanted, async () => {
      let state = await begin(previous, crypto);
      const found: string[] = [];
      for (const { leaf } of steps) {
        const applied = await apply(state, bytesOf(leaf), crypto);
        state = applied.state;
        const outcome = applied.kind === "void" ? applied.code : applied.kind;
        found.push(`${outcome} ${state.projects.commitment()}`);
      }
      return found;
    });
  });

async function begin(previous: Previous | undefined, crypto: CryptoPort): Promise<LedgerState> {
  const empty = emptyState((bytes) => crypto.sha256(bytes));
  if (previous === undefined) return empty;
  const { state } = await applyAll(await begin(previous.previous, crypto), previous.leaves, crypto);
  return continuedState({ state, root: previous.root }, (bytes) => crypto.sha256(bytes));
}
