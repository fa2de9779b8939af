// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { ClientError } from "../failure.ts";
import { unreachable, withoutSecrets } from "../fetch/exchange.ts";
import type { Fetch } from "../world.ts";
import type { Aside } from "./keep-record.ts";

export type Delivery = {
  readonly filename: string;
  readonly url: string;
  /** What the ledger records: hexadecimal, bytes. */
  readonly sha256: string;
  readonly size: number;
  /** Beside what its size allows, at the slowest rate that is waited for. */
  readonly timeoutSeconds: number;
};

/** No client gets this much of a file's end before its digest agrees; a smaller file nothing at all. */
const WITHHELD_BYTES = 65_536;
/** A file may not come slower than this in all: a server that drips keeps nobody for ever. */
const BYTES_PER_SECOND_MIN = 16_384;

/**
 * Streams a file from the index to the installer and hashes it on the way. The last block is withheld until size and digest
 * agree with the ledger; when they do not, the connection is destroyed, so that no installer sees a whole file.
 *
 * @param aside is given each part, and told that all were right before the last block is sent.
 * @throws ClientError `file-mismatch`, `http-status`, `unreachable`. Whoever catches it answers only if `headersSent` is false.
 */
export async function deliverFile(
  delivery: Delivery,
  fetch: Fetch,
  response: ServerResponse,
  aside: Aside,
): Promise<void> {
  const stop = new AbortController();
  const stopped = () => stop.abort();
  response.once("close", stopped);
  const seconds = delivery.timeoutSeconds + Math.ceil(delivery.size / BYTES_PER_SECOND_MIN);
  const tooSlow = unreachable(
    delivery.url,
    new Error(`no whole file of ${delivery.size} bytes in ${seconds} seconds`),
  );
  const timer = setTimeout(() => stop.abort(tooSlow), seconds * 1000);
  try {
    await streamFile(delivery, await open(delivery, fetch, stop.signal), response, aside);
  } catch (error) {
    if (response.headersSent) response.destroy();
    throw stop.signal.reason === tooSlow ? tooSlow : error;
  } finally {
    clearTimeout(timer);
    response.off("close", stopped);
    stop.abort();
  }
}

async function open(
  delivery: Delivery,
  fetch: Fetch,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  let answer: Response;
  try {
    answer = await fetch(delivery.url, {
      headers: { "accept-encoding": "identity" },
      redirect: "manual",
      signal,
    });
  } catch (cause) {
    throw unreachable(delivery.url, cause);
  }
  if (answer.status !== 200) {
    throw new ClientError(
      "http-status",
      `Cannot fetch ${delivery.filename} from ${withoutSecrets(delivery.url)}: status ${answer.status}`,
    );
  }
  // `Response.body` is async-iterable in Node; the DOM types do not say so.
  return (answer.body ?? []) as AsyncIterable<Uint8Array>;
}

async function streamFile(
  delivery: Delivery,
  body: AsyncIterable<Uint8Array>,
  response: ServerResponse,
  aside: Aside,
): Promise<void> {
  const hash = createHash("sha256");
  const withheld: Uint8Array[] = [];
  let withheldBytes = 0;
  let size = 0;
  for await (const part of whole(body, delivery)) {
    size += part.length;
    if (size > delivery.size) throw mismatch(delivery, `more than ${delivery.size} bytes`);
    hash.update(part);
    await aside.take(part);
    withheld.push(part);
    withheldBytes += part.length;
    for (let first = withheld[0]; first !== undefined && withheldBytes - first.length >= WITHHELD_BYTES; ) {
      withheld.shift();
      withheldBytes -= first.length;
      await send(delivery, response, first);
      first = withheld[0];
    }
  }
  if (size !== delivery.size) throw mismatch(delivery, `${size} bytes`);
  const digest = hash.digest("hex");
  if (digest !== delivery.sha256) throw mismatch(delivery, `SHA-256 ${digest}`);
  await aside.verified();
  for (const part of withheld) await send(delivery, response, part);
  sendHeaders(delivery, response);
  response.end();
}

/** The parts of `body`; what breaks on the way is the server's failure. */
async function* whole(body: AsyncIterable<Uint8Array>, delivery: Delivery): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    throw unreachable(delivery.url, cause);
  }
}

async function send(delivery: Delivery, response: ServerResponse, part: Uint8Array): Promise<void> {
  sendHeaders(delivery, response);
  if (response.destroyed)
    throw new ClientError("unreachable", `Cannot deliver ${delivery.filename}: the installer hung up`);
  if (!response.write(part)) await drained(response);
}

/** Waits until more can be written, or nobody listens any more. */
async function drained(response: ServerResponse): Promise<void> {
  const settled = new AbortController();
  const { signal } = settled;
  try {
    await Promise.race([once(response, "drain", { signal }), once(response, "close", { signal })]);
  } finally {
    settled.abort();
  }
}

/** Headers are sent with the first byte, so that a file refused before it gets a status of its own. */
function sendHeaders(delivery: Delivery, response: ServerResponse): void {
  if (!response.headersSent) response.writeHead(200, fileHeaders(delivery.size));
}

/** What a file's answer says of itself. Ranges are not served: a part of a file cannot be checked. */
export function fileHeaders(size: number): Record<string, string> {
  return {
    "content-type": "application/octet-stream",
    "content-length": String(size),
    "accept-ranges": "none",
    "cache-control": "no-store",
  };
}

function mismatch(delivery: Delivery, seen: string): ClientError {
  return new ClientError(
    "file-mismatch",
    `Cannot accept ${delivery.filename}: expected ${delivery.size} bytes with the SHA-256 ${delivery.sha256} that the ledger ` +
      `records, seen ${seen} from the index`,
  );
}
