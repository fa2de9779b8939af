// SPDX-License-Identifier: Apache-2.0
import { type Bytes, ParseError, parseJsonObject, quote } from "@countermark/formats";
import { ClientError } from "../failure.ts";
import type { Fetch } from "../world.ts";

export type Request = {
  readonly method?: "GET" | "POST" | "HEAD";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Bytes | string;
  /** A longer answer is refused. */
  readonly bytesMax: number;
  /** For the whole of it, tries included. */
  readonly timeoutSeconds?: number;
};

export type Answer = {
  readonly status: number;
  readonly reason: string;
  readonly headers: Headers;
  readonly body: Bytes;
};

const TIMEOUT_SECONDS = 60;
/** Tries of a GET that could not be sent or was not answered. */
const TRIES_MAX = 3;
const RETRY_PAUSE_MS = 200;

/**
 * One request and its whole answer. A GET that fails on the way is tried again, as long as there is time; statuses are the caller's to judge.
 *
 * @throws ClientError `unreachable`, `response-too-large`
 */
export async function exchange(fetch: Fetch, request: Request): Promise<Answer> {
  const tries = (request.method ?? "GET") === "GET" ? TRIES_MAX : 1;
  const seconds = request.timeoutSeconds ?? TIMEOUT_SECONDS;
  const signal = AbortSignal.timeout(seconds * 1000);
  for (let attempt = 1; ; attempt++) {
    try {
      return await exchangeOnce(fetch, request, signal);
    } catch (error) {
      if (signal.aborted) throw unreachable(request.url, new Error(`no whole answer in ${seconds} seconds`));
      if (attempt >= tries || !(error instanceof ClientError) || error.code !== "unreachable") throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSE_MS * attempt));
    }
  }
}

async function exchangeOnce(fetch: Fetch, request: Request, signal: AbortSignal): Promise<Answer> {
  try {
    const response = await fetch(request.url, {
      method: request.method ?? "GET",
      ...(request.headers === undefined ? {} : { headers: request.headers }),
      ...(request.body === undefined ? {} : { body: request.body }),
      redirect: "manual",
      signal,
    });
    const body = await readBody(response, request);
    return { status: response.status, reason: response.statusText, headers: response.headers, body };
  } catch (cause) {
    if (cause instanceof ClientError) throw cause;
    throw unreachable(request.url, cause);
  }
}

/** The error for a server that could not be reached. */
export function unreachable(url: string, cause: unknown): ClientError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ClientError("unreachable", `Cannot reach ${withoutSecrets(url)}: ${why}`, { cause });
}

async function readBody(response: Response, request: Request): Promise<Bytes> {
  const parts: Uint8Array[] = [];
  let length = 0;
  // `Response.body` is async-iterable in Node; the DOM types do not say so.
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    length += part.length;
    if (length > request.bytesMax) {
      throw new ClientError(
        "response-too-large",
        `Cannot read ${withoutSecrets(request.url)}: more than ${request.bytesMax} bytes`,
      );
    }
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}

/** The answer's body, which must come with status 200. @throws ClientError `http-status` and those of `exchange` */
export async function fetchBytes(fetch: Fetch, request: Request): Promise<Bytes> {
  const answer = await exchange(fetch, request);
  if (answer.status !== 200) throw wrongStatus(request.url, answer);
  return answer.body;
}

/** As `fetchBytes`; null when the server says 404. */
export async function fetchBytesOrNull(fetch: Fetch, request: Request): Promise<Bytes | null> {
  const answer = await exchange(fetch, request);
  if (answer.status === 404) return null;
  if (answer.status !== 200) throw wrongStatus(request.url, answer);
  return answer.body;
}

export function wrongStatus(url: string, answer: Pick<Answer, "status" | "reason" | "body">): ClientError {
  return new ClientError(
    "http-status",
    `Cannot use the answer of ${withoutSecrets(url)}: ${describeAnswer(answer)}`,
  );
}

/** The server's own sentence where it gives one, else status and the beginning of the body; for an error message. */
export function describeAnswer(answer: Pick<Answer, "status" | "reason" | "body">): string {
  const sentence = readSentence(answer.body);
  // An index's error begins with its status in words, as PyPI's does: said once is enough.
  if (sentence !== null) {
    // The sentence of an upload endpoint begins with its status, as twine and uv want it: once is enough.
    const prefix = `${answer.status} `;
    return `status ${answer.status}: ${sentence.startsWith(prefix) ? sentence.slice(prefix.length) : sentence}`;
  }
  const text = new TextDecoder().decode(answer.body.subarray(0, 600)).trim();
  const status = `status ${answer.status} ${answer.reason}`.trimEnd();
  return text === "" ? status : `${status}, ${quote(text.slice(0, 300))}`;
}

/** `detail` of a problem document, or `code` of an index's error: both are sentences. @spec rfc9457#3.1.4 */
function readSentence(bytes: Uint8Array): string | null {
  try {
    const body = parseJsonObject(bytes, { bytesMax: 65_536, depthMax: 8 }, "answer");
    for (const name of ["detail", "code"]) {
      if (body.has(name) && typeof body.value(name) === "string") return body.text(name, { charsMax: 2_048 });
    }
    return null;
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}

/** `url` without user information and query, where tokens are. */
export function withoutSecrets(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? "the URL" : `${parsed.origin}${parsed.pathname}`;
}
