// SPDX-License-Identifier: Apache-2.0
// Whose project the model of theft is about.
import assert from "node:assert/strict";
import { type ConfigRecord, EMPTY_CONFIG } from "@countermark/formats";
import {
  acceptedFile,
  DAY,
  OTHER_PRINCIPAL,
  PASSKEY,
  PRINCIPAL,
  PUBLISHER,
  ToyLedger,
} from "../../../packages/verify/test/ledger/toy-ledger.ts";
import { type Configure, configure } from "../../../packages/verify/test/ledger/vectors/stories/tell.ts";

/** Of a publisher whom the owner had once, and took out. */
const DISMISSED = "dd".repeat(32);

/** An owner with a passkey, one without, and one whose second passkey is the one that is stolen. */
export const GUARDED_BY_ONE: ConfigRecord = {
  ...EMPTY_CONFIG,
  publishers: [PUBLISHER],
  principals: [PRINCIPAL],
};
export const UNGUARDED: ConfigRecord = { ...EMPTY_CONFIG, publishers: [PUBLISHER] };
export const GUARDED_BY_TWO: ConfigRecord = {
  ...GUARDED_BY_ONE,
  principals: [PRINCIPAL, OTHER_PRINCIPAL].sort(),
};

export interface Owned {
  readonly ledger: ToyLedger;
  /** What the owner's passkey consented to before: everybody can read it in the ledger. */
  readonly consented: readonly Configure[];
}

/** A project with a file, whose owner had another publisher once, where he has a passkey to say so with. */
export async function ownedLedger(owned: ConfigRecord): Promise<Owned> {
  const ledger = await ToyLedger.withProject(owned);
  assert.equal((await ledger.add(acceptedFile(ledger.now))).kind, "legal");
  const consented: Configure[] = [];
  const before = { ...owned, publishers: [PUBLISHER, DISMISSED].sort() };
  for (const config of owned.principals.length > 0 ? [before, owned] : []) {
    const draft = configure("change", "passkey", config, ledger.consent("change", config, { key: PASSKEY }));
    assert.equal((await ledger.add(draft)).kind, "legal");
    consented.push(draft);
  }
  await ledger.wait(20 * DAY);
  return { ledger, consented };
}
