// SPDX-License-Identifier: Apache-2.0
import { type Anchor, quote } from "@countermark/formats";
import {
  type Clock,
  createLogReader,
  type Lock,
  LogError,
  type LogReader,
  type NoteSigner,
  nodeCrypto,
  type SealedHead,
  Sequencer,
  type Storage,
} from "@countermark/log";
import {
  apply,
  emptyState,
  findUnknownRules,
  genesisOf,
  type LedgerState,
  type TreeHead,
} from "@countermark/verify";
import { createLedgerComposer, type SealedStatement } from "./compose.ts";
import type { Countersigner } from "./countersign.ts";
import type { LedgerRequest } from "./request.ts";

export interface LedgerOptions {
  readonly origin: string;
  readonly signer: NoteSigner;
  readonly storage: Storage;
  readonly lock: Lock;
  readonly clock: Clock;
  readonly countersigners: readonly Countersigner[];
  /** Sealed when the ledger is empty. */
  readonly genesis: LedgerRequest;
  /** The newest released head; null before the first. */
  anchor(): Anchor | null;
  keepSealed(statements: readonly SealedStatement[]): Promise<void>;
  /** Told the state at each sealed head, and at every leaf while the ledger is read back. */
  onState(state: LedgerState): void;
  /** The heads of this log that cosigners hold: nothing is signed while one is larger than ours. */
  ownHeads(): Promise<readonly TreeHead[]>;
  readonly onStop?: (error: LogError) => void;
}

/** The index's ledger: one writer, and the state after its newest sealed entry. */
export interface Ledger {
  head(): SealedHead;
  state(): LedgerState;
  /** Resolves when the entry is sealed. @throws LedgerRefusal, LogError */
  seal(request: LedgerRequest): Promise<{ readonly index: number }>;
  /** Seals a state leaf alone, so that the ledger's time moves on. Nothing happens when no newer head was released. */
  sealTime(): Promise<void>;
  /** Reads entries and proofs up to the newest sealed head. */
  reader(): Promise<LogReader>;
  close(): Promise<void>;
}

/** What a ledger that takes no entries is read from. */
export interface ReadOnlyLedgerOptions {
  readonly storage: Storage;
  /** The newest head that the log signed, as the storage has it: what was taken out of service up to there stays out. */
  readonly head: SealedHead;
  /** The head that was released last. */
  readonly released: TreeHead;
  onState(state: LedgerState): void;
  /** Why nothing is taken: what every seal is refused with. */
  readonly why: LogError;
}

/**
 * Reads the ledger up to the head that its storage has, for an index that may not write: a storage that is behind its own head must not
 * sign, and what it released is true all the same.
 *
 * @throws LogError `not-found`, `not-authentic` when the storage does not hold that tree, or it does not begin with the released one
 */
export async function readLedger(options: ReadOnlyLedgerOptions): Promise<Ledger> {
  const { storage, head, why } = options;
  const { sha256 } = nodeCrypto;
  const reader = await createLogReader(storage, options.released, sha256).extend(head);
  let state = emptyState(nodeCrypto.sha256);
  for (const leaf of await reader.readEntries(0, head.size)) {
    state = (await apply(state, leaf, nodeCrypto)).state;
    options.onState(state);
  }
  return {
    head: () => head,
    state: () => state,
    seal: () => Promise.reject(why),
    sealTime: () => Promise.reject(why),
    reader: () => Promise.resolve(reader),
    close: () => Promise.resolve(),
  };
}

/**
 * Opens the ledger: finishes what was committed before a crash, replays every leaf through the same rules as everybody,
 * and writes the genesis of a new one.
 */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const composer = createLedgerComposer({
    origin: options.origin,
    countersigners: options.countersigners,
    anchor: () => options.anchor(),
    keepSealed: (statements) => options.keepSealed(statements),
  });
  const sequencer = await Sequencer.open<LedgerRequest>({
    origin: options.origin,
    signer: options.signer,
    storage: options.storage,
    lock: options.lock,
    clock: options.clock,
    ownHeads: () => options.ownHeads(),
    composer: {
      compose: (items, at) => composer.compose(items, at),
      async committed(batch) {
        await composer.committed(batch);
        options.onState(composer.state());
      },
    },
    ...(options.onStop === undefined ? {} : { onStop: options.onStop }),
  });
  let reader = createLogReader(options.storage, sequencer.head(), nodeCrypto.sha256);
  const leaves = await reader.readEntries(composer.state().size, sequencer.head().size);
  for (const leaf of leaves) options.onState(await composer.replay(leaf));
  if (!isKnown(composer.state())) {
    await sequencer.close();
    throw new LogError(
      "ledger-rules-unknown",
      `Cannot open the ledger ${quote(options.origin)}: no rules are known here by which it could be continued`,
    );
  }
  if (sequencer.head().size === 0) await sequencer.add(options.genesis);
  return {
    head: () => sequencer.head(),
    state: () => composer.state(),
    seal: (request) => sequencer.add(request),
    async sealTime() {
      await sequencer.seal();
    },
    async reader() {
      const head = sequencer.head();
      if (head.size > reader.head.size) reader = await reader.extend(head);
      return reader;
    },
    close: () => sequencer.close(),
  };
}

/** Whether every leaf so far could be judged, the genesis first of all. */
function isKnown(state: LedgerState): boolean {
  return findUnknownRules(state) === null && (state.size === 0 || genesisOf(state) !== null);
}
