// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";

/** An answer of the true server, or what is made of it. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Decides what a reader sees. `path` has its query; giving `answer` back changes nothing. */
export type Tampering = (path: string, answer: Answer) => Answer | Promise<Answer>;

export interface TamperingProxy {
  readonly url: string;
  /** Paths asked for, in order. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** What a server may set and a middleman passes on; lengths and encodings are his own. */
const PASSED_HEADERS = ["content-type", "etag", "cache-control", "location", "accept-ranges", "vary"];

/**
 * Stands in front of `upstream` on loopback, over TLS. What is sent goes through unread; what is read goes through `tampering`.
 *
 * @param port 0: any free one.
 */
export async function startTamperingProxy(
  upstream: string,
  tls: { readonly key: string; readonly cert: string },
  tampering: Tampering,
  port = 0,
): Promise<TamperingProxy> {
  const asked: string[] = [];
  const answerRequest = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? "/";
    asked.push(path);
    const truth = await fetch(`${upstream}${path}`, { ...(await sentOn(request)), redirect: "manual" });
    const kept = PASSED_HEADERS.flatMap((name) => {
      const value = truth.headers.get(name);
      return value === null ? [] : [[name, value] as const];
    });
    const untouched: Answer = {
      status: truth.status,
      headers: Object.fromEntries(kept),
      body: new Uint8Array(await truth.arrayBuffer()),
    };
    const answer = isReading(request) ? await tampering(path, untouched) : untouched;
    response.writeHead(answer.status, { ...answer.headers, "content-length": answer.body.length });
    response.end(request.method === "HEAD" ? undefined : answer.body);
  };
  const server = createServer({ key: tls.key, cert: tls.cert }, (request, response) => {
    answerRequest(request, response).catch((error: unknown) => response.destroy(error as Error)); // a rejection here is an Error
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a server on loopback has no port");
  return {
    url: `https://localhost:${address.port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function isReading(request: IncomingMessage): boolean {
  return request.method === "GET" || request.method === "HEAD";
}

/** The request as it is passed on: what its answer depends on, and what it sends. */
async function sentOn(request: IncomingMessage): Promise<RequestInit> {
  const { accept = "*/*", authorization, "content-type": type } = request.headers;
  const headers = {
    accept,
    ...(authorization === undefined ? {} : { authorization }),
    ...(type === undefined ? {} : { "content-type": type }),
  };
  if (isReading(request)) return { headers };
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer); // no encoding is set: chunks are buffers
  return { method: request.method ?? "POST", headers, body: Buffer.concat(chunks) };
}

/** An answer that says the thing is not there. */
export const NOT_FOUND: Answer = {
  status: 404,
  headers: { "content-type": "text/plain" },
  body: new TextEncoder().encode("not found\n"),
};
