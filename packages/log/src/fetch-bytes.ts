// SPDX-License-Identifier: Apache-2.0
import { LogError } from "./failure.ts";
import type { Fetch } from "./port.ts";

export interface BytesAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

export interface FetchLimits {
  readonly bytesMax: number;
  readonly timeoutMs: number;
}

/**
 * One exchange with a peer, bounded in time and size, whatever its status.
 *
 * @throws LogError `unavailable` when there is no whole answer in time, `answer-too-large`
 */
export async function fetchBytes(
  fetch: Fetch,
  url: string,
  init: RequestInit,
  limits: FetchLimits,
): Promise<BytesAnswer> {
  const method = init.method ?? "GET";
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(limits.timeoutMs) });
    const bytes = await readBody(response, limits.bytesMax);
    if (bytes === null) {
      throw new LogError(
        "answer-too-large",
        `Cannot ${method} ${url}: the answer is larger than ${limits.bytesMax} bytes`,
      );
    }
    return { status: response.status, headers: response.headers, bytes };
  } catch (cause) {
    if (cause instanceof LogError) throw cause;
    throw new LogError("unavailable", `Cannot ${method} ${url}: ${reasonOf(cause)}`, { cause });
  }
}

/** Null when there is more than `bytesMax`. */
async function readBody(response: Response, bytesMax: number): Promise<Uint8Array | null> {
  if (response.body === null) return new Uint8Array(0);
  const reader = response.body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return join(chunks, length);
    length += value.length;
    if (length > bytesMax) {
      await reader.cancel();
      return null;
    }
    chunks.push(value);
  }
}

/** Not by spreading: a peer decides how many chunks there are. */
function join(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : "no answer";
}
