// SPDX-License-Identifier: Apache-2.0
import { encodeHex, leafHash } from "@countermark/formats";
import {
  type Clock,
  type Composed,
  type Composer,
  createLogReader,
  createNoteSigner,
  type Lock,
  nodeCrypto,
  type PrivateKey,
  Sequencer,
  type Storage,
} from "@countermark/log";

export type EntryLogOptions = {
  readonly origin: string;
  /** Ed25519; signs checkpoints. */
  readonly key: PrivateKey;
  readonly storage: Storage;
  readonly lock: Lock;
  readonly clock: Clock;
};

/** An entry's place in the tree, under the checkpoint it is proved with. */
export type EntryProof = {
  readonly index: number;
  readonly treeSize: number;
  readonly rootHash: Uint8Array;
  readonly hashes: readonly Uint8Array[];
  /** A signed note. */
  readonly checkpoint: Uint8Array;
};

/** A log that asks nothing of its entries but that each is there once. */
export interface EntryLog {
  /** Resolves with the entry's index when it is durable and under a signed checkpoint: at once when it was there already. */
  append(entry: Uint8Array): Promise<number>;
  /** Proves the entry under the newest checkpoint. */
  prove(index: number): Promise<EntryProof>;
  close(): Promise<void>;
}

const BATCH_DELAY_MS = 20;

/** Opens the log, and reads all of its entries once: where each one is, is known from memory afterwards. */
export async function openEntryLog(options: EntryLogOptions): Promise<EntryLog> {
  const { origin, key, storage, lock, clock } = options;
  const places = new EntryPlaces();
  const composer: Composer<Uint8Array> = {
    compose: async (entries, at) => composeOnce(entries, at.size, places),
    committed: async (batch) => places.add(batch.leaves, batch.firstIndex),
  };
  const signer = createNoteSigner(origin, key);
  const sequencer = await Sequencer.open({
    origin,
    signer,
    storage,
    lock,
    composer,
    clock,
    batchDelayMs: BATCH_DELAY_MS,
  });
  const reader = () => createLogReader(storage, sequencer.head(), nodeCrypto.sha256);
  places.add(await reader().readEntries(0, sequencer.head().size), 0);
  return {
    async append(entry) {
      return places.find(entry) ?? (await sequencer.add(entry)).index;
    },
    async prove(index) {
      const head = sequencer.head();
      const hashes = await reader().inclusionProof(index, head.size);
      return { index, treeSize: head.size, rootHash: head.root, hashes, checkpoint: head.note };
    },
    close: () => sequencer.close(),
  };
}

/** Where each entry is, by its leaf hash. */
class EntryPlaces {
  readonly #places = new Map<string, number>();

  find(entry: Uint8Array): number | undefined {
    return this.#places.get(nameOf(entry));
  }

  add(entries: readonly Uint8Array[], firstIndex: number): void {
    for (const [i, entry] of entries.entries()) this.#places.set(nameOf(entry), firstIndex + i);
  }
}

function composeOnce(entries: readonly Uint8Array[], size: number, places: EntryPlaces): Composed {
  const leaves: Uint8Array[] = [];
  const fresh = new EntryPlaces();
  const results = entries.map((entry) => {
    const known = places.find(entry) ?? fresh.find(entry);
    if (known !== undefined) return { kind: "leaf" as const, index: known };
    const index = size + leaves.length;
    fresh.add([entry], index);
    leaves.push(entry);
    return { kind: "leaf" as const, index };
  });
  return { leaves, sidecar: new Uint8Array(), results };
}

function nameOf(entry: Uint8Array): string {
  return encodeHex(leafHash(nodeCrypto.sha256, entry));
}
