// SPDX-License-Identifier: Apache-2.0
import { connect, createServer, type Socket } from "node:net";

/** A relay for one TCP port that counts what passes. */
export interface CountingRelay {
  readonly port: number;
  /** Where connections go; set it before the first one. */
  target: number;
  /** Bytes in both directions since the last call, TLS and headers included. */
  takeBytes(): number;
  close(): Promise<void>;
}

/** Listens on any loopback port. */
export async function startRelay(): Promise<CountingRelay> {
  let bytes = 0;
  const sockets = new Set<Socket>();
  const count = (chunk: Buffer): void => {
    bytes += chunk.length;
  };
  const relay = { target: 0 };
  const server = createServer((near) => {
    const far = connect(relay.target, "127.0.0.1");
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on("data", count);
      socket.on("error", () => other.destroy());
      socket.on("close", () => sockets.delete(socket));
      socket.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a server on loopback has no port");
  return {
    port: address.port,
    get target() {
      return relay.target;
    },
    set target(port) {
      relay.target = port;
    },
    takeBytes() {
      const taken = bytes;
      bytes = 0;
      return taken;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
