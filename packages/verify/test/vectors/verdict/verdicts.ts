// SPDX-License-Identifier: Apache-2.0
// vectors/verdict/verdict.json
import { evidenceWords, showCoverage, showVerdict, type Verdict } from "@countermark/verify";
import { type Cases, gives } from "../case.ts";

interface VerdictFile {
  readonly verdicts: readonly {
    readonly claim: string;
    readonly verdict: Verdict;
    readonly lines: readonly string[];
    readonly words: readonly string[];
  }[];
  readonly coverages: readonly {
    readonly installed: number;
    readonly verified: number;
    readonly others: readonly (readonly [word: string, count: number])[];
    readonly line: string;
  }[];
}

export const verdictCases: Cases = (file) => {
  const { verdicts, coverages } = file as VerdictFile;
  return [
    ...verdicts.flatMap(({ claim, verdict, lines, words }) => [
      gives(`${claim}: for people`, lines, () => showVerdict(verdict)),
      gives(`${claim}: for programs`, words, () => evidenceWords(verdict)),
    ]),
    ...coverages.map(({ installed, verified, others, line }) =>
      gives(line, line, () => showCoverage({ installed, verified, others: new Map(others) })),
    ),
  ];
};
