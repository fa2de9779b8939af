// SPDX-License-Identifier: Apache-2.0
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";

export interface Loopback {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** `METHOD path` of every request, in order. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** A server on a free port of 127.0.0.1 that notes what it is asked. With `tls` it is `https://localhost:PORT`. */
export async function startLoopback(
  answer: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>,
  tls: { readonly key: string; readonly cert: string } | null = null,
): Promise<Loopback> {
  const asked: string[] = [];
  const listener: RequestListener = (request, response) => {
    asked.push(`${request.method} ${request.url}`);
    Promise.resolve(answer(request, response)).catch((error: unknown) => response.destroy(error as Error)); // a rejection here is an Error
  };
  const server: Server = tls === null ? createServer(listener) : createTlsServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a server on loopback has no port");
  return {
    url: tls === null ? `http://127.0.0.1:${address.port}` : `https://localhost:${address.port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What a server answers from memory: path -> bytes; anything else is not there. */
export function serveFiles(files: ReadonlyMap<string, Uint8Array | string>) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const [path = ""] = (request.url ?? "").split("?");
    const body = files.get(path);
    if (body === undefined) {
      response.writeHead(404).end("not found\n");
      return;
    }
    const type = path.endsWith("/") ? "text/html" : "application/octet-stream";
    response.writeHead(200, { "content-type": type }).end(request.method === "HEAD" ? undefined : body);
  };
}
