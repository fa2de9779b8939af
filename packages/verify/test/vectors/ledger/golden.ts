// SPDX-License-Identifier: Apache-2.0
// vectors/ledger/golden/: one file for each version of the rules, which never changes.
import type { Cases } from "../case.ts";
import { ruleCases } from "./rules.ts";
import { transcriptCases } from "./transcripts.ts";

interface GoldenFile {
  readonly transcripts: unknown;
  readonly altered: unknown;
}

export const goldenCases: Cases = (file, crypto) => {
  const { transcripts, altered } = file as GoldenFile;
  return [...transcriptCases(transcripts, crypto), ...ruleCases(altered, crypto)];
};
