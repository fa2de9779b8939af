// SPDX-License-Identifier: Apache-2.0

/** What must never be found: something that was promised is gone, two histories, something that does not come back. */
export type Harm = "lost" | "forked" | "stuck";

export interface Finding {
  readonly round: number;
  readonly harm: Harm;
  readonly what: string;
}

/** What was found so far; one sentence is counted once a round. */
export interface Findings {
  round: number;
  readonly list: readonly Finding[];
  add(harm: Harm, what: string): void;
  count(harm: Harm): number;
}

export function openFindings(print: (line: string) => void): Findings {
  const list: Finding[] = [];
  const findings = {
    round: 0,
    list,
    add(harm: Harm, what: string): void {
      const { round } = findings;
      if (list.some((known) => known.round === round && known.harm === harm && known.what === what)) return;
      list.push({ round, harm, what });
      print(`round ${round}: ${harm.toUpperCase()}: ${what}`);
    },
    count: (harm: Harm) => list.filter((finding) => finding.harm === harm).length,
  };
  return findings;
}
