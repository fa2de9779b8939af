// SPDX-License-Identifier: Apache-2.0
import { ATTESTATION_BYTES_MAX, DETAIL_BYTES_MAX, type Digest, NOTE_BYTES_MAX } from "@countermark/formats";
import { type EvidencePort, VerifyError } from "@countermark/verify";
import { LogError } from "../failure.ts";
import { type BytesAnswer, fetchBytes } from "../fetch-bytes.ts";
import type { Fetch } from "../port.ts";

/** A distribution that an auditor reads into memory; the index takes 100 MiB. */
const BLOB_BYTES_MAX = 268_435_456;
const TIMEOUT_MS = 60_000;
/** Beside 5xx, what a server says that may say otherwise later: Request Timeout, Too Early, Too Many Requests. */
const RETRY_STATUSES: readonly number[] = [408, 425, 429];

export interface HttpEvidenceOptions {
  /** Of the index, without a slash at its end. */
  readonly evidenceUrl: string;
  /** An auditor's; null reads what the index shows to anybody: the evidence of released entries. */
  readonly token: string | null;
  /** Of the log, whose notes are public. */
  readonly logUrl: string;
  readonly fetch: Fetch;
}

/**
 * The evidence of entries, as an index gives it to its auditors or to anybody.
 *
 * @throws VerifyError `evidence-missing` for what the index refuses to give, or that is above its limit: it counts as not
 *   served, so that an entry without evidence can be judged and voided
 * @throws LogError `unavailable` when the index is out of reach; asking again later is right
 */
export function httpEvidence(options: HttpEvidenceOptions): EvidencePort {
  const { evidenceUrl, logUrl, fetch } = options;
  // An index may not send us on, with our token or without: it could name a host that only we can reach.
  const redirect = "error";
  const headers = options.token === null ? {} : { authorization: `Bearer ${options.token}` };
  const init: RequestInit = { redirect, headers };
  const read = async (kind: string, digest: Digest, bytesMax: number): Promise<Uint8Array | null> =>
    await readOrNull(fetch, `${evidenceUrl}/_/audit/${kind}/${digest}`, init, bytesMax);
  return {
    detail: (commitment) => read("detail", commitment, DETAIL_BYTES_MAX),
    attestation: (digest) => read("attestation", digest, ATTESTATION_BYTES_MAX),
    blob: (sha256) => read("blob", sha256, BLOB_BYTES_MAX),
    note: (digest) =>
      readOrNull(fetch, `${logUrl}/checkpoint/sha256/${digest}`, { redirect }, NOTE_BYTES_MAX),
  };
}

async function readOrNull(
  fetch: Fetch,
  url: string,
  init: RequestInit,
  bytesMax: number,
): Promise<Uint8Array | null> {
  const { status, bytes } = await fetchEvidence(fetch, url, init, bytesMax);
  if (status === 200) return bytes;
  if (status === 404 || status === 410) return null;
  const reason = `Cannot read ${url}: status ${status}`;
  if (status >= 500 || RETRY_STATUSES.includes(status)) throw new LogError("unavailable", reason);
  throw new VerifyError("evidence-missing", reason);
}

async function fetchEvidence(
  fetch: Fetch,
  url: string,
  init: RequestInit,
  bytesMax: number,
): Promise<BytesAnswer> {
  try {
    return await fetchBytes(fetch, url, init, { bytesMax, timeoutMs: TIMEOUT_MS });
  } catch (error) {
    if (!(error instanceof LogError) || error.code !== "answer-too-large") throw error;
    throw new VerifyError("evidence-missing", error.message, { cause: error });
  }
}
