// SPDX-License-Identifier: Apache-2.0

/** How many independent operators must vouch. Members of the trusted root that name no operator count as one. */
export type Thresholds = {
  /** Transparency logs with an entry. */
  readonly logs: number;
  /** Certificate transparency logs with a promise. */
  readonly ctLogs: number;
  /** Clocks: timestamp authorities, and logs of Rekor v1 with a signed promise. */
  readonly times: number;
};

export const ONE_OF_EACH: Thresholds = { logs: 1, ctLogs: 1, times: 1 };

/** Different operators in the list. */
export function countOperators(members: readonly { readonly operator: string }[]): number {
  return new Set(members.map(({ operator }) => operator)).size;
}

/** @throws TypeError for a threshold that asks for nothing */
export function requireThresholds(thresholds: Thresholds): void {
  for (const [name, count] of Object.entries(thresholds)) {
    if (!Number.isSafeInteger(count) || count < 1) throw new TypeError(`Cannot accept ${count} ${name}`);
  }
}
