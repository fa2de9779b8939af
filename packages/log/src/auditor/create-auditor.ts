// SPDX-License-Identifier: Apache-2.0
import { encodeHex, utf8 } from "@countermark/formats";
import type { SignedCheckpoint } from "@countermark/verify";
import type { Hono } from "hono";
import { createLogReader, type LogReader } from "../log-reader.ts";
import type { Storage } from "../port.ts";
import type { Tiles } from "../tiles.ts";
import { createWitness, type WitnessedLog, type WitnessOptions } from "../witness/serve.ts";
import { type AuditPorts, LedgerAuditor, requireAudited } from "./audit-ledger.ts";

export interface AuditorOptions extends Omit<WitnessOptions, "logs" | "examine"> {
  readonly log: WitnessedLog;
  /** The log's tiles, those of sealed heads included. */
  readonly tiles: Tiles;
  readonly audit: AuditPorts;
  /** Where it is remembered how far entries were admitted; may be lost, which costs a full audit. */
  readonly progress: Pick<Storage, "read" | "replace">;
}

const PROGRESS_PATH = "admitted";

/**
 * A cosigner that says more than a witness: it replays the ledger up to the head that it is asked about, and cosigns only
 * what kept the rules. The protocol is a witness's.
 *
 * @spec specs/ledger-kinds.md#admission; c2sp.org/tlog-witness
 */
export function createAuditor(options: AuditorOptions): Hono {
  const { log, ...witness } = options;
  const examination = createExamination(options);
  return createWitness({ ...witness, logs: [log], examine: examination });
}

/** Examines one head after the other; the second waits for the first. */
function createExamination(options: AuditorOptions): (to: SignedCheckpoint) => Promise<void> {
  const auditor = new LedgerAuditor(options.audit);
  let reader: LogReader | null = null;
  let last: Promise<unknown> = Promise.resolve();
  const examine = async (to: SignedCheckpoint): Promise<void> => {
    const head = { size: to.size, root: to.root };
    const { sha256 } = options.crypto;
    reader = reader === null ? createLogReader(options.tiles, head, sha256) : await reader.extend(head);
    await auditor.follow(reader, await readProgress(options.progress, reader));
    await auditor.retry();
    requireAudited(auditor.report());
    await options.progress.replace(PROGRESS_PATH, utf8(`${head.size}\n${encodeHex(head.root)}\n`));
  };
  return (to) => {
    const examined = last.then(() => examine(to));
    last = examined.catch(() => {});
    return examined;
  };
}

/** How far this log was admitted before; 0 where that was another tree. */
async function readProgress(progress: AuditorOptions["progress"], reader: LogReader): Promise<number> {
  const bytes = await progress.read(PROGRESS_PATH);
  const [, sizeText, root] =
    /^([0-9]{1,15})\n([0-9a-f]{64})\n$/.exec(Buffer.from(bytes ?? []).toString("latin1")) ?? [];
  const size = Number(sizeText);
  if (sizeText === undefined || size > reader.head.size) return 0;
  return encodeHex(await reader.rootAt(size)) === root ? size : 0;
}
