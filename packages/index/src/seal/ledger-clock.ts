// SPDX-License-Identifier: Apache-2.0
import type { Clock } from "@countermark/log";
import { EPSILON_SECONDS } from "@countermark/verify";

/** When a quorum cosigned a head, see specs/log-time.md. Unix seconds. */
export interface QuorumTimes {
  readonly tLo: number;
  readonly tHi: number;
}

/** What time it is, by our clock as far as it agrees with the cosigners'. Unix seconds. */
export interface LedgerClock {
  /** For whatever is judged now: tokens, and what is due. */
  readonly present: Clock;
  /** For what is sealed: never from a future that auditors do not know of, and never before log time. */
  readonly sealing: Clock;
  /**
   * For cosignatures: the present and, after a miss, the later of both clocks. One cosigner that is ahead does not get into a head because our
   * clock is ahead too; a quorum whose clocks were set right is not refused for ever.
   */
  readonly latest: Clock;
  /** There was no quorum. */
  miss(): void;
  /** Whether the machine's clock and the cosigners' disagree: whoever was wrong may be right again, and then says so when asked. */
  isDisputed(): boolean;
  /** A quorum cosigned a moment ago. */
  hear(times: QuorumTimes): void;
}

export interface LedgerClockOptions {
  /** The machine's clock, which may be wrong. */
  readonly clock: Clock;
  /** Seconds since any moment, by a clock that nobody sets. */
  readonly elapsed: () => number;
  /** When the head that was released last, perhaps by an earlier process, was cosigned at least; null before the first. */
  readonly released: () => number | null;
  /** Log time: no entry may be older. */
  readonly floor: () => number;
}

/**
 * A clock that a wrong one of the machine does not move. Entries from the future would be refused by auditors until their clocks are there,
 * and with them every later head; entries before log time are void. So when our clock differs from what the last cosignatures and the time
 * since say, that is what holds.
 *
 * Before a quorum answered this process, nothing tells a clock that is ahead from a long rest: the present is then the machine's, and what
 * is sealed is as late as the last release.
 *
 * @spec specs/log-time.md#the-indexs-clock
 */
export function createLedgerClock({ clock, elapsed, released, floor }: LedgerClockOptions): LedgerClock {
  let heard = null as (QuorumTimes & { readonly at: number }) | null; // assigned in a closure
  let isLenient = false;
  const known = (): { readonly from: number; readonly to: number } | null => {
    if (heard === null) return null;
    const since = Math.floor(elapsed() - heard.at);
    return { from: Math.min(heard.tLo, heard.tHi) + since, to: Math.max(heard.tLo, heard.tHi) + since };
  };
  const present = (): number => {
    const now = clock();
    const bounds = known();
    if (bounds === null) return now;
    if (now > bounds.to + EPSILON_SECONDS) return bounds.to;
    return now < bounds.from - EPSILON_SECONDS ? bounds.from : now;
  };
  return {
    present,
    sealing() {
      const now = present();
      const from = known()?.from ?? released();
      return Math.max(floor(), from !== null && now > from + EPSILON_SECONDS ? from : now);
    },
    isDisputed: () => present() !== clock(),
    latest: () => (isLenient ? Math.max(clock(), present()) : present()),
    miss() {
      isLenient = !isLenient;
    },
    hear(times) {
      isLenient = false;
      heard = { ...times, at: elapsed() };
    },
  };
}
