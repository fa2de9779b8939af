// SPDX-License-Identifier: Apache-2.0
import type { LedgerState } from "./state.ts";

/** No entry after this point is older than this: the tLo of the newest anchor, 0 before the first. @spec specs/log-time.md */
export function logNow(state: LedgerState): number {
  return state.anchors.last()?.tLo ?? 0;
}

/**
 * Whether at least `seconds` have passed since `entry`, provably. Doubt says no, which favours who may undo or cancel.
 *
 * The clock starts at the first anchor that covers the entry: otherwise an index that holds anchors back would serve a
 * delay in no time.
 */
export function isOver(state: LedgerState, entry: number, seconds: number): boolean {
  const covering = state.anchors.firstWhere((anchor) => anchor.size > entry);
  return covering !== null && logNow(state) >= covering.tHi + seconds;
}
