// SPDX-License-Identifier: Apache-2.0
import {
  type Bytes,
  derBoolean,
  derInteger,
  derSequence,
  encodeMessageImprint,
  equalBytes,
  parseTimestamp,
  type Sha256,
  TIMESTAMP_BYTES_MAX,
} from "@countermark/formats";
import { ClientError } from "../failure.ts";
import { describeAnswer, exchange } from "../fetch/exchange.ts";
import type { Fetch } from "../world.ts";

/**
 * Has the time of `signature` (its raw bytes) stated by a timestamp authority. Returns the whole response in DER.
 *
 * @param nonce 1 to 32 bytes, never used before.
 * @throws ClientError `authority-refused`, `unreachable`; ParseError
 * @spec rfc3161#2.4.1
 */
export async function requestTimestamp(
  fetch: Fetch,
  timestampUrl: string,
  signature: Uint8Array,
  nonce: Uint8Array,
  sha256: Sha256,
): Promise<Bytes> {
  const imprint = { algorithm: "sha256", digest: sha256(signature) } as const;
  const wantedNonce = derInteger(nonce);
  const answer = await exchange(fetch, {
    method: "POST",
    url: timestampUrl,
    headers: { "content-type": "application/timestamp-query", accept: "application/timestamp-reply" },
    body: derSequence(derInteger(1), encodeMessageImprint(imprint), wantedNonce, derBoolean(true)),
    bytesMax: TIMESTAMP_BYTES_MAX,
  });
  if (answer.status !== 200 && answer.status !== 201) {
    throw new ClientError("authority-refused", `Cannot get a timestamp: ${describeAnswer(answer)}`);
  }
  const { info } = parseTimestamp(answer.body);
  // Tag and length are two bytes: a nonce is short.
  if (info.nonce === null || !equalBytes(info.nonce, wantedNonce.subarray(2))) {
    throw new ClientError(
      "authority-refused",
      "Cannot use the timestamp: it answers another request (nonce)",
    );
  }
  return answer.body;
}
