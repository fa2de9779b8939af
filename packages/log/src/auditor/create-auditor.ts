// SPDX-License-Identifier: Apache-2.0
import { encodeHex, equalBytes, utf8 } from "@countermark/formats";
import type { SignedCheckpoint, TreeHead } from "@countermark/verify";
import type { Hono } from "hono";
import { LogError } from "../failure.ts";
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
/** How long evidence that did not hold is not asked for again. By the clock of `audit`. */
const RETRY_SECONDS = 30;
/** Heads that are examined or wait for it. The log has one candidate at a time: more are somebody's replay. */
const HEADS_MAX = 4;

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

/** Examines one head after the other. Whoever asks for a head that is being examined, or waits to be, gets its answer. */
function createExamination(options: AuditorOptions): (to: SignedCheckpoint) => Promise<void> {
  const auditor = new LedgerAuditor(options.audit);
  const underWay = new Map<string, Promise<void>>();
  let reader: LogReader | null = null;
  let last: Promise<unknown> = Promise.resolve();
  const examine = async (head: TreeHead): Promise<void> => {
    reader = await readerAt(head, reader, options);
    await auditor.follow(reader, await readProgress(options.progress, reader));
    await auditor.retry(RETRY_SECONDS);
    requireAudited(auditor.report());
    await options.progress.replace(PROGRESS_PATH, utf8(`${head.size}\n${encodeHex(head.root)}\n`));
  };
  return ({ size, root }) => {
    const name = `${size} ${encodeHex(root)}`;
    const known = underWay.get(name);
    if (known !== undefined) return known;
    if (underWay.size >= HEADS_MAX) {
      const reason = `Cannot examine ${size}: ${underWay.size} heads are waiting already`;
      return Promise.reject(new LogError("audit-busy", reason));
    }
    const examined = last.then(() => examine({ size, root })).finally(() => underWay.delete(name));
    underWay.set(name, examined);
    last = examined.catch(() => {});
    return examined;
  };
}

async function readerAt(
  head: TreeHead,
  before: LogReader | null,
  options: AuditorOptions,
): Promise<LogReader> {
  if (before === null) return createLogReader(options.tiles, head, options.crypto.sha256);
  if (head.size < before.head.size) {
    throw new LogError("audit-behind", `Cannot audit ${head.size}: ${before.head.size} entries were read`);
  }
  const isSame = head.size === before.head.size && equalBytes(head.root, before.head.root);
  return isSame ? before : await before.extend(head);
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
