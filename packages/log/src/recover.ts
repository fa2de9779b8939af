// SPDX-License-Identifier: Apache-2.0
import {
  type Checkpoint,
  emptyRoot,
  equalBytes,
  parseCheckpoint,
  parseUtf8,
  utf8,
} from "@countermark/formats";
import type { TreeHead } from "@countermark/verify";
import { LogError } from "./failure.ts";
import { batchPath, type FrozenBatch, parseFrozenBatch } from "./frozen-batch.ts";
import { createLogReader } from "./log-reader.ts";
import { nodeCrypto } from "./node-crypto.ts";
import { finishTree, growTree, signHeld } from "./seal.ts";
import { bodyOf, type LogPorts, readSealed, SEALED_PATH, type SealedHead } from "./sealed-head.ts";
import { readEdge } from "./tiles.ts";
import { EMPTY_EDGE, type TreeEdge } from "./tree-edge.ts";

/** A log that may be extended: storage and lock store agree on its head. */
export interface RecoveredLog {
  readonly edge: TreeEdge;
  readonly head: SealedHead;
  readonly body: string;
  /** A batch that was committed and perhaps not delivered to the composer. */
  readonly batch: FrozenBatch | null;
  /** Frozen batches in the storage, to be removed once the head has moved on and they can no longer win. */
  readonly pending: readonly string[];
}

/**
 * Asks cosigners which heads of this log they hold; each must be signed by the log itself.
 *
 * @throws LogError `own-heads-unknown` when a released head may be missing; see fetchOwnHeads
 */
export type OwnHeads = () => Promise<readonly TreeHead[]>;

/**
 * Finds where the log stands. The lock store decides; the storage is brought up to it from the frozen batch of exactly that
 * tree, and nothing else is ever composed or signed for it.
 *
 * @throws LogError `own-heads-unknown`, `behind-own-head`, `lock-behind`, `fork-refused`, `storage-damaged`
 */
export async function recoverLog(ports: LogPorts, ownHeads: OwnHeads): Promise<RecoveredLog> {
  const sealed = await readSealed(ports.storage);
  const pending = await ports.storage.list("pending/");
  const heads = await ownHeads();
  const body = await readBody(ports, sealed !== null || pending.length > 0, heads);
  const locked = parseCheckpoint(body);
  requireOwnHead(ports.origin, locked, heads);
  requireNotAhead(ports.origin, locked, sealed);
  const path = batchPath(locked.size, locked.root);
  if (pending.includes(path)) return { ...(await replay(ports, path, body, heads)), body, pending };
  const known = sealed?.text === body || (sealed === null && locked.size === 0);
  if (!known) {
    throw new LogError(
      "behind-own-head",
      `Cannot open ${ports.origin}: its storage ends at ${sealed?.size ?? 0}, its lock store at ${locked.size}`,
    );
  }
  const edge = locked.size === 0 ? EMPTY_EDGE : await readOwnEdge(ports, locked);
  await requireBeginnings(ports, locked, heads);
  const head = await signHeld(ports, body);
  // Written again when it was lost before it was durable, or when the log has a new key.
  const note = await ports.storage.read(SEALED_PATH);
  if (note === null || !equalBytes(note, head.note)) await ports.storage.replace(SEALED_PATH, head.note);
  return { edge, head, body, batch: null, pending };
}

/** The lock store's body; for a log that nobody has seen yet, that of the empty tree. */
async function readBody(
  ports: LogPorts,
  storageHasLog: boolean,
  heads: readonly TreeHead[],
): Promise<string> {
  const held = await ports.lock.read(ports.origin);
  if (held !== null) return parseUtf8(held, "lock store");
  if (storageHasLog) {
    throw new LogError("lock-behind", `Cannot open ${ports.origin}: its lock store holds nothing`);
  }
  const root = emptyRoot(nodeCrypto.sha256);
  requireOwnHead(ports.origin, { size: 0, root }, heads);
  const body = bodyOf(ports.origin, 0, root);
  await ports.lock.swap(ports.origin, null, utf8(body));
  return body;
}

/** A head of ours that someone holds and we do not is one that we would sign a second time, differently. */
function requireOwnHead(origin: string, locked: TreeHead, heads: readonly TreeHead[]): void {
  for (const head of heads) {
    const other = head.size === locked.size && !equalBytes(head.root, locked.root);
    if (head.size > locked.size || other) {
      throw new LogError(
        "behind-own-head",
        `Cannot open ${origin}: a cosigner holds our head of ${head.size}, our lock store ends at ${locked.size}`,
      );
    }
  }
}

function requireNotAhead(
  origin: string,
  locked: Checkpoint,
  sealed: (Checkpoint & { readonly text: string }) | null,
): void {
  if (sealed === null) return;
  if (sealed.size > locked.size) {
    throw new LogError(
      "lock-behind",
      `Cannot open ${origin}: its storage is sealed at ${sealed.size}, its lock store ends at ${locked.size}`,
    );
  }
  if (sealed.size === locked.size && !equalBytes(sealed.root, locked.root)) {
    throw new LogError("fork-refused", `Cannot open ${origin}: two trees of ${sealed.size} leaves`);
  }
}

/** Finishes what was committed, from the bytes that were frozen before it was. */
async function replay(
  ports: LogPorts,
  path: string,
  body: string,
  heads: readonly TreeHead[],
): Promise<{ edge: TreeEdge; head: SealedHead; batch: FrozenBatch }> {
  const bytes = await ports.storage.read(path);
  if (bytes === null) throw damaged(ports, `${path} is gone`);
  const batch = parseFrozenBatch(bytes, path, nodeCrypto.sha256);
  const from = parseCheckpoint(batch.from);
  const next = growTree(ports.origin, await readOwnEdge(ports, from), batch);
  if (next.batch.to !== body || batch.to !== body || batch.firstIndex !== from.size) {
    throw damaged(ports, `${path} leads to another tree than its name says`);
  }
  await requireBeginnings(ports, from, heads);
  return { edge: next.edge, head: await finishTree(ports, next), batch };
}

/** A smaller head of ours that someone holds begins this tree; if not, we signed two histories, and sign nothing more. */
async function requireBeginnings(ports: LogPorts, tree: TreeHead, heads: readonly TreeHead[]): Promise<void> {
  const reader = createLogReader(ports.storage, tree, nodeCrypto.sha256);
  for (const { size, root } of heads) {
    if (size > 0 && size <= tree.size && !equalBytes(await reader.rootAt(size), root)) {
      throw new LogError(
        "behind-own-head",
        `Cannot open ${ports.origin}: a cosigner holds our head of another tree of ${size} leaves`,
      );
    }
  }
}

async function readOwnEdge(ports: LogPorts, head: TreeHead): Promise<TreeEdge> {
  if (head.size === 0) return EMPTY_EDGE;
  try {
    return await readEdge(ports.storage, head, nodeCrypto.sha256);
  } catch (cause) {
    if (!(cause instanceof LogError)) throw cause;
    throw new LogError("storage-damaged", `Cannot open ${ports.origin}: ${cause.message}`, { cause });
  }
}

function damaged(ports: LogPorts, why: string): LogError {
  return new LogError("storage-damaged", `Cannot open ${ports.origin}: ${why}`);
}
