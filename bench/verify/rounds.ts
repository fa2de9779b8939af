// SPDX-License-Identifier: Apache-2.0
import { cpuSecondsOf, median } from "../measure.ts";

/** CPU microseconds of one call, of every round. */
export type Rounds = readonly number[];

/**
 * Does each of `works` `perRound` times in every round, one after the other, each round beginning with the next one, so that
 * a slow moment of the machine falls on all of them. The first round warms up and does not count.
 *
 * @param works each gets the number of its call, counted from 0.
 */
export async function measureRounds(
  works: readonly ((call: number) => Promise<unknown> | unknown)[],
  plan: { readonly rounds: number; readonly perRound: number },
): Promise<readonly Rounds[]> {
  const measured: number[][] = works.map(() => []);
  for (let round = 0; round <= plan.rounds; round++) {
    for (const turn of works.keys()) {
      const which = (turn + round) % works.length;
      const work = works[which];
      if (work === undefined) continue;
      const seconds = await cpuSecondsOf(async () => {
        for (let i = 0; i < plan.perRound; i++) await work(round * plan.perRound + i);
      });
      if (round > 0) measured[which]?.push((seconds * 1e6) / plan.perRound);
    }
  }
  return measured;
}

/** The median of `a / b` of the same rounds. */
export function ratioOf(a: Rounds, b: Rounds): number {
  return median(a.map((microseconds, round) => microseconds / (b[round] ?? Number.NaN)));
}
