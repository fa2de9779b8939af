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
 * @throws LogError `unavailable` when there is no whole answer within the limits
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
    return { status: response.status, headers: response.headers, bytes };
  } catch (cause) {
    throw new LogError("unavailable", `Cannot ${method} ${url}: ${reasonOf(cause)}`, { cause });
  }
}

async function readBody(response: Response, bytesMax: number): Promise<Uint8Array> {
  if (response.body === null) return new Uint8Array(0);
  const reader = response.body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return new Uint8Array(Buffer.concat(chunks, length));
    length += value.length;
    if (length > bytesMax) {
      await reader.cancel();
      throw new Error(`the answer is larger than ${bytesMax} bytes`);
    }
    chunks.push(value);
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : "no answer";
}
