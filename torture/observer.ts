// SPDX-License-Identifier: Apache-2.0
import { appendFileSync } from "node:fs";
import { encodeHex, parseVkey } from "@countermark/formats";
import { createLogReader, httpTiles, type LogReader, nodeCrypto } from "@countermark/log";
import { verifyCheckpoint } from "@countermark/verify";
import type { Findings } from "./findings.ts";

/** Somebody outside who keeps every head of the log that anyone ever saw, and believes none that does not fit the others. */
export interface Observer {
  /** A checkpoint that went by; it must be signed by the log. */
  see(note: Uint8Array, where: string): Promise<number | null>;
  /** Reads the log up to the largest head seen: each head that was seen is a beginning of it. */
  compare(): Promise<void>;
  largest(): number;
  /** How many different heads were seen. */
  count(): number;
}

interface Seen {
  readonly root: string;
  readonly bytes: Uint8Array;
  readonly where: string;
}

export interface ObserverOptions {
  readonly origin: string;
  readonly logVkey: string;
  readonly indexUrl: string;
  /** Every head is appended to it. */
  readonly file: string;
  readonly findings: Findings;
}

export function openObserver(options: ObserverOptions): Observer {
  const { origin, findings } = options;
  const vkeys = [parseVkey(options.logVkey, nodeCrypto.sha256)];
  const heads = new Map<number, Seen>();
  const compared = new Set<number>();
  const tiles = httpTiles(options.indexUrl, (url, init) => fetch(url, init), { timeoutMs: 5_000 });
  let reader: LogReader | null = null;
  const largest = (): number => Math.max(0, ...heads.keys());
  return {
    async see(note, where) {
      const head = await verifyCheckpoint(note, { vkeys, origin }, nodeCrypto).catch((error: unknown) => {
        findings.add("forked", `${where}: a checkpoint that the log did not sign: ${String(error)}`);
        return null;
      });
      if (head === null) return null;
      const root = encodeHex(head.root);
      const known = heads.get(head.size);
      if (known === undefined) {
        heads.set(head.size, { root, bytes: head.root, where });
        appendFileSync(options.file, `${head.size} ${root} ${where}\n`);
      } else if (known.root !== root) {
        findings.add(
          "forked",
          `two trees of ${head.size} leaves are signed: ${known.root} (${known.where}) and ${root} (${where})`,
        );
      }
      return head.size;
    },
    async compare() {
      const size = largest();
      const newest = heads.get(size);
      if (newest === undefined) return;
      const head = { size, root: newest.bytes };
      const before: LogReader | null = reader;
      const next: LogReader =
        before === null
          ? createLogReader(tiles, head, nodeCrypto.sha256)
          : before.head.size === size
            ? before
            : await before.extend(head);
      for (const [known, { root, where }] of heads) {
        if (compared.has(known)) continue;
        const found = encodeHex(await next.rootAt(known));
        if (found !== root) {
          findings.add(
            "forked",
            `the tree of ${size} leaves does not begin with that of ${known} (${where})`,
          );
        }
        compared.add(known);
      }
      reader = next;
    },
    largest,
    count: () => heads.size,
  };
}
