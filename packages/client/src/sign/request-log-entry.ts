// SPDX-License-Identifier: Apache-2.0
import {
  encodeHashedRekordRequest,
  type HashedRekord,
  parseJsonObject,
  parseTlogEntry,
  type TlogEntry,
} from "@countermark/formats";
import { ClientError } from "../failure.ts";
import { describeAnswer, exchange } from "../fetch/exchange.ts";
import type { Fetch } from "../world.ts";

const ANSWER_BYTES_MAX = 262_144;
/** A log answers once a checkpoint covers the entry, which takes seconds. */
const TIMEOUT_SECONDS = 60;

/**
 * Has a signature logged, and returns the entry with its inclusion proof; nothing in it is believed yet.
 *
 * @throws ClientError `authority-refused`, `unreachable`; ParseError
 * @spec rekor-tiles CLIENTS.md (API v2, hashedrekord 0.0.2)
 */
export async function requestLogEntry(fetch: Fetch, logUrl: string, entry: HashedRekord): Promise<TlogEntry> {
  const answer = await exchange(fetch, {
    method: "POST",
    url: `${logUrl}/api/v2/log/entries`,
    headers: { "content-type": "application/json", accept: "application/json" },
    body: encodeHashedRekordRequest(entry),
    bytesMax: ANSWER_BYTES_MAX,
    timeoutSeconds: TIMEOUT_SECONDS,
  });
  if (answer.status !== 201 && answer.status !== 200) {
    throw new ClientError("authority-refused", `Cannot log the signature: ${describeAnswer(answer)}`);
  }
  return parseTlogEntry(
    parseJsonObject(answer.body, { bytesMax: ANSWER_BYTES_MAX, depthMax: 8 }, "log entry"),
    "proof",
  );
}
