// SPDX-License-Identifier: Apache-2.0
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createAdaptorServer } from "@hono/node-server";

export interface ListenOptions {
  /** 0 for any that is free. */
  readonly port: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** PEM. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

export interface Listening {
  readonly url: string;
  readonly port: number;
  /** Stops taking connections and ends the idle ones; resolves when all are gone. */
  close(): Promise<void>;
}

/** What answers: a Hono app, or anything with its `fetch`. */
export interface Served {
  fetch(request: Request, env?: unknown): Response | Promise<Response>;
}

const HEADERS_TIMEOUT_MS = 30_000;
/** Of a whole request; uploads of large files take their time. */
const REQUEST_TIMEOUT_MS = 600_000;
/** What is still under way after this is cut off. */
const CLOSE_TIMEOUT_MS = 2_000;

/** Serves `app` over HTTP, or HTTPS when there is a certificate. Rejects when the port cannot be had. */
export async function listen(app: Served, options: ListenOptions): Promise<Listening> {
  const host = options.host ?? "127.0.0.1";
  const limits = { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS };
  const server = createAdaptorServer({
    fetch: (request, env) => app.fetch(request, env),
    overrideGlobalObjects: false,
    ...(options.tls === undefined
      ? { createServer, serverOptions: limits }
      : { createServer: createTlsServer, serverOptions: { ...limits, ...options.tls } }),
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, host, () => {
      server.removeListener("error", reject);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("Cannot listen: no address");
  const scheme = options.tls === undefined ? "http" : "https";
  const shown = host.includes(":") ? `[${host}]` : host;
  return {
    url: `${scheme}://${shown}:${address.port}`,
    port: address.port,
    close: () => closeServer(server),
  };
}

async function closeServer(server: ReturnType<typeof createAdaptorServer>): Promise<void> {
  const cutOff = setTimeout(() => {
    if ("closeAllConnections" in server) server.closeAllConnections();
  }, CLOSE_TIMEOUT_MS);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    if ("closeIdleConnections" in server) server.closeIdleConnections();
  });
  clearTimeout(cutOff);
}
