// SPDX-License-Identifier: Apache-2.0
// Thefts without end: THEFT_RUNS=2000 node --conditions=source --test tools/test/theft-model.test.ts
import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../fuzz/random.ts";
import { DAY } from "../../packages/verify/test/ledger/toy-ledger.ts";
import { playTheft, type Theft, type TheftRun } from "./ledger/theft.ts";
import { GUARDED_BY_ONE, GUARDED_BY_TWO, UNGUARDED } from "./ledger/theft-owners.ts";

const RUNS = Number(process.env["THEFT_RUNS"] ?? 12);
const STEPS = 140;

const THEFTS: readonly (readonly [claim: string, theft: Theft])[] = [
  [
    "without a passkey, and with an owner who never looks: nothing changes before it was in public for the whole delay",
    { owned: GUARDED_BY_ONE, thiefHas: "nothing", audited: false, ownerLooksEvery: null },
  ],
  [
    "without a passkey, before auditors, and with an owner who never looks: nobody but the staff changes anything, after three weeks",
    { owned: GUARDED_BY_ONE, thiefHas: "nothing", audited: true, ownerLooksEvery: null },
  ],
  [
    "where the project has no passkey, and an owner who never looks: nothing changes before it was in public for the whole delay",
    { owned: UNGUARDED, thiefHas: "nothing", audited: false, ownerLooksEvery: null },
  ],
  [
    "an owner with a passkey, who looks every five days: never robbed",
    { owned: GUARDED_BY_ONE, thiefHas: "nothing", audited: false, ownerLooksEvery: 5 * DAY },
  ],
  [
    "an owner without a passkey, who looks every five days: never robbed",
    { owned: UNGUARDED, thiefHas: "nothing", audited: false, ownerLooksEvery: 5 * DAY },
  ],
  [
    "one of two passkeys in the thief's hand for an hour, an owner who looks every five days: he always gets his project back",
    { owned: GUARDED_BY_TWO, thiefHas: "passkey-for-an-hour", audited: false, ownerLooksEvery: 5 * DAY },
  ],
];

for (const [claim, theft] of THEFTS) {
  test(`apply: ${claim}`, async () => {
    const total: Record<keyof TheftRun, number> = { entries: 0, legal: 0, takeovers: 0, answers: 0 };
    for (let run = 0; run < RUNS; run++) {
      const seed = `${claim} ${run}`;
      const done = await playTheft(theft, new Random(seed), STEPS).catch((cause: unknown) => {
        throw new Error(`with the seed "${seed}"`, { cause });
      });
      for (const name of ["entries", "legal", "takeovers", "answers"] as const) total[name] += done[name];
    }
    // A model in which nothing happens proves nothing.
    assert.ok(total.legal > total.entries / 10, JSON.stringify(total));
    if (theft.ownerLooksEvery !== null) assert.ok(total.answers > 0, JSON.stringify(total));
    const isRobbed = theft.ownerLooksEvery === null || theft.thiefHas !== "nothing";
    assert.equal(total.takeovers > 0, isRobbed, JSON.stringify(total));
  });
}
