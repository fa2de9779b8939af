// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { type Bytes, parseTimestamp, type Timestamp, type TlogEntry } from "@countermark/formats";
import { nodeCrypto, type PrivateKey } from "@countermark/log";
import type { Fetch } from "../world.ts";
import { requestLogEntry } from "./request-log-entry.ts";
import { requestTimestamp } from "./request-timestamp.ts";
import type { SigningServices } from "./signing-config.ts";

/** A P-256 key with a certificate for it, and where its signatures are recorded. */
export type Signer = {
  readonly key: PrivateKey;
  /** DER. */
  readonly certificate: Bytes;
  readonly services: SigningServices;
};

/** A signature with its time and its log entry. */
export type RecordedSignature = {
  readonly signature: Bytes;
  readonly timestamp: Timestamp;
  readonly entry: TlogEntry;
};

const NONCE_BYTES = 16;

/**
 * Signs `message`, has the signature's time stated and has it logged. Nothing that came back is believed yet.
 *
 * @throws ClientError `authority-refused`, `unreachable`; ParseError
 */
export async function recordSignature(
  message: Uint8Array,
  { key, certificate, services }: Signer,
  fetch: Fetch,
): Promise<RecordedSignature> {
  const signature = key.sign(message);
  const nonce = randomBytes(NONCE_BYTES);
  const timestamp = await requestTimestamp(fetch, services.timestampUrl, signature, nonce, nodeCrypto.sha256);
  const entry = await requestLogEntry(fetch, services.logUrl, {
    hashAlgorithm: "SHA2_256",
    digest: nodeCrypto.sha256(message),
    signature,
    verifier: { kind: "certificate", der: certificate, keyDetails: "PKIX_ECDSA_P256_SHA_256" },
  });
  return { signature, timestamp: parseTimestamp(timestamp), entry };
}
