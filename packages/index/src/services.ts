// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import {
  type Attestation,
  type Digest,
  EMPTY_CONFIG,
  type FileRecord,
  fileId,
  mapKey,
  normalizeProjectName,
  type Policy,
} from "@countermark/formats";
import {
  type Clock,
  createIssuerKeys,
  type Fetch,
  type Lock,
  type LogError,
  nodeCrypto,
  type PrivateKey,
  type Storage,
} from "@countermark/log";
import { emptyState, findProject, type LedgerState, logNow, type ProviderRow } from "@countermark/verify";
import { IndexRefusal, LedgerRefusal } from "./failure.ts";
import { createOwnProject, createProject, type ManagePorts } from "./manage/manage.ts";
import { type OwnLedger, openOwnLedger, readOwnLedger } from "./open-ledger.ts";
import type { PublishPorts } from "./release/publish.ts";
import type { Releases } from "./release/releases.ts";
import type { Ledger } from "./seal/ledger.ts";
import type { LedgerClock } from "./seal/ledger-clock.ts";
import type { LedgerRequest } from "./seal/request.ts";
import type { EvidencePorts } from "./serve/evidence.ts";
import type { FilePorts } from "./serve/files.ts";
import type { LedgerServePorts } from "./serve/ledger.ts";
import { findServedRecord, readShownProject, type ShownProject } from "./serve/shown-project.ts";
import type { SimplePorts } from "./serve/simple.ts";
import { type Blobs, openBlobs } from "./store/blobs.ts";
import { type Database, openDatabase } from "./store/database.ts";
import { type HeldBlobs, openHeldBlobs } from "./store/held-blobs.ts";
import { createInTurn } from "./store/in-turn.ts";
import { readBlobReferences, readDetail, readDetails, readProjectNames } from "./store/sealed.ts";
import { isOwner } from "./trust/accounts.ts";
import type { ExchangePorts } from "./trust/exchange.ts";
import { NOBODY_NEW } from "./trust/passkeys.ts";
import { findOpening, type PendingPublisher } from "./trust/publishers.ts";
import type { AttestPorts } from "./upload/attest.ts";
import type { VerifyAttestation } from "./upload/attestations.ts";

/** What an index is made of. Nothing is read from the environment. */
export interface IndexOptions {
  /** Folder for database and blobs. */
  readonly dir: string;
  readonly storage: Storage;
  /** Outside `dir`, so that a restored backup does not bring an old head with it. */
  readonly lock: Lock;
  readonly origin: string;
  readonly ecosystem: string;
  /** Where clients reach the index, without a slash at the end. */
  readonly publicUrl: string;
  /** Of identity tokens. */
  readonly audience: string;
  readonly providers: readonly ProviderRow[];
  readonly policy: Policy;
  readonly keys: {
    readonly log: PrivateKey;
    readonly countersign: PrivateKey;
    /** The key that takes its place once a trust-changed brought it into force; null: none is prepared. */
    readonly nextCountersign: PrivateKey | null;
    /** Offline keys; they sign the genesis of a new ledger, and are not needed after. */
    readonly roots: readonly PrivateKey[];
  };
  readonly verifyAttestation: VerifyAttestation;
  readonly adminToken: string | null;
  readonly auditToken: string | null;
  readonly webDir: string | null;
  /** Served as a convenience; clients bring their own, pinned. */
  readonly documents: { readonly trust: Uint8Array | null; readonly trustedRoot: Uint8Array | null };
  readonly clock: Clock;
  /** Seconds since any moment, by a clock that nobody sets: what tells that the other one was. */
  readonly elapsed: () => number;
  readonly fetch: Fetch;
  /** How long a request waits for the cosigners. */
  readonly releaseWaitMs: number;
  /** After how long the released head is cosigned again, and after how long the ledger's time is sealed anew. */
  readonly refreshSeconds: number;
  readonly heartbeatSeconds: number;
  /** Told what clients are not: failures of our own, and cosigners that did not cosign. */
  readonly report: (error: unknown) => void;
  readonly onStop?: (error: LogError) => void;
}

/** Everything the routes need, each part in the shape its module asks for. */
export interface Services {
  readonly options: IndexOptions;
  readonly clock: LedgerClock;
  readonly database: Database;
  readonly blobs: Blobs;
  readonly ledger: Ledger;
  readonly releases: Releases;
  readonly exchange: ExchangePorts;
  readonly publish: PublishPorts;
  readonly manage: ManagePorts;
  readonly attest: AttestPorts;
  /** Why nothing can be changed now; null when it can. */
  readonly readOnly: LogError | null;
  readonly simple: SimplePorts;
  readonly files: FilePorts;
  readonly ledgerServe: LedgerServePorts;
  readonly evidence: EvidencePorts;
  readProject(normalizedName: string): Promise<ShownProject | null>;
  close(): Promise<void>;
}

/**
 * Opens stores and ledger, and brings both to one state.
 *
 * @throws LogError when the ledger may not be written; see {@link openReadOnlyServices}
 */
export async function openServices(options: IndexOptions): Promise<Services> {
  const database = openDatabase(join(options.dir, "index.sqlite"));
  try {
    const blobs = await openBlobs(join(options.dir, "blobs"));
    const own = await openOwnLedger(options, database);
    // Only now does the database know every sealed blob: what is still on its books belongs to nobody.
    const heldBlobs = await openHeldBlobs(database, blobs);
    return assembleServices(options, own, { database, blobs, heldBlobs }, null);
  } catch (error) {
    await database.destroy();
    throw error;
  }
}

/**
 * Opens what was released, and nothing that writes: no entry, no token, and no tidying up after uploads, since a batch that was
 * committed may not be on the database's books yet.
 *
 * @param why what every change is refused with
 */
export async function openReadOnlyServices(options: IndexOptions, why: LogError): Promise<Services> {
  const database = openDatabase(join(options.dir, "index.sqlite"));
  try {
    const blobs = await openBlobs(join(options.dir, "blobs"));
    const own = await readOwnLedger(options, why);
    const heldBlobs: HeldBlobs = { hold: () => Promise.reject(why), release: () => Promise.resolve() };
    return assembleServices(options, own, { database, blobs, heldBlobs }, why);
  } catch (error) {
    await database.destroy();
    throw error;
  }
}

interface Stores {
  readonly database: Database;
  readonly blobs: Blobs;
  readonly heldBlobs: HeldBlobs;
}

function assembleServices(
  options: IndexOptions,
  { clock, ledger, releases, close }: OwnLedger,
  stores: Stores,
  readOnly: LogError | null,
): Services {
  const { database, blobs } = stores;
  const projectKey = (name: string): Digest => mapKey(nodeCrypto.sha256, options.ecosystem, name);
  const released = (): LedgerState => releases.newest()?.state ?? emptyState(nodeCrypto.sha256);
  const states = (): ShownStates => ({ released: released(), sealed: ledger.state() });
  const shown = {
    released,
    sealed: () => ledger.state(),
    projectKey,
    readDetails: (key: Digest) => readDetails(database, key, Number.MAX_SAFE_INTEGER),
  };
  const readProject = (name: string) => readShownProject(name, shown);
  const seal = async (request: LedgerRequest): Promise<{ readonly index: number }> => {
    // Nothing is sealed after the genesis until that is released: at a first start, cosigners may still be starting too.
    if (releases.newest() === null) await releases.awaitEntry(0, options.releaseWaitMs);
    return await ledger.seal(request);
  };
  const manage: ManagePorts = {
    database,
    projectKey,
    seal,
    inTurn: createInTurn(),
    sealedState: () => ledger.state(),
  };
  const publish = publishPorts(options, stores, { clock, ledger, releases, manage });
  return {
    options,
    clock,
    database,
    blobs,
    ledger,
    releases,
    publish,
    manage,
    attest: {
      ...publish,
      readDetail: (_project, commitment) => readDetail(database, commitment, Number.MAX_SAFE_INTEGER),
    },
    readOnly,
    exchange: exchangePorts(options, database, { clock, ledger, manage }),
    simple: {
      publicUrl: options.publicUrl,
      readProject,
      projectNames: () => listNames(database, released(), ledger.state()),
    },
    files: {
      blobs,
      findFile: (name, filename) =>
        findServed(states(), projectKey(name), fileId(nodeCrypto.sha256, projectKey(name), filename)),
    },
    ledgerServe: {
      projectKey,
      newest: () => releases.newest(),
      at: (size) => releases.at(size),
      findValue: (value) => releases.findValue(value),
      reader: () => ledger.reader(),
      readDetails: (key, entryMax) => readDetails(database, key, entryMax),
    },
    evidence: {
      blobs,
      auditToken: options.auditToken,
      readDetail: (commitment, size) => readDetail(database, commitment, size),
      isReleased: async (digest) =>
        (await readBlobReferences(database, digest, releases.newest()?.size ?? 0)).length > 0,
      isShown: async (digest) => {
        const references = await readBlobReferences(database, digest, releases.newest()?.size ?? 0);
        return references.some(({ project, file }) => findServed(states(), project, file) !== null);
      },
      releasedSize: () => releases.newest()?.size ?? 0,
      sealedHead: () => ledger.head(),
    },
    readProject,
    async close() {
      await close();
      await database.destroy();
    },
  };
}

function publishPorts(
  options: IndexOptions,
  { database, blobs, heldBlobs }: Stores,
  {
    clock,
    ledger,
    releases,
    manage,
  }: { clock: LedgerClock; ledger: Ledger; releases: Releases; manage: ManagePorts },
): PublishPorts {
  return {
    blobs,
    heldBlobs,
    providers: options.providers,
    projectKey: (name) => manage.projectKey(name),
    verifyAttestation: (attestation: Attestation, file) => options.verifyAttestation(attestation, file),
    now: clock.sealing,
    hasProject: (key) => findProject(ledger.state(), key) !== null,
    findProject: (key) => findProject(ledger.state(), key),
    isOwner: (key, account) => isOwner(database, key, account),
    findPublisher: (id) => findOpening(database, id),
    seal: (request) => manage.seal(request),
    createOwnProject: (name, account) => createOwnProject(name, account, manage),
    awaitEntry: (entry) => releases.awaitEntry(entry, options.releaseWaitMs),
    sealedState: () => ledger.state(),
  };
}

function exchangePorts(
  options: IndexOptions,
  database: Database,
  { clock, ledger, manage }: { clock: LedgerClock; ledger: Ledger; manage: ManagePorts },
): ExchangePorts {
  return {
    database,
    issuerKeys: createIssuerKeys({
      fetch: options.fetch,
      clock: clock.present,
      unavailable: (message, cause) => new IndexRefusal("issuer-unavailable", message, { cause }),
    }),
    providers: options.providers,
    audience: options.audience,
    now: clock.present,
    isRegistered: (project, id) =>
      findProject(ledger.state(), project)?.current.publishers.some((known) => known === id) ?? false,
    createProject: (pending) => createPendingProject(pending, manage),
  };
}

/** Null when the project exists already, or was created a moment ago by somebody else. */
async function createPendingProject(
  pending: PendingPublisher,
  manage: ManagePorts,
): Promise<{ project: string; publisherId: string } | null> {
  try {
    const wanted = {
      name: pending.name,
      publishers: [pending.record],
      people: NOBODY_NEW,
      policy: EMPTY_CONFIG.policy,
      ownerId: pending.accountId,
    };
    const { key, openings } = await createProject(wanted, manage);
    const [opening] = openings;
    return opening === undefined ? null : { project: key, publisherId: opening.id };
  } catch (error) {
    if (error instanceof LedgerRefusal && error.code === "project-exists") return null;
    throw error;
  }
}

interface ShownStates {
  readonly released: LedgerState;
  readonly sealed: LedgerState;
}

function findServed({ released, sealed }: ShownStates, key: Digest, file: Digest): FileRecord | null {
  return findServedRecord(findProject(released, key), findProject(sealed, key), file);
}

async function listNames(
  database: Database,
  released: LedgerState,
  sealed: LedgerState,
): Promise<readonly string[]> {
  const rows = await readProjectNames(database);
  const isShown = (key: Digest): boolean => {
    const status = findProject(released, key)?.header.status ?? "reserved";
    const now = findProject(sealed, key)?.header.status ?? "reserved";
    return status !== "reserved" && status !== "quarantined" && now !== "quarantined";
  };
  return rows.filter(({ project }) => isShown(project)).map(({ name }) => normalizeProjectName(name));
}

/** Keeps what is shown fresh. One call does what is due, and nothing when nothing is. */
export async function tickServices(services: Services): Promise<void> {
  const { releases, ledger, options } = services;
  const newest = releases.newest();
  if (newest === null || newest.size < ledger.head().size) {
    await releases.release();
    return;
  }
  const now = services.clock.present();
  const isDoubtful = !releases.isFresh() || services.clock.isDisputed();
  if (now - logNow(newest.state) >= options.heartbeatSeconds && newest.anchor.tLo > logNow(newest.state)) {
    await ledger.sealTime();
    await releases.release();
  } else if (isDoubtful || now - newest.anchor.tLo >= options.refreshSeconds) {
    await releases.refresh();
  }
}
