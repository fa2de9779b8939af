// SPDX-License-Identifier: Apache-2.0
import { concatAll } from "@countermark/formats";
import { IndexRefusal } from "./failure.ts";
import { DRAIN_BYTES_MAX, REQUEST_BYTES_MAX } from "./limits.ts";

/** The whole body of a small request. @throws IndexRefusal `request-too-large` */
export async function readBody(request: Request): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  if (request.body === null) return new Uint8Array();
  for await (const chunk of request.body.values({ preventCancel: true })) {
    length += chunk.length;
    if (length > REQUEST_BYTES_MAX) {
      throw new IndexRefusal("request-too-large", `The request has more than ${REQUEST_BYTES_MAX} bytes.`);
    }
    chunks.push(chunk);
  }
  return concatAll(chunks);
}

/**
 * Reads what is left of a refused request's body, and throws it away: uploading clients read an answer only when they have
 * sent everything, and would see a broken connection instead of the refusal.
 */
export async function drainBody(body: ReadableStream<Uint8Array> | null): Promise<void> {
  if (body === null || body.locked) return;
  let length = 0;
  try {
    for await (const chunk of body.values({ preventCancel: true })) {
      length += chunk.length;
      if (length > DRAIN_BYTES_MAX) return;
    }
  } catch {
    // The client is gone, or the body was read to its end: there is nobody to wait for.
  }
}
