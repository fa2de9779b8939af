// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";

/** Of the file that names every connection of the machine. */
const TABLE_BYTES_MAX = 67_108_864;

/**
 * Whether the program at the other end of a connection over loopback may ask: it is run by this very user, or by root, who may do anything.
 * True where the system does not say (no /proc): the secret path alone decides there. A connection that is in neither table is over.
 */
export async function isOwnPeer(socket: Socket): Promise<boolean> {
  const own = process.getuid?.();
  if (process.platform !== "linux" || own === undefined) return true;
  const [from, to] = [socket.remotePort ?? 0, socket.localPort ?? 0];
  for (const file of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    const table = await readFile(file, "latin1").catch(() => null);
    if (file === "/proc/net/tcp" && table === null) return true;
    if (table === null || table.length > TABLE_BYTES_MAX) continue;
    const user = findUser(table, from, to);
    if (user !== null) return user === own || user === 0;
  }
  return false;
}

/** 127.0.0.1, alone and mapped to IPv6, as the kernel writes them: 32-bit words in this machine's order. */
const LOOPBACK = [
  "0100007F",
  "0000000000000000FFFF00000100007F",
  "7F000001",
  "00000000000000000000FFFF7F000001",
];

/**
 * Who has the connection from port `from` to port `to` of 127.0.0.1, by the kernel's table; null when it is not in it.
 *
 * The table is that of proc(5), /proc/net/tcp: `address:port` in hexadecimal, the second and third column; the eighth is the user
 */
export function findUser(table: string, from: number, to: number): number | null {
  const ends = (port: number) => {
    const hexadecimal = port.toString(16).toUpperCase().padStart(4, "0");
    return new Set(LOOPBACK.map((address) => `${address}:${hexadecimal}`));
  };
  const [local, remote] = [ends(from), ends(to)];
  for (const line of table.split("\n")) {
    const columns = line.trim().split(/\s+/);
    if (local.has(columns[1] ?? "") && remote.has(columns[2] ?? "")) return Number(columns[7]);
  }
  return null;
}
