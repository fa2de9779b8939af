// SPDX-License-Identifier: Apache-2.0
import {
  type Certificate,
  encodeHashedRekordBody,
  equalBytes,
  HASHEDREKORD_KIND,
  HASHEDREKORD_VERSION,
  leafHash,
  loggedKeyOf,
  type TlogEntry,
  windowContains,
} from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import { verifyCheckpoint } from "../log/checkpoint.ts";
import { verifyInclusion } from "../log/inclusion.ts";
import type { CryptoPort } from "../port.ts";
import type { PreparedTlog } from "./trusted-root.ts";

/** What a log entry has to be about. */
export type LoggedSignature = {
  readonly certificate: Certificate;
  /** The signed bytes: a PAE, or the artifact. */
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
};

/**
 * Checks that a log of the trusted root holds an entry about exactly this certificate, signature and message. The leaf is
 * made anew from them, so nothing in the entry's own body is believed.
 *
 * @param signedAt Unix seconds, from a verified timestamp; an entry of Rekor v2 has no time of its own.
 * @throws VerifyError `log-unknown`, `log-outside-window`, `log-index-mismatch`, `log-entry-mismatch`,
 *   `log-root-mismatch`, and those of {@link verifyCheckpoint} and {@link verifyInclusion}
 * @spec github.com/sigstore/architecture-docs/blob/main/rekor-v2-spec.md#6.1.4
 */
export async function verifyLogEntry(
  entry: TlogEntry,
  signed: LoggedSignature,
  logs: readonly PreparedTlog[],
  signedAt: number,
  crypto: CryptoPort,
): Promise<void> {
  const log = findLog(entry, logs, signedAt);
  verifyIndex(entry);
  const body = verifyBody(entry, signed, crypto);
  const proof = entry.inclusionProof;
  const checkpoint = await verifyCheckpoint(
    proof.checkpoint,
    { vkeys: [log.vkey], origin: log.origin },
    crypto,
  );
  if (proof.treeSize !== checkpoint.size || !equalBytes(proof.rootHash, checkpoint.root)) {
    throw new VerifyError(
      "log-root-mismatch",
      `Cannot believe log entry: its proof is in a tree of ${proof.treeSize}, its checkpoint of ${checkpoint.size}, or with another root`,
    );
  }
  const hash = leafHash(crypto.sha256, body);
  const { size, root } = checkpoint;
  verifyInclusion({ leafHash: hash, index: entry.logIndex, size, root, proof: proof.hashes }, crypto.sha256);
}

/** Checks that the entry is of Rekor v2; those of Rekor v1 are not accepted yet. @throws VerifyError `log-entry-unsupported` */
export function verifyEntryKind(entry: TlogEntry): void {
  if (entry.kind !== HASHEDREKORD_KIND || entry.version !== HASHEDREKORD_VERSION) {
    throw new VerifyError(
      "log-entry-unsupported",
      `Cannot believe log entry: only ${HASHEDREKORD_KIND} ${HASHEDREKORD_VERSION} (Rekor v2) is accepted yet, found ${entry.kind} ${entry.version}`,
    );
  }
}

function findLog(entry: TlogEntry, logs: readonly PreparedTlog[], signedAt: number): PreparedTlog {
  const known = logs.filter(({ logId }) => equalBytes(logId, entry.logId));
  if (known.length === 0) {
    throw new VerifyError("log-unknown", "Cannot believe log entry: the trusted root has no log of its id");
  }
  const log = known.find(({ window }) => windowContains(window, signedAt));
  if (log === undefined) {
    throw new VerifyError(
      "log-outside-window",
      `Cannot believe log entry: its log is not trusted at ${signedAt}`,
    );
  }
  return log;
}

function verifyIndex(entry: TlogEntry): void {
  if (entry.logIndex !== entry.inclusionProof.logIndex) {
    throw new VerifyError(
      "log-index-mismatch",
      `Cannot believe log entry ${entry.logIndex}: its proof is for entry ${entry.inclusionProof.logIndex}`,
    );
  }
}

/** @returns the body made anew, for the leaf hash. */
function verifyBody(entry: TlogEntry, signed: LoggedSignature, crypto: CryptoPort): Uint8Array {
  const { certificate, message, signature } = signed;
  const { hash, hashAlgorithm, keyDetails } = loggedKeyOf(certificate.publicKey);
  const body = encodeHashedRekordBody({
    hashAlgorithm,
    digest: crypto.digest(hash, message),
    signature,
    verifier: { kind: "certificate", der: certificate.der, keyDetails },
  });
  if (!equalBytes(body, entry.canonicalizedBody)) {
    throw new VerifyError(
      "log-entry-mismatch",
      "Cannot believe log entry: it is about another certificate, signature or digest",
    );
  }
  return body;
}
