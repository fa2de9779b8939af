// SPDX-License-Identifier: Apache-2.0
import { encodeSctSignedData, type Sct } from "@countermark/formats";
import { type Clock, nodeCrypto, type PrivateKey } from "@countermark/log";
import type { EntryLog } from "../entry-log.ts";

/** The log of every certificate that was issued. */
export interface CertificateLog {
  /** Logs a certificate without its promise; resolves when the entry is durable and under a signed checkpoint. */
  submit(issuerKeyHash: Uint8Array, tbs: Uint8Array): Promise<Sct>;
}

/**
 * A certificate log in the manner of RFC 6962, kept as tiles.
 *
 * An entry is the MerkleTreeLeaf, whose bytes are those that the promise signs: version 0, type 0, and the same fields.
 *
 * @spec rfc6962#3.4
 */
export function createCertificateLog(entries: EntryLog, key: PrivateKey, clock: Clock): CertificateLog {
  const logId = nodeCrypto.sha256(key.publicSpki);
  return {
    async submit(issuerKeyHash, tbs) {
      const promise = { timestampMilliseconds: clock() * 1_000, extensions: new Uint8Array() };
      const signed = encodeSctSignedData(promise, issuerKeyHash, tbs);
      await entries.append(signed);
      return { logId, ...promise, algorithm: { kind: "ecdsa", hash: "sha256" }, signature: key.sign(signed) };
    },
  };
}
