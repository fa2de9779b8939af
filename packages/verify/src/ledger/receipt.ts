// SPDX-License-Identifier: Apache-2.0
import {
  detailCommitment,
  encodeHex,
  type FileAccepted,
  type FileDetail,
  isInRange,
  type LedgerEntry,
  leafHash,
  paeOf,
  parseEntry,
  parseFileDetail,
  parseReceipt,
  quote,
  type TrustDescription,
} from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import { verifyInclusion } from "../log/inclusion.ts";
import type { CryptoPort } from "../port.ts";
import type { Verified } from "../verified.ts";
import { type TrustedCheckpoint, type TrustNow, verifyLedgerCheckpoint } from "./head.ts";
import { EPSILON_SECONDS } from "./rules.ts";

/** That a file was logged: at `index`, by the time `head.checkpoint.tHi`. Not that it is current, nor that it was legal. */
export interface LoggedFile {
  readonly index: number;
  readonly head: TrustedCheckpoint;
  readonly entry: LedgerEntry;
  readonly statement: FileAccepted;
  /** The names in it; null where the receipt came without. */
  readonly detail: FileDetail | null;
}

/**
 * Believes a receipt for the file with this digest, offline.
 *
 * @param asked `fileSha256`: of the file at hand, in hexadecimal.
 * @throws ParseError of the receipt, the entry and the detail
 * @throws VerifyError those of verifyLedgerCheckpoint and verifyInclusion; `receipt-kind`, `digest-mismatch`, `entry-origin`, `entry-ahead`,
 *   `countersign-key`, `countersign-signature`, `detail-mismatch`
 * @spec specs/receipt.md
 */
export async function verifyReceipt(
  bytes: Uint8Array,
  asked: TrustNow & { readonly fileSha256: string },
  crypto: CryptoPort,
): Promise<Verified<LoggedFile>> {
  const { proof, entry: leaf, detail } = parseReceipt(bytes);
  const head = await verifyLedgerCheckpoint(proof.checkpoint, asked, crypto); // 1. who saw this tree
  const { size, root } = head.checkpoint;
  const path = { leafHash: leafHash(crypto.sha256, leaf), index: proof.index, size, proof: proof.hashes };
  verifyInclusion({ ...path, root }, crypto.sha256); //                          2. the entry is in it
  const entry = parseEntry(leaf);
  const statement = acceptedOf(entry, asked.fileSha256); //                      3. and is about this file
  verifyOrigin(statement, head);
  verifyTime(statement, head);
  await verifyCountersignature(entry, proof.index, asked.trust, crypto); //      4. which the index vouched for
  const opened = openDetail(detail, statement, crypto);
  const logged: LoggedFile = { index: proof.index, head, entry, statement, detail: opened };
  return logged as Verified<LoggedFile>;
}

/**
 * Checks that an entry is signed by a countersigning key that was trusted at its index.
 *
 * @throws VerifyError `countersign-key`, `countersign-signature`
 */
export async function verifyCountersignature(
  entry: LedgerEntry,
  index: number,
  trust: TrustDescription,
  crypto: CryptoPort,
): Promise<void> {
  const { origin } = entry.statement;
  const key = trust.countersign.find(
    (row) =>
      row.origin === origin && isInRange(row, index) && encodeHex(crypto.sha256(row.spki)) === entry.keyId,
  );
  if (key === undefined) {
    throw new VerifyError(
      "countersign-key",
      `Cannot believe entry ${index}: its key ${entry.keyId} is not trusted there`,
    );
  }
  const isSigned = await crypto.verify({ kind: "ed25519" }, key.spki, paeOf(entry.payload), entry.signature);
  if (!isSigned) {
    throw new VerifyError(
      "countersign-signature",
      `Cannot believe entry ${index}: it is not signed by ${entry.keyId}`,
    );
  }
}

function acceptedOf(entry: LedgerEntry, fileSha256: string): FileAccepted {
  const { statement } = entry;
  if (statement.kind !== "file-accepted") {
    throw new VerifyError("receipt-kind", `Cannot believe receipt: its entry is a ${statement.kind}`);
  }
  if (statement.sha256 !== fileSha256) {
    throw new VerifyError(
      "digest-mismatch",
      `Cannot believe receipt: its entry is about ${statement.sha256}, the file is ${fileSha256}`,
    );
  }
  return statement;
}

function verifyOrigin(statement: FileAccepted, head: TrustedCheckpoint): void {
  if (statement.origin !== head.row.origin) {
    throw new VerifyError(
      "entry-origin",
      `Cannot believe receipt: its entry is for ${quote(statement.origin)}`,
    );
  }
}

/** What the index says of when it was can be no later than its cosigners saw it. */
function verifyTime({ time }: FileAccepted, { checkpoint }: TrustedCheckpoint): void {
  if (time > checkpoint.tHi + EPSILON_SECONDS) {
    throw new VerifyError(
      "entry-ahead",
      `Cannot believe receipt: its entry is of ${time}, and was seen by ${checkpoint.tHi}`,
    );
  }
}

function openDetail(detail: Uint8Array, statement: FileAccepted, crypto: CryptoPort): FileDetail | null {
  if (detail.length === 0) return null;
  if (detailCommitment(crypto.sha256, detail) !== statement.detail) {
    throw new VerifyError(
      "detail-mismatch",
      "Cannot believe receipt: its detail is not the one that was logged",
    );
  }
  return parseFileDetail(detail);
}
