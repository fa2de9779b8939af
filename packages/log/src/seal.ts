// SPDX-License-Identifier: Apache-2.0
import { parseCheckpoint, parseUtf8, utf8 } from "@countermark/formats";
import { LogError } from "./failure.ts";
import { batchPath, encodeFrozenBatch, type FrozenBatch } from "./frozen-batch.ts";
import { nodeCrypto } from "./node-crypto.ts";
import { signNote } from "./note-signer.ts";
import { bodyOf, type LogPorts, SEALED_PATH, type SealedHead } from "./sealed-head.ts";
import { appendLeaves, edgeRoot, type TileFile, type TreeEdge } from "./tree-edge.ts";

/** A batch and the tree after it, computed and not yet believed by anyone. */
export interface NextTree {
  readonly batch: FrozenBatch;
  readonly edge: TreeEdge;
  readonly files: readonly TileFile[];
}

/** The tree that `batch` leads to from `edge`. Pure. */
export function growTree(
  origin: string,
  edge: TreeEdge,
  batch: Omit<FrozenBatch, "to" | "firstIndex">,
): NextTree {
  const next = appendLeaves(nodeCrypto.sha256, edge, batch.leaves);
  const to = bodyOf(origin, next.edge.size, edgeRoot(nodeCrypto.sha256, next.edge));
  return { batch: { ...batch, to, firstIndex: edge.size }, ...next };
}

/**
 * Freezes the batch, then moves the lock store to it: the commit point. After it the batch is in the log whatever happens;
 * before it, it is not. A throw leaves open which, unless the code is `lock-conflict`.
 */
export async function commitTree(ports: LogPorts, next: NextTree): Promise<void> {
  const { size, root } = parseCheckpoint(next.batch.to);
  // Replaces a batch of the same leaves that was frozen and not committed: either leads to the same tree.
  await ports.storage.replace(batchPath(size, root), encodeFrozenBatch(next.batch, nodeCrypto.sha256));
  await ports.lock.swap(ports.origin, utf8(next.batch.from), utf8(next.batch.to));
}

/**
 * Publishes a committed tree: tiles from the frozen batch, then the checkpoint that says so. Everything here may be done
 * again with the same result: tiles are immutable, and another signature of the same text is as good.
 */
export async function finishTree(ports: LogPorts, next: NextTree): Promise<SealedHead> {
  for (const file of next.files) await ports.storage.create(file.path, file.bytes);
  const head = await signHeld(ports, next.batch.to);
  await ports.storage.replace(SEALED_PATH, head.note);
  return head;
}

/**
 * Signs what the lock store holds, which must be `body`. The only place where this log signs: one body per size ever gets
 * into the lock store, so that no second tree of one size is ever signed.
 *
 * @throws LogError `lock-conflict`
 */
export async function signHeld(ports: LogPorts, body: string): Promise<SealedHead> {
  const held = await ports.lock.read(ports.origin);
  if (held === null || parseUtf8(held, "lock store") !== body) {
    throw new LogError("lock-conflict", `Cannot sign for ${ports.origin}: its lock store holds another head`);
  }
  const { size, root } = parseCheckpoint(body);
  return { size, root, note: signNote(body, ports.signer) };
}
