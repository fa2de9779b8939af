// SPDX-License-Identifier: Apache-2.0
import { encodeHex, leafHash } from "@countermark/formats";
import {
  type Clock,
  type Composer,
  createLogReader,
  createNoteSigner,
  type Lock,
  type LogError,
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
  /** Told once when a write has an unknown result. Nothing is taken afterwards: the process should end. */
  readonly onStop: (error: LogError) => void;
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
  /** The newest signed checkpoint. No cosigner is asked: it is released as soon as it is sealed. */
  checkpoint(): Uint8Array;
  close(): Promise<void>;
}

const BATCH_DELAY_MS = 20;

/** Opens the log, and reads all of its entries once: where each one is, is known from memory afterwards. */
export async function openEntryLog(options: EntryLogOptions): Promise<EntryLog> {
  const { origin, key, storage, lock, clock, onStop } = options;
  /** Leaf hash -> index: of entries that are sealed, and of those that are being sealed now. */
  const places = new Map<string, Promise<number>>();
  const sequencer = await Sequencer.open({
    origin,
    signer: createNoteSigner(origin, key),
    storage,
    lock,
    composer: EACH_ITS_OWN_LEAF,
    clock,
    batchDelayMs: BATCH_DELAY_MS,
    onStop,
  });
  const readHead = () => createLogReader(storage, sequencer.head(), nodeCrypto.sha256);
  const sealed = await readHead().readEntries(0, sequencer.head().size);
  for (const [index, entry] of sealed.entries()) places.set(nameOf(entry), Promise.resolve(index));
  return {
    async append(entry) {
      const name = nameOf(entry);
      const known = places.get(name);
      if (known !== undefined) return await known;
      const place = sequencer.add(entry).then(({ index }) => index);
      places.set(name, place);
      return await place;
    },
    async prove(index) {
      const head = sequencer.head();
      const hashes = await readHead().inclusionProof(index, head.size);
      return { index, treeSize: head.size, rootHash: head.root, hashes, checkpoint: head.note };
    },
    checkpoint: () => sequencer.head().note,
    close: () => sequencer.close(),
  };
}

const EACH_ITS_OWN_LEAF: Composer<Uint8Array> = {
  compose: async (entries) => ({
    leaves: entries,
    sidecar: new Uint8Array(),
    results: entries.map((_entry, index) => ({ kind: "leaf", index })),
  }),
  committed: async () => {},
};

function nameOf(entry: Uint8Array): string {
  return encodeHex(leafHash(nodeCrypto.sha256, entry));
}
