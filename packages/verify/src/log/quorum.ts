// SPDX-License-Identifier: Apache-2.0
import type { Policy } from "@countermark/formats";

/** That a cosigner of the policy, under its name there, saw the checkpoint as the largest at `time` (Unix seconds). */
export interface Cosignature {
  readonly name: string;
  readonly time: number;
}

/** Whether cosigners of these names (of the policy) together satisfy it. @spec c2sp.org/tlog-policy#defining-the-quorum */
export function decideQuorum(policy: Policy, names: ReadonlySet<string>): boolean {
  return policy.quorum === "none" || isSatisfied(policy, policy.quorum, names);
}

/**
 * When a quorum had seen the checkpoint: `tLo` is the greatest t such that the cosigners with a time >= t satisfy the
 * policy, `tHi` the least t such that those with a time <= t do. Null when they do not satisfy it at all, and for
 * `quorum none`, which states no time. No order of the two is promised: a 1-of-n quorum has tLo >= tHi.
 *
 * @spec specs/log-time.md
 */
export function quorumTimes(
  policy: Policy,
  cosignatures: readonly Cosignature[],
): { readonly tLo: number; readonly tHi: number } | null {
  if (policy.quorum === "none") return null;
  const newestFirst = [...cosignatures].sort((a, b) => b.time - a.time);
  const tLo = firstSatisfied(policy, newestFirst);
  const tHi = firstSatisfied(policy, newestFirst.toReversed());
  return tLo === null || tHi === null ? null : { tLo, tHi };
}

/** The time of the first cosignature in `ordered` with which, and all before it, the policy is satisfied. */
function firstSatisfied(policy: Policy, ordered: readonly Cosignature[]): number | null {
  const names = new Set<string>();
  for (const { name, time } of ordered) {
    names.add(name);
    if (decideQuorum(policy, names)) return time;
  }
  return null;
}

/** Groups refer to names defined before them only, so this ends. */
function isSatisfied(policy: Policy, name: string, names: ReadonlySet<string>): boolean {
  const group = policy.groups.get(name);
  if (group === undefined) return names.has(name);
  const satisfied = group.members.filter((member) => isSatisfied(policy, member, names));
  return satisfied.length >= group.threshold;
}
