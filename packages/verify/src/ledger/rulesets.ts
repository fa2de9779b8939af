// SPDX-License-Identifier: Apache-2.0
import type { Role } from "@countermark/formats";
import { type Follower, isLegalInSunset, ROLES_OF_KIND } from "./rules.ts";
import { ruleKind } from "./rules-1.ts";
import type { RuleContext, Ruling } from "./ruling.ts";
import type { LedgerState } from "./state.ts";

/** One version of the rules: what is asked of each kind beside what is asked of every entry. */
export interface Ruleset {
  readonly roles: Readonly<Record<Follower["kind"], readonly Role[]>>;
  /** Whether an index that takes nothing new any more may make it. */
  readonly isLegalInSunset: (statement: Follower) => boolean;
  /** The kind's own checks, and its effect. */
  readonly rule: (context: RuleContext, statement: Follower) => Promise<Ruling>;
}

/**
 * Every version of the rules that a log was ever made by, for ever: what was legal once stays so, and a change is a new row.
 * vectors/ledger/golden holds each of them to the byte. There are no rules 0: logs made before the first release said so, and
 * their genesis is `rules-version`.
 */
const RULESETS: ReadonlyMap<number, Ruleset> = new Map([
  [1, { roles: ROLES_OF_KIND, isLegalInSunset, rule: ruleKind }],
]);

/** The rules under which leaves can be no longer judged here; null as long as they can. @spec specs/ledger-kinds.md#rules */
export function findUnknownRules({ unknownRules, index }: LedgerState): number | null {
  if (index === null) return unknownRules;
  return findRules(index.header.rules) === null ? index.header.rules : null;
}

/** The rules of `version`; null where they are not known here. @spec specs/ledger-kinds.md#rules */
export function findRules(version: number): Ruleset | null {
  return RULESETS.get(version) ?? null;
}
