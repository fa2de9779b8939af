// SPDX-License-Identifier: Apache-2.0
import { encodeHex } from "@countermark/formats";
import { formFields } from "../dist/core-metadata.ts";
import type { Distribution } from "../dist/read-distribution.ts";
import { ClientError } from "../failure.ts";
import { type Answer, describeAnswer, exchange } from "../fetch/exchange.ts";
import type { Fetch } from "../world.ts";
import { encodeMultipart, type FormField } from "./multipart.ts";

const ANSWER_BYTES_MAX = 65_536;
const UPLOAD_TIMEOUT_SECONDS = 600;
/** How long an index that cannot complete the upload yet is asked again. */
const RETRY_TOTAL_SECONDS = 300;
const RETRY_PAUSE_SECONDS_MAX = 60;

export type Upload = {
  readonly distribution: Distribution;
  /** Attestations in JSON, each one document. */
  readonly attestations: readonly string[];
  /** A secret. */
  readonly token: string;
  readonly boundary: string;
};

export type UploadPorts = {
  readonly fetch: Fetch;
  readonly pause: (seconds: number) => Promise<void>;
  readonly progress: (line: string) => void;
};

/**
 * Uploads one file. An index that waits for its cosigners answers 503 with Retry-After: the same request completes it then.
 *
 * @throws ClientError `upload-refused`, `unreachable`
 */
export async function uploadFile(index: string, upload: Upload, ports: UploadPorts): Promise<void> {
  const { distribution, token, boundary } = upload;
  const file = { name: "content", filename: distribution.filename, bytes: distribution.bytes };
  const body = encodeMultipart(boundary, uploadFields(upload), file);
  const request = {
    method: "POST",
    url: `${index}/legacy/`,
    headers: {
      "content-type": `multipart/form-data; boundary=${boundary}`,
      accept: "application/json;q=0.9, text/plain;q=0.8",
      authorization: `Basic ${Buffer.from(`__token__:${token}`).toString("base64")}`,
    },
    body,
    bytesMax: ANSWER_BYTES_MAX,
    timeoutSeconds: UPLOAD_TIMEOUT_SECONDS,
  } as const;
  for (let waited = 0; ; ) {
    const answer = await exchange(ports.fetch, request);
    if (answer.status === 200) return;
    const pause = retryAfter(answer);
    if (pause === null || waited + pause > RETRY_TOTAL_SECONDS) throw refused(distribution.filename, answer);
    ports.progress(`${distribution.filename}: the index cannot complete it yet; again in ${pause} s`);
    await ports.pause(pause);
    waited += Math.max(pause, 1);
  }
}

/** Seconds after which the same request may succeed; null when the answer is final. */
function retryAfter(answer: Answer): number | null {
  const header = answer.headers.get("retry-after");
  if (answer.status !== 503 || header === null || !/^\d{1,6}$/.test(header)) return null;
  return Math.min(Number(header), RETRY_PAUSE_SECONDS_MAX);
}

function refused(filename: string, answer: Answer): ClientError {
  const code = answer.status >= 500 ? "http-status" : "upload-refused";
  return new ClientError(code, `Cannot upload ${filename}: ${describeAnswer(answer)}`);
}

function uploadFields(upload: Upload): readonly FormField[] {
  const { distribution, attestations } = upload;
  const { kind, metadata, sha256 } = distribution;
  const fields: FormField[] = [
    [":action", "file_upload"],
    ["protocol_version", "1"],
    ...formFields(metadata),
    ["filetype", kind === "wheel" ? "bdist_wheel" : "sdist"],
    ["pyversion", kind === "wheel" ? pythonTag(distribution.filename) : "source"],
    ["sha256_digest", encodeHex(sha256)],
  ];
  if (attestations.length > 0) fields.push(["attestations", `[${attestations.join(",")}]`]);
  return fields;
}

/** The first of a wheel's three tags. */
function pythonTag(filename: string): string {
  return filename.split("-").at(-3) ?? "";
}
