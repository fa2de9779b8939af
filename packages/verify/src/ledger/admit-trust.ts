// SPDX-License-Identifier: Apache-2.0
import {
  type CountersignTrust,
  encodeHex,
  equalBytes,
  type IndexHeader,
  isInRange,
  type LedgerTrust,
  parseEd25519Spki,
  parseTrust,
  parseTrustDetail,
  type TrustChanged,
  type TrustDescription,
  utf8,
} from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import type { AdmitPorts } from "./admit-ports.ts";

/** Where a trust-changed stands. */
export interface TrustPlace {
  /** The index of the entry in its log. */
  readonly index: number;
  /** The index header before it. */
  readonly before: IndexHeader;
}

/**
 * Checks that what clients are told to trust is what the ledger says: the trust description in the entry's detail names the keys that
 * come into force, from where they do, and takes away nothing that was.
 *
 * @throws ParseError of the detail and of the description
 * @throws VerifyError `digest-mismatch`, `ecosystem-differs`, `trust-differs`, `trust-range-lost`
 * @spec specs/trust-description.md#in-the-ledger
 */
export function admitTrust(
  statement: TrustChanged,
  detail: Uint8Array,
  place: TrustPlace,
  ports: Pick<AdmitPorts, "trust" | "crypto">,
): void {
  const { sha256 } = ports.crypto;
  const bytes = utf8(parseTrustDetail(detail).description);
  const found = encodeHex(sha256(bytes));
  if (found !== statement.trust) {
    throw new VerifyError(
      "digest-mismatch",
      `Cannot admit trust-changed: its detail holds the description ${found}, stated ${statement.trust}`,
    );
  }
  const description = parseTrust(bytes, sha256);
  if (description.ecosystem !== ports.trust.ecosystem) {
    throw new VerifyError("ecosystem-differs", `Cannot admit trust-changed: it is of another ecosystem`);
  }
  verifyKeys(statement, description, place);
  verifyPast(description, ports.trust, place.index);
}

/** The keys that come into force are open from there on, and nobody else's is. */
function verifyKeys(
  statement: TrustChanged,
  description: TrustDescription,
  { index, before }: TrustPlace,
): void {
  const open = description.countersign.filter(({ origin, to }) => origin === statement.origin && to === null);
  // A state leaf comes before the first entry that they sign.
  const firstSigned = index + 2;
  const missing = statement.countersign.find(
    (key) => !open.some((row) => keyOf(row) === key && row.from <= firstSigned),
  );
  if (missing !== undefined) throw trustDiffers(`it does not give ${missing} from entry ${firstSigned} on`);
  const known = [...statement.countersign, ...before.countersign];
  const stranger = open.find((row) => !known.includes(keyOf(row)));
  if (stranger !== undefined) throw trustDiffers(`it gives ${keyOf(stranger)}, which no entry named`);
  const covers = (row: LedgerTrust): boolean => row.origin === statement.origin && isInRange(row, index);
  if (!description.ledger.some(covers)) throw trustDiffers(`it has no keys for this log at entry ${index}`);
}

/** Every range that began is there still, and ends no sooner than it did or than this entry. */
function verifyPast(description: TrustDescription, before: TrustDescription, index: number): void {
  const isKept = (old: LedgerTrust | CountersignTrust, row: LedgerTrust | CountersignTrust): boolean =>
    row.origin === old.origin &&
    row.from === old.from &&
    (row.to === old.to || (isInRange(old, index) && isInRange(row, index)));
  for (const old of before.countersign) {
    if (old.from > index) continue;
    const isThere = description.countersign.some((row) => equalBytes(row.spki, old.spki) && isKept(old, row));
    if (!isThere) throw rangeLost(`the countersigning key ${keyOf(old)} from ${old.from}`);
  }
  for (const old of before.ledger) {
    if (old.from > index) continue;
    const isSame = (row: LedgerTrust): boolean =>
      row.policyText === old.policyText &&
      row.vkeys.map(({ text }) => text).join() === old.vkeys.map(({ text }) => text).join();
    if (!description.ledger.some((row) => isSame(row) && isKept(old, row))) {
      throw rangeLost(`the keys and policy of ${old.origin} from ${old.from}`);
    }
  }
}

function keyOf(row: CountersignTrust): string {
  return encodeHex(parseEd25519Spki(row.spki));
}

function trustDiffers(why: string): VerifyError {
  return new VerifyError(
    "trust-differs",
    `Cannot admit trust-changed: its trust description disagrees: ${why}`,
  );
}

function rangeLost(what: string): VerifyError {
  return new VerifyError(
    "trust-range-lost",
    `Cannot admit trust-changed: its trust description drops ${what}: what was signed there could not be believed any more`,
  );
}
