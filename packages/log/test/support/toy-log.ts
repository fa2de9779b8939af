// SPDX-License-Identifier: Apache-2.0
import { leafHash, parseCheckpoint, parseNote, treeRoot, utf8 } from "@countermark/formats";
import {
  type Composer,
  createEd25519,
  createNoteSigner,
  type FrozenBatch,
  type Lock,
  memoryLock,
  memoryStorage,
  type NoteSigner,
  nodeCrypto,
  Sequencer,
  type SequencerOptions,
  type Storage,
} from "@countermark/log";

export const ORIGIN = "log.example/toy";
export const LOG_KEY = createEd25519(new Uint8Array(32).fill(1));

/** A composer whose leaves are the items, and that can refuse. It keeps what it was told is committed. */
export function toyComposer(): Composer<string> & { readonly batches: FrozenBatch[] } {
  const batches: FrozenBatch[] = [];
  return {
    batches,
    async compose(items) {
      const accepted = items.filter((item) => !item.startsWith("bad"));
      const results = items.map((item) =>
        item.startsWith("bad")
          ? { kind: "refused" as const, error: new RangeError(`refused ${item}`) }
          : { kind: "leaf" as const, index: accepted.indexOf(item) },
      );
      return { leaves: accepted.map(utf8), sidecar: utf8(accepted.join()), results };
    },
    async committed(batch) {
      batches.push(batch);
    },
  };
}

/** A signer that remembers every text it signed. */
export function rememberingSigner(): NoteSigner & { readonly signed: string[] } {
  const signer = createNoteSigner(ORIGIN, LOG_KEY);
  const signed: string[] = [];
  return {
    vkey: signer.vkey,
    signed,
    sign(text) {
      signed.push(text);
      return signer.sign(text);
    },
  };
}

export function toyOptions(
  parts: Partial<SequencerOptions<string>> & { storage?: Storage; lock?: Lock } = {},
): SequencerOptions<string> {
  return {
    origin: ORIGIN,
    signer: createNoteSigner(ORIGIN, LOG_KEY),
    storage: memoryStorage(),
    lock: memoryLock(),
    composer: toyComposer(),
    clock: () => 1_700_000_000,
    ...parts,
  };
}

/** Opens a log, adds `count` leaves (`leaf 0`, ...), in one batch or one by one, and returns it with its parts. */
export async function toyLog(count: number, parts: Partial<SequencerOptions<string>> = {}) {
  const options = toyOptions(parts);
  const sequencer = await Sequencer.open(options);
  await Promise.all(Array.from({ length: count }, (_, i) => sequencer.add(`leaf ${i}`)));
  return { options, sequencer, storage: options.storage, lock: options.lock };
}

/** The leaves that `toyLog` adds. */
export function toyLeaves(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => utf8(`leaf ${i}`));
}

export function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  return treeRoot(
    nodeCrypto.sha256,
    leaves.map((leaf) => leafHash(nodeCrypto.sha256, leaf)),
  );
}

export function headOf(note: Uint8Array): { size: number; root: Uint8Array } {
  return parseCheckpoint(parseNote(note).text);
}
