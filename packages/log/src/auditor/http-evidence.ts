// SPDX-License-Identifier: Apache-2.0
import { ATTESTATION_BYTES_MAX, DETAIL_BYTES_MAX, type Digest, NOTE_BYTES_MAX } from "@countermark/formats";
import type { EvidencePort } from "@countermark/verify";
import { LogError } from "../failure.ts";
import { fetchBytes } from "../fetch-bytes.ts";
import type { Fetch } from "../port.ts";

/** A distribution that an auditor reads into memory. */
const BLOB_BYTES_MAX = 1_073_741_824;
const TIMEOUT_MS = 60_000;

export interface HttpEvidenceOptions {
  /** Of the index, without a slash at its end. */
  readonly evidenceUrl: string;
  readonly token: string;
  /** Of the log, whose notes are public. */
  readonly logUrl: string;
  readonly fetch: Fetch;
}

/** The evidence of sealed entries, as an index gives it to its auditors. @throws LogError `unavailable` */
export function httpEvidence(options: HttpEvidenceOptions): EvidencePort {
  const { evidenceUrl, logUrl, fetch } = options;
  const init = { headers: { authorization: `Bearer ${options.token}` } };
  const read = async (kind: string, digest: Digest, bytesMax: number): Promise<Uint8Array | null> =>
    await readOrNull(fetch, `${evidenceUrl}/_/audit/${kind}/${digest}`, init, bytesMax);
  return {
    detail: (commitment) => read("detail", commitment, DETAIL_BYTES_MAX),
    attestation: (digest) => read("attestation", digest, ATTESTATION_BYTES_MAX),
    blob: (sha256) => read("blob", sha256, BLOB_BYTES_MAX),
    note: (digest) => readOrNull(fetch, `${logUrl}/checkpoint/sha256/${digest}`, {}, NOTE_BYTES_MAX),
  };
}

async function readOrNull(
  fetch: Fetch,
  url: string,
  init: RequestInit,
  bytesMax: number,
): Promise<Uint8Array | null> {
  const answer = await fetchBytes(fetch, url, init, { bytesMax, timeoutMs: TIMEOUT_MS });
  if (answer.status === 200) return answer.bytes;
  if (answer.status === 404 || answer.status === 410) return null;
  throw new LogError("unavailable", `Cannot read ${url}: status ${answer.status}`);
}
