// SPDX-License-Identifier: Apache-2.0
import type { Clock } from "@countermark/log";
import { EPSILON_SECONDS } from "@countermark/verify";

/** What time it is for the ledger: by our clock, as far as it agrees with the cosigners'. */
export interface LedgerClock {
  /** Unix seconds. */
  readonly now: Clock;
  /** A quorum cosigned a moment ago; `tLo` is by when, at least. */
  hear(tLo: number): void;
}

export interface LedgerClockOptions {
  /** The machine's clock, which may be wrong. */
  readonly clock: Clock;
  /** Seconds since any moment, by a clock that nobody sets. */
  readonly elapsed: () => number;
  /** When the head that was released last, perhaps by an earlier process, was cosigned; null before the first. */
  readonly released: number | null;
  /** Log time: no entry may be older. */
  readonly floor: () => number;
}

/**
 * A clock that a wrong one of the machine cannot move far. Entries from the future would be refused by auditors until their clocks are
 * there, and with them every later head; entries before log time are void. So when our clock is ahead of what the last cosignatures and the
 * time since say, that is what holds, and log time when it is behind it.
 *
 * Before a quorum answered this process, nothing tells a clock that is ahead from a long rest: then it is as late as the last release.
 *
 * @spec specs/log-time.md#the-indexs-clock
 */
export function createLedgerClock(options: LedgerClockOptions): LedgerClock {
  const { clock, elapsed, floor } = options;
  const heard = { tLo: options.released, at: null as number | null };
  return {
    now() {
      return Math.max(floor(), withoutHaste(clock()));
    },
    hear(tLo) {
      heard.tLo = tLo;
      heard.at = elapsed();
    },
  };

  function withoutHaste(now: number): number {
    if (heard.tLo === null) return now;
    const known = heard.tLo + (heard.at === null ? 0 : Math.floor(elapsed() - heard.at));
    return now > known + EPSILON_SECONDS ? known : now;
  }
}
