// SPDX-License-Identifier: Apache-2.0
// A change of keys, and the trust description that tells clients of it.
import {
  type CountersignTrust,
  createVkey,
  encodeEd25519Spki,
  encodeHex,
  encodeTrust,
  encodeTrustDetail,
  type LedgerTrust,
  type TrustDescription,
  utf8,
} from "@countermark/formats";
import { LOG_KEY, toyTrust } from "../../toy-head.ts";
import {
  COUNTERSIGN,
  type Draft,
  hashOf,
  ORIGIN,
  sha256,
  type ToyKey,
  type ToyLedger,
  toyKey,
} from "../../toy-ledger.ts";
import { NEXT_KEY, trust } from "../stories/index-kinds.ts";
import type { Change } from "./worlds.ts";

/** The index of the entry: after the genesis, a state, a project and a file. */
const AT = 4;
const STRANGER = toyKey("stranger");

export interface TrustCase {
  readonly claim: string;
  readonly draft: (ledger: ToyLedger) => Draft;
  readonly detail: Uint8Array;
  readonly change: Change;
  readonly code: string | null;
}

function row(key: ToyKey, from: number, to: number | null = null, origin = ORIGIN): CountersignTrust {
  return { origin, spki: encodeEd25519Spki(key.key), from, to };
}

const OLD = row(COUNTERSIGN, 0);
const NEXT = row(NEXT_KEY, AT + 2);
const [LEDGER] = toyTrust().ledger as readonly [LedgerTrust]; // the toy has one row

function described(changes: Partial<TrustDescription>): string {
  return new TextDecoder().decode(encodeTrust(toyTrust({ countersign: [OLD, NEXT], ...changes })));
}

/** An entry that replaces the key, over a description with `changes`. */
function of(
  claim: string,
  code: string | null,
  changes: Partial<TrustDescription>,
  change: Change = {},
): TrustCase {
  return ofText(claim, code, described(changes), change);
}

function ofText(claim: string, code: string | null, description: string, change: Change = {}): TrustCase {
  return {
    claim: `new keys: ${claim}`,
    draft: (ledger) =>
      trust(ledger, {
        countersign: [encodeHex(NEXT_KEY.key)],
        trust: encodeHex(sha256(utf8(description))),
      }),
    detail: encodeTrustDetail(hashOf("trust salt"), { description, text: "rotation" }),
    change,
    code,
  };
}

function ledgers(...rows: readonly Partial<LedgerTrust>[]): Partial<TrustDescription> {
  return { ledger: rows.map((changes) => ({ ...LEDGER, ...changes })) };
}

const elsewhere: Partial<LedgerTrust> = {
  origin: "other.example",
  vkeys: [createVkey("other.example", 1, LOG_KEY.key, sha256)],
};
const otherVkey = createVkey(LEDGER.origin, 1, STRANGER.key, sha256);
const otherPolicy = LEDGER.policyText.replace("group quorum 2", "group quorum 3");
const known = (...countersign: readonly CountersignTrust[]): Change => ({ trust: { countersign } });
const past = row(STRANGER, 0, 2);

export const TRUST_CASES: readonly TrustCase[] = [
  of("from the first entry that they can sign", null, {}),
  of("from an entry later", "trust-differs", { countersign: [OLD, row(NEXT_KEY, AT + 3)] }),
  of("from the beginning", null, { countersign: [OLD, row(NEXT_KEY, 0)] }),
  of("for a while", "trust-differs", { countersign: [OLD, row(NEXT_KEY, AT + 2, AT + 100)] }),
  of("not described", "trust-differs", { countersign: [OLD] }),
  of("and those of a stranger", "trust-differs", { countersign: [OLD, NEXT, row(STRANGER, 0)] }),
  of("and those of another log", null, { countersign: [OLD, NEXT, row(STRANGER, 0, null, "other.example")] }),
  of("as those of another log", "trust-differs", {
    countersign: [OLD, row(NEXT_KEY, 0, null, "other.example")],
  }),
  of("the ones before are those of another log", "trust-range-lost", {
    countersign: [row(COUNTERSIGN, 0, null, "other.example"), NEXT],
  }),
  of("and those of a stranger, in a range that is closed", null, { countersign: [OLD, NEXT, past] }),
  of("the ones before end after the entry", null, { countersign: [row(COUNTERSIGN, 0, AT + 1), NEXT] }),
  of("the ones before end at the entry", "trust-range-lost", {
    countersign: [row(COUNTERSIGN, 0, AT), NEXT],
  }),
  of("the ones before are gone", "trust-range-lost", { countersign: [NEXT] }),
  of("the ones before begin later", "trust-range-lost", { countersign: [row(COUNTERSIGN, 1), NEXT] }),
  of("a range that ended stays", null, { countersign: [past, OLD, NEXT] }, known(past, OLD)),
  of("a range that ended is gone", "trust-range-lost", {}, known(past, OLD)),
  of(
    "a range that ended is longer",
    "trust-range-lost",
    { countersign: [row(STRANGER, 0, 3), OLD, NEXT] },
    known(past, OLD),
  ),
  of(
    "a range that ended covers the entry",
    "trust-range-lost",
    { countersign: [row(STRANGER, 0, 100), OLD, NEXT] },
    known(past, OLD),
  ),
  of(
    "a range that ended is another key's",
    "trust-range-lost",
    { countersign: [row(NEXT_KEY, 0, 2), OLD, NEXT] },
    known(past, OLD),
  ),
  of(
    "a range of the log that begins at the entry has other keys",
    "trust-range-lost",
    ledgers({ to: AT }, { from: AT }),
    { trust: ledgers({ to: AT }, { from: AT, vkeys: [otherVkey] }) },
  ),
  of("a range that begins at the entry is gone", "trust-range-lost", {}, known(OLD, row(STRANGER, AT, 99))),
  of("a range that begins after the entry is gone", null, {}, known(OLD, row(STRANGER, AT + 1, 99))),
  of("the log's range ends before the entry", "trust-differs", ledgers({ to: AT })),
  of("the log's range is split after the entry", null, ledgers({ to: AT + 1 }, { from: AT + 1 })),
  of("the log's range is split at the entry", "trust-range-lost", ledgers({ to: AT }, { from: AT })),
  of("the log's range begins later", "trust-range-lost", ledgers({ from: 1 })),
  of("for a log of another origin", "trust-differs", ledgers(elsewhere)),
  of("the log has other keys", "trust-range-lost", ledgers({ vkeys: [otherVkey] })),
  of("the log has more keys", "trust-range-lost", ledgers({ vkeys: [...LEDGER.vkeys, otherVkey] })),
  of("the log has another policy", "trust-range-lost", ledgers({ policyText: otherPolicy })),
  of(
    "the range of another log is gone",
    "trust-range-lost",
    {},
    { trust: ledgers({ ...elsewhere, to: 2 }, { from: 2 }) },
  ),
  of(
    "a range of the log that begins after the entry is gone",
    null,
    {},
    { trust: ledgers({ to: AT + 1 }, { from: AT + 1, vkeys: [otherVkey] }) },
  ),
  of("a description of another ecosystem", "ecosystem-differs", { ecosystem: "npm" }),
  ofText("a description that is none", "not-json", "x"),
  {
    ...of("a description that the entry does not name", "digest-mismatch", {}),
    detail: encodeTrustDetail(hashOf("trust salt"), {
      description: described({ ecosystem: "npm" }),
      text: "",
    }),
  },
];
