// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { utf8 } from "@countermark/formats";
import {
  type Composer,
  createEd25519,
  createNoteSigner,
  fileStorage,
  Sequencer,
  sqliteLock,
  systemClock,
} from "@countermark/log";
import { secondsOf } from "./measure.ts";

export interface SealRates {
  /** Seals per second, each with one entry, one after the other. */
  readonly seals: number;
  /** Entries per second when they come faster than they can be sealed. */
  readonly entries: number;
}

const ORIGIN = "bench.test/log";
const ENTRY_BYTES = 1_500;
const BATCH = 256;

/** The log's engine on files and SQLite, every write durable, in `folder`. */
export async function measureSeals(folder: string, seals: number, batches: number): Promise<SealRates> {
  const dir = mkdtempSync(join(folder, "log-"));
  const lock = sqliteLock(join(dir, "lock.sqlite"));
  const sequencer = await Sequencer.open<Uint8Array>({
    origin: ORIGIN,
    signer: createNoteSigner(ORIGIN, createEd25519()),
    storage: fileStorage(join(dir, "log")),
    lock,
    composer: takeAll,
    clock: systemClock,
  });
  const sealSeconds = await secondsOf(async () => {
    for (let i = 0; i < seals; i++) await sequencer.add(entry(i));
  });
  const entrySeconds = await secondsOf(async () => {
    for (let i = 0; i < batches; i++) {
      await Promise.all(Array.from({ length: BATCH }, (_, j) => sequencer.add(entry(seals + i * BATCH + j))));
    }
  });
  await sequencer.close();
  lock.close();
  return { seals: seals / sealSeconds, entries: (batches * BATCH) / entrySeconds };
}

/** Every item is a leaf. */
const takeAll: Composer<Uint8Array> = {
  compose: async (items) => ({
    leaves: items,
    sidecar: new Uint8Array(),
    results: items.map((_, index) => ({ kind: "leaf", index })),
  }),
  committed: async () => {},
};

function entry(number: number): Uint8Array {
  return utf8(`${number} `.padEnd(ENTRY_BYTES, "x"));
}
