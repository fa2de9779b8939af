// SPDX-License-Identifier: Apache-2.0

/** A clock that stands still until it is told otherwise. */
export interface FakeClock {
  /** Unix seconds. The same function object for ever, so that it can be handed to every service. */
  readonly now: () => number;
  /** Lets `seconds` (at least 0) go by. */
  advance(seconds: number): void;
}

/** 2026-03-01T12:00:00Z: where the fake worlds begin. */
export const WORLD_START = 1_772_366_400;

/** A fake clock at `start`, in Unix seconds. */
export function fakeClock(start: number = WORLD_START): FakeClock {
  let now = start;
  return {
    now: () => now,
    advance: (seconds) => {
      if (!Number.isSafeInteger(seconds) || seconds < 0)
        throw new TypeError(`Cannot advance by ${seconds} seconds`);
      now += seconds;
    },
  };
}
