// SPDX-License-Identifier: Apache-2.0
import {
  encodeInclusionPromise,
  equalBytes,
  type LogInclusionProof,
  leafHash,
  type TlogEntry,
  windowContains,
} from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import { verifyInclusion } from "../log/inclusion.ts";
import type { CryptoPort } from "../port.ts";
import { isSignedBy } from "../x509/signature.ts";
import { type EntryKind, entryKindOf, verifyEntryBody } from "./entry-body.ts";
import { verifyLogCheckpoint } from "./log-checkpoint.ts";
import type { Signed } from "./signed.ts";
import type { PreparedTlog } from "./trusted-root.ts";

/** A time that somebody independent of the signer vouches for, in Unix seconds. */
export type VouchedTime = { readonly time: number; readonly operator: string };

/**
 * The times that logs of Rekor v1 signed as the promise to include an entry. An entry without a promise has none: its time
 * is anybody's word.
 *
 * @throws VerifyError `log-promise-signature`, `log-promise-unexpected`, `log-unknown`, `log-outside-window`,
 *   `log-entry-unsupported`
 * @spec github.com/sigstore/architecture-docs/blob/main/client-spec.md#4.2
 */
export async function verifyPromises(
  signed: Signed,
  logs: readonly PreparedTlog[],
  crypto: CryptoPort,
): Promise<readonly VouchedTime[]> {
  const times: VouchedTime[] = [];
  for (const entry of signed.entries) {
    const { rekor } = entryKindOf(entry);
    if (entry.inclusionPromise === null) continue;
    if (rekor !== 1) {
      throw new VerifyError("log-promise-unexpected", "Cannot believe log entry: Rekor v2 makes no promises");
    }
    const time = entry.integratedTime;
    const log = findLog(entry, logs, time);
    const message = encodeInclusionPromise(entry);
    if (!(await isSignedBy(log.publicKey, log.algorithm, message, entry.inclusionPromise, crypto))) {
      throw new VerifyError(
        "log-promise-signature",
        `Cannot believe the time ${time} of a log entry: the log did not sign it`,
      );
    }
    times.push({ time, operator: log.operator });
  }
  return times;
}

/**
 * Checks that a log of the trusted root holds an entry about exactly this signer, signature and content.
 *
 * @param signedAt Unix seconds, verified.
 * @returns the log.
 * @throws VerifyError `log-unknown`, `log-outside-window`, `log-index-mismatch`, `log-root-mismatch`,
 *   `log-proof-missing`, and those of {@link entryKindOf}, {@link verifyEntryBody}, {@link verifyLogCheckpoint} and {@link verifyInclusion}
 * @spec github.com/sigstore/architecture-docs/blob/main/rekor-v2-spec.md#6.1.4
 *
 * Not checked here: the promise of an entry that has one, see {@link verifyPromises}.
 */
export async function verifyLogEntry(
  entry: TlogEntry,
  signed: Signed,
  { logs, signedAt }: { readonly logs: readonly PreparedTlog[]; readonly signedAt: number },
  crypto: CryptoPort,
): Promise<PreparedTlog> {
  const kind = entryKindOf(entry);
  const log = findLog(entry, logs, signedAt);
  verifyEntryBody(entry, kind, signed, crypto);
  const proof = entry.inclusionProof;
  if (proof === null) {
    requirePromise(entry);
    return log;
  }
  verifyIndex(entry, proof, kind);
  const { size, root } = await verifyLogCheckpoint(proof.checkpoint, log, kind.rekor, crypto);
  if (proof.treeSize !== size || !equalBytes(proof.rootHash, root)) {
    throw new VerifyError(
      "log-root-mismatch",
      `Cannot believe log entry: its proof is in a tree of ${proof.treeSize}, its checkpoint of ${size}, or with another root`,
    );
  }
  const hash = leafHash(crypto.sha256, entry.canonicalizedBody);
  const { logIndex: index, hashes } = proof;
  verifyInclusion({ leafHash: hash, index, size, root, proof: hashes }, crypto.sha256);
  return log;
}

/** In a bundle of version 0.1 the promise, checked before, stands for the proof. An entry has one of them whatever its maker's types say. */
function requirePromise(entry: TlogEntry): void {
  if (entry.inclusionPromise === null) {
    throw new VerifyError("log-proof-missing", "Cannot believe log entry: it has neither proof nor promise");
  }
}

function findLog(entry: TlogEntry, logs: readonly PreparedTlog[], time: number): PreparedTlog {
  const known = logs.filter(({ logId }) => equalBytes(logId, entry.logId));
  if (known.length === 0) {
    throw new VerifyError("log-unknown", "Cannot believe log entry: the trusted root has no log of its id");
  }
  const log = known.find(({ window }) => windowContains(window, time));
  if (log === undefined) {
    throw new VerifyError(
      "log-outside-window",
      `Cannot believe log entry: its log is not trusted at ${time}`,
    );
  }
  return log;
}

/** Rekor v1 counts over all of its trees outside the proof, and from 0 in each tree inside: the two need not agree. */
function verifyIndex(entry: TlogEntry, proof: LogInclusionProof, kind: EntryKind): void {
  if (kind.rekor === 2 && entry.logIndex !== proof.logIndex) {
    throw new VerifyError(
      "log-index-mismatch",
      `Cannot believe log entry ${entry.logIndex}: its proof is for entry ${proof.logIndex}`,
    );
  }
}
