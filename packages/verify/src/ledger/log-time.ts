// SPDX-License-Identifier: Apache-2.0
import type { LedgerState } from "./state.ts";

/** No entry after this point is older than this: the tLo of the newest anchor, 0 before the first. @spec specs/log-time.md */
export function logNow(state: LedgerState): number {
  return state.anchors.last()?.tLo ?? 0;
}

/** `entry` is not younger than this: the tHi of the first anchor that covers it; null until there is one. */
export function logBy(state: LedgerState, entry: number): number | null {
  return state.anchors.firstWhere((anchor) => anchor.size > entry)?.tHi ?? null;
}

/**
 * Whether at least `seconds` have passed since `entry`, provably. Doubt says no, which favours who may undo or cancel.
 *
 * The clock starts at the first anchor that covers the entry: otherwise an index that holds anchors back would serve a
 * delay in no time.
 */
export function isOver(state: LedgerState, entry: number, seconds: number): boolean {
  const by = logBy(state, entry);
  return by !== null && logNow(state) >= by + seconds;
}
