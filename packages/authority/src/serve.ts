// SPDX-License-Identifier: Apache-2.0
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";

export type Handler = (request: Request) => Response | Promise<Response>;

/**
 * Listens on loopback, then asks for the handler: what it answers may depend on the port. Prints one line when ready, and
 * stops cleanly at SIGTERM and SIGINT.
 */
export async function serveOnLoopback(
  port: number,
  open: (url: string) => Promise<{ readonly fetch: Handler; close(): Promise<void> }>,
): Promise<void> {
  let handler: Handler = () => new Response(null, { status: 503 });
  const server = createAdaptorServer({ fetch: (request: Request) => handler(request) });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const { port: listening } = server.address() as AddressInfo; // a TCP server has one
  const url = `http://127.0.0.1:${listening}`;
  const service = await open(url);
  handler = service.fetch;
  const stop = (): void => {
    server.close(() => {
      void service.close();
    });
    if ("closeAllConnections" in server) server.closeAllConnections();
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  process.stdout.write(`${JSON.stringify({ ready: true, url })}\n`);
}
