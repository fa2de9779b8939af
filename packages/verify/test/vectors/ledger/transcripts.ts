// SPDX-License-Identifier: Apache-2.0
// vectors/ledger/transcripts.json
import { apply, emptyState } from "@countermark/verify";
import { bytesOf, type Cases, gives } from "../case.ts";

interface Transcript {
  readonly name: string;
  readonly steps: readonly { readonly leaf: string; readonly outcome: string; readonly map: string }[];
}

export const transcriptCases: Cases = (file, crypto) =>
  (file as readonly Transcript[]).map(({ name, steps }) => {
    const wanted = steps.map(({ outcome, map }) => `${outcome} ${map}`);
    return gives(name, wanted, async () => {
      let state = emptyState((bytes) => crypto.sha256(bytes));
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
