// SPDX-License-Identifier: Apache-2.0
import {
  type Checkpoint,
  emptyRoot,
  equalBytes,
  type Note,
  parseCheckpoint,
  parseNote,
  quote,
  type Vkey,
} from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import type { CryptoPort } from "../port.ts";
import type { Verified } from "../verified.ts";
import { checkLine, knownLines } from "./note-signature.ts";

/** A checkpoint and the note that it was read from. */
export interface SignedCheckpoint extends Checkpoint {
  readonly note: Note;
  readonly noteBytes: Uint8Array;
}

/**
 * Believes a checkpoint because one of the log's keys signed it. Says nothing of who else saw it.
 *
 * @param log `vkeys`: the keys of this log; `origin`: compared exactly, because logs share keys across origins.
 * @throws ParseError as parseNote and parseCheckpoint
 * @throws VerifyError `checkpoint-origin`, `log-signature-missing`, `log-signature-invalid`, `checkpoint-empty-root`,
 *   `checkpoint-extensions`
 * @spec c2sp.org/tlog-checkpoint
 */
export async function verifyCheckpoint(
  noteBytes: Uint8Array,
  log: { readonly vkeys: readonly Vkey[]; readonly origin: string },
  crypto: CryptoPort,
): Promise<Verified<SignedCheckpoint>> {
  const note = parseNote(noteBytes);
  const checkpoint = parseCheckpoint(note.text);
  verifyOrigin(checkpoint, log.origin);
  const signers = await verifyLogSignatures(note, log, crypto);
  verifyExtensions(checkpoint, signers);
  verifyEmptyRoot(checkpoint, crypto);
  const signed: SignedCheckpoint = { ...checkpoint, note, noteBytes };
  return signed as Verified<SignedCheckpoint>;
}

function verifyOrigin(checkpoint: Checkpoint, origin: string): void {
  if (checkpoint.origin !== origin) {
    throw new VerifyError(
      "checkpoint-origin",
      `Cannot believe checkpoint: it is of ${quote(checkpoint.origin)}, wanted ${quote(origin)}`,
    );
  }
}

/** At least one known key signed, and no line of a known key is wrong. @returns whose lines they are */
async function verifyLogSignatures(
  note: Note,
  log: { readonly vkeys: readonly Vkey[]; readonly origin: string },
  crypto: CryptoPort,
): Promise<Vkey[]> {
  const lines = knownLines(note, log.vkeys);
  if (lines.length === 0) {
    throw new VerifyError(
      "log-signature-missing",
      `Cannot believe checkpoint of ${quote(log.origin)}: no line is by one of the log's ${log.vkeys.length} keys`,
    );
  }
  for (const line of lines) {
    if (!(await checkLine(line, note.text, crypto)).valid) {
      throw new VerifyError(
        "log-signature-invalid",
        `Cannot believe checkpoint of ${quote(log.origin)}: the line of ${quote(line.vkey.text)} is not its signature`,
      );
    }
  }
  return lines.map(({ vkey }) => vkey);
}

/** ML-DSA-44 signs no extension lines: where only such keys signed, anybody may have written them. */
function verifyExtensions({ origin, extensions }: Checkpoint, signers: readonly Vkey[]): void {
  if (extensions.length > 0 && signers.every(({ algorithm }) => algorithm === 6)) {
    throw new VerifyError(
      "checkpoint-extensions",
      `Cannot believe checkpoint of ${quote(origin)}: no line of the log covers its ${extensions.length} extension lines`,
    );
  }
}

function verifyEmptyRoot(checkpoint: Checkpoint, crypto: CryptoPort): void {
  if (checkpoint.size === 0 && !equalBytes(checkpoint.root, emptyRoot(crypto.sha256))) {
    throw new VerifyError(
      "checkpoint-empty-root",
      `Cannot believe checkpoint of ${quote(checkpoint.origin)}: size 0 with the root of another tree`,
    );
  }
}
