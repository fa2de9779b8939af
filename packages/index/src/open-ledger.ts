// SPDX-License-Identifier: Apache-2.0
import { createNoteSigner, fetchOwnHeads, nodeCrypto, Releaser } from "@countermark/log";
import { openReleases, type Releases } from "./release/releases.ts";
import { createCountersigner } from "./seal/countersign.ts";
import { requestGenesis } from "./seal/genesis.ts";
import { type Ledger, openLedger } from "./seal/ledger.ts";
import type { IndexOptions } from "./services.ts";
import type { Database } from "./store/database.ts";
import { keepSealed } from "./store/sealed.ts";

/** Ledger and releases, opened together: a seal names the newest release, a release covers the newest seal. */
export async function openOwnLedger(
  options: IndexOptions,
  database: Database,
): Promise<{ ledger: Ledger; releases: Releases; close: () => Promise<void> }> {
  const { origin, keys, storage, lock, clock, policy, fetch } = options;
  const signer = createNoteSigner(origin, keys.log);
  const log = { origin, vkey: signer.vkey };
  const cosigners = { policy, fetch, crypto: nodeCrypto };
  const releaser = await Releaser.open({
    ...log,
    ...cosigners,
    storage,
    clock,
    onFailure: (_name, error) => options.report(error),
  });
  const countersigner = createCountersigner(keys.countersign);
  const webOrigin = new URL(options.publicUrl).origin;
  const genesis = requestGenesis({
    origin,
    ecosystem: options.ecosystem,
    webOrigin,
    countersigner,
    rootKeys: keys.roots,
  });
  const opening: { ledger: Ledger | null } = { ledger: null };
  const releases = openReleases({
    releaser,
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
    clock,
    countersigner,
    genesis,
    anchor: () => releases.newest()?.anchor ?? null,
    keepSealed: (statements) => keepSealed(database, statements),
    onState: (state) => releases.keepState(state),
    ownHeads: () => fetchOwnHeads(log, cosigners),
    ...(options.onStop === undefined ? {} : { onStop: options.onStop }),
  });
  opening.ledger = ledger;
  return {
    ledger,
    releases,
    async close() {
      await ledger.close();
      await releaser.close();
    },
  };
}
