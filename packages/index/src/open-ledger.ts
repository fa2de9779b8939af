// SPDX-License-Identifier: Apache-2.0
import {
  type Clock,
  createNoteSigner,
  fetchOwnHeads,
  type LogError,
  nodeCrypto,
  Releaser,
  SEALED_PATH,
  type SealedHead,
} from "@countermark/log";
import { type LedgerState, logNow, verifyCheckpoint } from "@countermark/verify";
import { openReleases, type Releases } from "./release/releases.ts";
import { createCountersigner } from "./seal/countersign.ts";
import { requestGenesis } from "./seal/genesis.ts";
import { type Ledger, openLedger, readLedger } from "./seal/ledger.ts";
import { createLedgerClock, type LedgerClock } from "./seal/ledger-clock.ts";
import type { IndexOptions } from "./services.ts";
import type { Database } from "./store/database.ts";
import { keepSealed } from "./store/sealed.ts";

/** Ledger and releases, and how to close both. */
export interface OwnLedger {
  readonly clock: LedgerClock;
  readonly ledger: Ledger;
  readonly releases: Releases;
  close(): Promise<void>;
}

/**
 * Ledger and releases as they were released, for an index that may not write now.
 *
 * @param why what every entry is refused with
 * @throws `why` itself when nothing was ever released, or the storage's own head cannot be believed: what was taken out of service
 *   would be shown again
 */
export async function readOwnLedger(options: IndexOptions, why: LogError): Promise<OwnLedger> {
  const releaser = await openReleaser(options, options.clock);
  const released = releaser.released();
  if (released === null) throw why;
  const head = await readSealedHead(options);
  if (head === null) throw why;
  const releases = openReleases({ releaser, sealedHead: () => head });
  const { storage, clock, elapsed } = options;
  const onState = (state: LedgerState): void => releases.keepState(state);
  const ledger = await readLedger({ storage, head, released, why, onState });
  const ledgerClock = createLedgerClock({ clock, elapsed, released: () => released.tLo, floor: () => 0 });
  return { clock: ledgerClock, ledger, releases, close: () => releaser.close() };
}

/** The newest head in the storage, if this log signed it. */
async function readSealedHead({ origin, keys, storage }: IndexOptions): Promise<SealedHead | null> {
  const note = await storage.read(SEALED_PATH);
  if (note === null) return null;
  const { vkey } = createNoteSigner(origin, keys.log);
  const { size, root } = await verifyCheckpoint(note, { vkeys: [vkey], origin }, nodeCrypto);
  return { size, root, note };
}

async function openReleaser(options: IndexOptions, clock: Clock): Promise<Releaser> {
  const { origin, keys, storage, policy, fetch } = options;
  const { vkey } = createNoteSigner(origin, keys.log);
  const onFailure = (_name: string, error: Error): void => options.report(error);
  return await Releaser.open({ origin, vkey, policy, fetch, crypto: nodeCrypto, storage, clock, onFailure });
}

/** Ledger and releases, opened together: a seal names the newest release, a release covers the newest seal. */
export async function openOwnLedger(options: IndexOptions, database: Database): Promise<OwnLedger> {
  const { origin, keys, storage, lock, clock, elapsed, policy, fetch } = options;
  const signer = createNoteSigner(origin, keys.log);
  const log = { origin, vkey: signer.vkey };
  const cosigners = { policy, fetch, crypto: nodeCrypto };
  const opening: { ledger: Ledger | null; releaser: Releaser | null } = { ledger: null, releaser: null };
  const ledgerClock = createLedgerClock({
    clock,
    elapsed,
    released: () => opening.releaser?.released()?.tLo ?? null,
    floor: () => (opening.ledger === null ? 0 : logNow(opening.ledger.state())),
  });
  const releaser = await openReleaser(options, ledgerClock.latest);
  opening.releaser = releaser;
  const countersigner = createCountersigner(keys.countersign);
  const webOrigin = new URL(options.publicUrl).origin;
  const genesis = requestGenesis({
    origin,
    ecosystem: options.ecosystem,
    webOrigin,
    countersigner,
    rootKeys: keys.roots,
  });
  const releases = openReleases({
    releaser,
    onCosigned: (head) => ledgerClock.hear(head),
    onMissed: () => ledgerClock.miss(),
    sealedHead() {
      if (opening.ledger === null) throw new TypeError("Cannot release: the ledger is not open yet");
      return opening.ledger.head();
    },
  });
  const ledger = await openLedger({
    origin,
    signer,
    storage,
    lock,
    clock: ledgerClock.sealing,
    countersigners: [
      countersigner,
      ...(keys.nextCountersign === null ? [] : [createCountersigner(keys.nextCountersign)]),
    ],
    genesis,
    anchor: () => releases.newest()?.anchor ?? null,
    keepSealed: (statements) => keepSealed(database, statements),
    onState: (state) => releases.keepState(state),
    ownHeads: () => fetchOwnHeads(log, cosigners),
    ...(options.onStop === undefined ? {} : { onStop: options.onStop }),
  });
  opening.ledger = ledger;
  return {
    clock: ledgerClock,
    ledger,
    releases,
    async close() {
      await ledger.close();
      await releaser.close();
    },
  };
}
