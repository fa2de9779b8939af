// SPDX-License-Identifier: Apache-2.0
import { type Checkpoint, parseCheckpoint } from "@countermark/formats";
import type { Clock } from "./clock.ts";
import { LogError } from "./failure.ts";
import { batchPath, type FrozenBatch, requireLeaves } from "./frozen-batch.ts";
import { type OwnHeads, type RecoveredLog, recoverLog } from "./recover.ts";
import { commitTree, finishTree, growTree } from "./seal.ts";
import type { LogPorts, SealedHead } from "./sealed-head.ts";
import type { TreeEdge } from "./tree-edge.ts";

/** What a composer made of a batch of items. */
export interface Composed {
  /** Empty: nothing is sealed. */
  readonly leaves: readonly Uint8Array[];
  /** Kept with the batch, durable before it is committed, and given back to `committed`. */
  readonly sidecar: Uint8Array;
  /** One per item, in order; `index` is a position in `leaves`. */
  readonly results: readonly ItemResult[];
}

export type ItemResult =
  | { readonly kind: "leaf"; readonly index: number }
  | { readonly kind: "refused"; readonly error: Error };

/** Turns items into leaves. The only place that knows what the leaves mean. */
export interface Composer<Item> {
  /** Changes nothing that lasts: the batch may never be committed. A throw refuses every item, and the log goes on. */
  compose(items: readonly Item[], at: ComposedAt): Promise<Composed>;
  /** The batch is in the log for ever. Called in order, before its items resolve; after a crash perhaps a second time. */
  committed(batch: FrozenBatch): Promise<void>;
}

/** The tree that the batch will extend, and the time of sealing. */
export interface ComposedAt {
  readonly size: number;
  readonly root: Uint8Array;
  readonly time: number;
}

/** Where an item is, and the first sealed head that covers it. */
export interface SealedItem {
  readonly index: number;
  readonly size: number;
  readonly root: Uint8Array;
}

export interface SequencerOptions<Item> extends LogPorts {
  readonly composer: Composer<Item>;
  readonly clock: Clock;
  readonly batchItemsMax?: number;
  /** How long a batch waits for company, in real time. 0: only for the batch before it. */
  readonly batchDelayMs?: number;
  readonly ownHeads?: OwnHeads;
  /** Told once when a write has an unknown result; the process should exit, or open the log again. */
  readonly onStop?: (error: LogError) => void;
}

interface Waiting<Item> {
  readonly item: Item;
  readonly resolve: (sealed: SealedItem) => void;
  readonly reject: (error: Error) => void;
}

interface Forced {
  readonly resolve: (checkpoint: Checkpoint | null) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The single writer of a log: batches items, seals each batch in the order of design.md section 6. One batch is under way at
 * a time. Any write of unknown result stops it for good; what is true then is found out by opening the log again.
 */
export class Sequencer<Item> {
  readonly #options: SequencerOptions<Item>;
  #edge: TreeEdge;
  #body: string;
  #head: SealedHead;
  #leftovers: readonly string[];
  #queue: Waiting<Item>[] = [];
  #forced: Forced[] = [];
  #running: Promise<void> | null = null;
  /** Why nothing is taken any more: closed, or stopped by a write of unknown result. */
  #stopped: LogError | null = null;

  private constructor(options: SequencerOptions<Item>, log: RecoveredLog) {
    this.#options = options;
    this.#edge = log.edge;
    this.#body = log.body;
    this.#head = log.head;
    this.#leftovers = log.pending;
  }

  /**
   * Opens the log, first finishing a batch that was committed before a crash; the composer is told of it once more.
   *
   * @throws LogError `own-heads-unknown` (nothing was written: open again later), `behind-own-head`, `lock-behind`,
   *   `fork-refused`, `storage-damaged`
   */
  static async open<Item>(options: SequencerOptions<Item>): Promise<Sequencer<Item>> {
    if (options.signer.vkey.name !== options.origin) {
      throw new TypeError(`Cannot sign for ${options.origin} as ${options.signer.vkey.name}`);
    }
    const log = await recoverLog(options, options.ownHeads ?? (async () => []));
    const sequencer = new Sequencer(options, log);
    if (log.batch !== null) {
      await options.composer.committed(log.batch);
      await sequencer.#removeLeftovers();
    }
    return sequencer;
  }

  /** The newest sealed head. Not released: show it to cosigners only. */
  head(): SealedHead {
    return this.#head;
  }

  /** Why nothing is sealed any more, or null. */
  stopped(): LogError | null {
    return this.#stopped;
  }

  /** Resolves once the item is sealed. @throws LogError `sequencer-stopped`, or what the composer refused it with */
  add(item: Item): Promise<SealedItem> {
    return new Promise((resolve, reject) => {
      if (this.#stopped !== null) return reject(this.#stopped);
      this.#queue.push({ item, resolve, reject });
      this.#start();
    });
  }

  /** Seals a batch now, with what is waiting and perhaps nothing: the composer decides. Null when it made no leaf. */
  seal(): Promise<Checkpoint | null> {
    return new Promise((resolve, reject) => {
      if (this.#stopped !== null) return reject(this.#stopped);
      this.#forced.push({ resolve, reject });
      this.#start();
    });
  }

  /** Waits for what is under way; everything later is refused. */
  async close(): Promise<void> {
    this.#stopped ??= new LogError(
      "sequencer-stopped",
      `Cannot add to ${this.#options.origin}: it is closed`,
    );
    await this.#running;
  }

  #start(): void {
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    await this.#gather();
    while (this.#queue.length > 0 || this.#forced.length > 0) {
      const forced = this.#forced.splice(0);
      const batch = this.#queue.splice(0, this.#options.batchItemsMax ?? 1_024);
      try {
        const checkpoint = await this.#sealBatch(batch);
        for (const waiting of forced) waiting.resolve(checkpoint);
      } catch (error) {
        const refusal = error instanceof Error ? error : new TypeError(String(error));
        for (const waiting of [...batch, ...forced]) waiting.reject(refusal);
      }
    }
    // In the same turn as the look at the queue, so that no one who adds in between is left waiting.
    this.#running = null;
  }

  /** Lets company arrive: with no delay, everything that the present turn of the event loop adds. */
  async #gather(): Promise<void> {
    const delayMs = this.#forced.length > 0 ? 0 : (this.#options.batchDelayMs ?? 0);
    await new Promise<void>((resolve) => {
      if (delayMs === 0) setImmediate(resolve);
      else setTimeout(resolve, delayMs);
    });
  }

  async #sealBatch(batch: readonly Waiting<Item>[]): Promise<Checkpoint | null> {
    const { size, root } = this.#head;
    const time = this.#options.clock();
    const composed = await this.#compose(batch, { size, root, time });
    for (const [i, result] of composed.results.entries()) {
      if (result.kind === "refused") batch[i]?.reject(result.error);
    }
    if (composed.leaves.length === 0) return null;
    try {
      await this.#commit(composed, time);
    } catch (cause) {
      throw this.#stop(cause);
    }
    const head = this.#head;
    for (const [i, result] of composed.results.entries()) {
      if (result.kind !== "leaf") continue;
      batch[i]?.resolve({ index: size + result.index, size: head.size, root: head.root });
    }
    await this.#removeLeftovers().catch((cause: unknown) => this.#stop(cause));
    return parseCheckpoint(this.#body);
  }

  async #compose(batch: readonly Waiting<Item>[], at: ComposedAt): Promise<Composed> {
    const composed = await this.#options.composer.compose(
      batch.map((waiting) => waiting.item),
      at,
    );
    requireLeaves(composed.leaves);
    const count = composed.leaves.length;
    const fits = composed.results.every((result) => result.kind === "refused" || result.index < count);
    if (composed.results.length !== batch.length || !fits) {
      throw new TypeError("Cannot seal: the composer's results do not fit its items and leaves");
    }
    return composed;
  }

  async #commit(composed: Composed, time: number): Promise<void> {
    const { leaves, sidecar } = composed;
    const next = growTree(this.#options.origin, this.#edge, { from: this.#body, time, leaves, sidecar });
    await commitTree(this.#options, next);
    const head = await finishTree(this.#options, next);
    await this.#options.composer.committed(next.batch);
    this.#leftovers = [...this.#leftovers, batchPath(head.size, head.root)];
    this.#edge = next.edge;
    this.#body = next.batch.to;
    this.#head = head;
  }

  /**
   * Removes frozen batches once the head has moved: the one delivered, and those of before that never won and, because the
   * lock store no longer holds what they extend, never can.
   */
  async #removeLeftovers(): Promise<void> {
    const leftovers = this.#leftovers;
    this.#leftovers = [];
    for (const path of leftovers) await this.#options.storage.remove(path);
  }

  /** Ends this sequencer: everything that waits is refused with the returned error. */
  #stop(cause: unknown): LogError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const error = new LogError("sequencer-stopped", `Cannot add to ${this.#options.origin}: ${reason}`, {
      cause,
    });
    this.#stopped = error;
    for (const waiting of [...this.#queue.splice(0), ...this.#forced.splice(0)]) waiting.reject(error);
    this.#options.onStop?.(error);
    return error;
  }
}
