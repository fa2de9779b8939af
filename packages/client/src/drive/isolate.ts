// SPDX-License-Identifier: Apache-2.0
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { ClientError } from "../failure.ts";
import type { Env } from "../settings.ts";
import { readFromChild } from "./run-child.ts";

/** A command in a network of its own, in which only the proxy's port is there. */
export type Isolation = {
  wrap(command: readonly string[]): readonly string[];
  close(): Promise<void>;
};

/** Brings up the loopback of the new network, then becomes what follows. */
const ENTER = 'ip link set lo up && exec "$@"';

/**
 * Listens on the proxy's port inside, passes each connection on through a socket in the file system, which is the same in every network,
 * and runs the command. Arguments: port, path of the socket, the command.
 */
const RELAY = `
const net = require("node:net");
const [port, path, program, ...args] = process.argv.slice(1);
const relay = net.createServer((inner) => {
  const outer = net.connect(path);
  inner.pipe(outer).pipe(inner);
  inner.on("error", () => outer.destroy());
  outer.on("error", () => inner.destroy());
});
relay.on("error", (error) => { console.error(error.message); process.exit(126); });
relay.listen(Number(port), "127.0.0.1", () => {
  const child = require("node:child_process").spawn(program, args, { stdio: "inherit" });
  for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => { console.error(error.message); process.exit(127); });
  child.on("exit", (status) => process.exit(status ?? 1));
});
`;

/**
 * Prepares a network namespace for a command. Linux only, and only where the system lets a user make one.
 *
 * Not separated: files, processes, sockets in the file system; a program with those can still ask another one to talk for it.
 *
 * @param proxyUrl `http://127.0.0.1:PORT`. @param folder of this run's own; the socket is in it.
 * @throws ClientError `isolation-unavailable`
 */
export async function openIsolation(proxyUrl: string, folder: string, env: Env): Promise<Isolation> {
  const enter = ["unshare", "--map-root-user", "--net", "--", "/bin/sh", "-c", ENTER, "countermark-isolate"];
  const [program = "", ...args] = enter;
  const tried = await readFromChild(program, [...args, "echo", "in"], { PATH: env["PATH"] ?? "" });
  if (process.platform !== "linux" || tried !== "in") {
    throw new ClientError(
      "isolation-unavailable",
      "Cannot isolate the tool: this system gives no network namespace to a user (unshare --map-root-user --net, ip)",
    );
  }
  const { port } = new URL(proxyUrl);
  const path = join(folder, "proxy.sock");
  const server = createServer((inner) => {
    const outer = connect(Number(port), "127.0.0.1");
    inner.pipe(outer).pipe(inner);
    inner.on("error", () => outer.destroy());
    outer.on("error", () => inner.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  return {
    wrap: (command) => [...enter, process.execPath, "-e", RELAY, port, path, ...command],
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
