// SPDX-License-Identifier: Apache-2.0

/** Why the log, a witness or their storage says no: code -> meaning. Sorted. */
export const LOG_CODES = {
  "answer-too-large": "A peer's answer is larger than what was asked for may be.",
  "audit-behind": "An auditor is asked about a smaller tree than it has read.",
  "audit-busy": "An auditor has as many heads to examine as it takes at once: ask again later.",
  "audit-no-state": "A head does not end in a legal state leaf, so no auditor vouches for it.",
  "audit-not-admitted": "A legal entry rests on evidence that does not hold, and no void took it back.",
  "behind-own-head":
    "The log's own lock store or a cosigner has seen a larger or another tree of this log than its storage holds: it is read-only until caught up.",
  "config-malformed": "A configuration file is not what the service expects.",
  "cosigner-ahead":
    "A cosigner has seen a larger tree of this log than the one it is asked to cosign: another log signs under this name.",
  "cosigner-refused": "A cosigner answered, and did not cosign.",
  "fork-refused":
    "Storage and lock store hold two trees of one size: the log was forked, and signs nothing more.",
  "key-exposed": "A private key file can be read or written by others than its owner.",
  "key-unusable": "A key file does not hold a private key of the wanted kind.",
  "ledger-rules-unknown":
    "The ledger is made by rules that this version does not know, or of which none is kept: it neither writes it nor vouches for it.",
  "lock-behind":
    "The lock store holds an older head than the storage, or none: it was lost, or restored from a backup.",
  "lock-conflict":
    "The lock store holds another value than the writer expected: someone else writes this log.",
  "not-authentic": "What a log or its storage served does not hash to the checkpoint it was asked under.",
  "not-found": "A tile, entry or checkpoint is not there.",
  "own-heads-unknown":
    "Cosigners that could form a quorum did not say which head of the log they hold: it is opened once they do.",
  "quorum-missing": "Too few cosigners answered in time: the head is sealed, and not released yet.",
  "sequencer-stopped":
    "A write of the log has an unknown result: the sequencer stopped and must be opened again.",
  "storage-conflict": "An immutable file exists already with other content.",
  "storage-damaged": "The log's own storage lacks or contradicts something that it made durable.",
  unavailable: "A peer did not answer, or not in the protocol's form.",
} as const;

export type LogCode = keyof typeof LOG_CODES;

/** The log says no. The message says what was tried, what was found and what was wanted. */
export class LogError extends Error {
  override readonly name = "LogError";
  readonly code: LogCode;

  constructor(code: LogCode, message: string, options?: { readonly cause: unknown }) {
    super(message, options);
    this.code = code;
  }
}
