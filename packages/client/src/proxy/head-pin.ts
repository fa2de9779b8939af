// SPDX-License-Identifier: Apache-2.0
import { equalBytes, type TrustLimits } from "@countermark/formats";
import { createLogReader, httpTiles, type LogReader, nodeCrypto } from "@countermark/log";
import type { LedgerHead } from "@countermark/verify";
import { ClientError } from "../failure.ts";
import type { Fetch } from "../world.ts";
import type { HeadMemory, RememberedHead } from "./head-memory.ts";

/**
 * The newest head that this session has seen: it is never gone back behind, and every later one must begin with it. The first one
 * must go with what the machine remembers of earlier sessions.
 */
export type HeadPin = {
  /** @throws ClientError `head-went-back`; LogError `not-authentic`, `not-found`, `unavailable`; ParseError of the memory */
  advance(head: LedgerHead): Promise<void>;
  /** Of the newest head that was seen. @throws TypeError before there was one */
  reader(): LogReader;
};

/**
 * How far a first head may lie behind the remembered one, by the cosigners' clocks: two caches of one index are not of one age.
 * Never more than the age of which users are warned. Within a session nothing is excused, since one index answers it.
 */
const LAG_SECONDS_MAX = 300;

export type HeadPinPorts = {
  /** Base URL of the log, for consistency proofs. */
  readonly index: string;
  readonly fetch: Fetch;
  readonly memory: HeadMemory;
  readonly limits: Pick<TrustLimits, "Zwarn">;
};

export function createHeadPin({ index, fetch, memory, limits }: HeadPinPorts): HeadPin {
  const lagMax = Math.min(LAG_SECONDS_MAX, limits.Zwarn);
  let pinned: LogReader | null = null;
  let turn: Promise<void> = Promise.resolve();
  const readerOf = ({ size, root }: LogReader["head"]): LogReader =>
    createLogReader(httpTiles(index, fetch), { size, root }, nodeCrypto.sha256);

  const advance = async (head: LedgerHead): Promise<void> => {
    pinned = pinned === null ? await begin(head) : await goOn(pinned, head.checkpoint);
    await memory.keep(head);
  };
  const begin = async ({ checkpoint }: LedgerHead): Promise<LogReader> => {
    const known = await memory.recall(checkpoint.origin);
    if (known === null) return readerOf(checkpoint);
    if (checkpoint.size >= known.size) return await goOn(readerOf(known), checkpoint);
    requireRecent(checkpoint, known, lagMax);
    const reader = readerOf(checkpoint);
    // Behind, and still a part of the same history.
    await reader.extend(known);
    return reader;
  };
  return {
    reader: () => {
      if (pinned === null) throw new TypeError("Cannot read the log: no head was seen");
      return pinned;
    },
    advance: (head) => {
      // Heads are compared one after the other: requests run side by side.
      const next = turn.then(() => advance(head));
      turn = next.catch(() => undefined);
      return next;
    },
  };
}

/** The reader of the later head, which must begin with what `reader` has. @throws ClientError `head-went-back` */
async function goOn(reader: LogReader, { size, root }: LogReader["head"]): Promise<LogReader> {
  if (size > reader.head.size) return await reader.extend({ size, root });
  if (size === reader.head.size && equalBytes(root, reader.head.root)) return reader;
  throw wentBack(reader.head.size, size < reader.head.size ? `size ${size}` : "another tree of that size");
}

function requireRecent(shown: LedgerHead["checkpoint"], known: RememberedHead, lagMax: number): void {
  const behind = known.tLo - shown.tLo;
  if (behind <= lagMax) return;
  throw wentBack(known.size, `size ${shown.size}, ${behind} s older than what this machine has seen before`);
}

function wentBack(size: number, seen: string): ClientError {
  return new ClientError(
    "head-went-back",
    `Cannot use the index: expected its ledger to go on from size ${size}, seen ${seen}`,
  );
}
