// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { ClientError } from "../failure.ts";
import type { Fetch } from "../world.ts";
import { unreachable, withoutSecrets, wrongStatus } from "./exchange.ts";

/** A distribution may be this long; nothing of it is kept. */
const DOWNLOAD_BYTES_MAX = 8_589_934_592;
const TIMEOUT_SECONDS = 3_600;

/** The SHA-256 of what a URL serves, hashed as it comes. @throws ClientError `unreachable`, `http-status`, `response-too-large` */
export async function hashDownload(fetch: Fetch, url: string): Promise<Uint8Array> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_SECONDS * 1000);
    const response = await fetch(url, { method: "GET", redirect: "manual", signal });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw wrongStatus(url, {
        status: response.status,
        reason: response.statusText,
        body: new Uint8Array(),
      });
    }
    return await hashBody(response, url);
  } catch (cause) {
    if (cause instanceof ClientError) throw cause;
    throw unreachable(url, cause);
  }
}

async function hashBody(response: Response, url: string): Promise<Uint8Array> {
  const hash = createHash("sha256");
  let length = 0;
  // `Response.body` is async-iterable in Node; the DOM types do not say so.
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    length += part.length;
    if (length > DOWNLOAD_BYTES_MAX) {
      throw new ClientError(
        "response-too-large",
        `Cannot hash ${withoutSecrets(url)}: more than ${DOWNLOAD_BYTES_MAX} bytes`,
      );
    }
    hash.update(part);
  }
  return new Uint8Array(hash.digest());
}
