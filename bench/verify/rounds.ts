// SPDX-License-Identifier: Apache-2.0
import { cpuSecondsOf, median } from "../measure.ts";

/** CPU microseconds of one call, of every round. */
export type Rounds = readonly number[];

export interface RoundPlan {
  readonly rounds: number;
  readonly perRound: number;
  /** CPU seconds that each work is done for before anything counts, so that its code is compiled. */
  readonly warmSeconds: number;
  /** Done before each work's turn, outside of what is measured. */
  readonly before: () => void;
}

/**
 * Does each of `works` `perRound` times in every round, one after the other, each round beginning with the next one, so that
 * a slow moment of the machine falls on all of them. The first call of a turn does not count: it finds what `before` left.
 *
 * @param works each gets the number of its call, counted from 0.
 */
export async function measureRounds(
  works: readonly ((call: number) => Promise<unknown> | unknown)[],
  plan: RoundPlan,
): Promise<readonly Rounds[]> {
  const turns = works.map((work) => ({ work, calls: 0, measured: [] as number[] }));
  for (const turn of turns) {
    for (let seconds = 0; seconds < plan.warmSeconds; ) {
      seconds += await cpuSecondsOf(async () => void (await turn.work(turn.calls++)));
    }
  }
  for (let round = 0; round < plan.rounds; round++) {
    for (const i of turns.keys()) {
      const turn = turns[(i + round) % turns.length];
      if (turn === undefined) continue;
      plan.before();
      await turn.work(turn.calls++);
      const seconds = await cpuSecondsOf(async () => {
        for (let i = 0; i < plan.perRound; i++) await turn.work(turn.calls++);
      });
      turn.measured.push((seconds * 1e6) / plan.perRound);
    }
  }
  return turns.map(({ measured }) => measured);
}

/** The median of `a / b` of the same rounds. */
export function ratioOf(a: Rounds, b: Rounds): number {
  return median(a.map((microseconds, round) => microseconds / (b[round] ?? Number.NaN)));
}
