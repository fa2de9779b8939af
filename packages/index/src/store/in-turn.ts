// SPDX-License-Identifier: Apache-2.0

/** Runs steps one after another, in the order in which they came; a failed one does not stop the next. */
export type InTurn = <T>(step: () => Promise<T>) => Promise<T>;

export function createInTurn(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (step) => {
    const turn = last.then(step, step);
    last = turn.catch(() => {});
    return turn;
  };
}
