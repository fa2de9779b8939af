// SPDX-License-Identifier: Apache-2.0
import { encodePublisher, type PublisherRecord, parsePublisher, publisherId } from "@countermark/formats";
import { LogError, nodeCrypto } from "@countermark/log";
import { type CiIdentity, samePublisher } from "@countermark/verify";
import { IndexRefusal } from "../failure.ts";
import { PENDING_PUBLISHER_LIFETIME_SECONDS, PENDING_PUBLISHERS_PER_ACCOUNT_MAX } from "../limits.ts";
import type { Database } from "../store/database.ts";
import { createSalt } from "../store/secret.ts";

/** A publisher record with the salt under which the ledger knows it, as an id in a project's configuration. */
export interface PublisherOpening {
  /** Lower-case hexadecimal. */
  readonly id: string;
  /** Map key of its project. */
  readonly project: string;
  readonly salt: Uint8Array;
  readonly record: PublisherRecord;
}

/** A publisher that may create a project at its first token exchange. */
export interface PendingPublisher {
  readonly rowId: number;
  /** Normalised. */
  readonly name: string;
  readonly accountId: number | null;
  readonly record: PublisherRecord;
}

/** Salts a record for one project. */
function openPublisher(project: string, record: PublisherRecord): PublisherOpening {
  const salt = createSalt();
  return { id: publisherId(nodeCrypto.sha256, salt, encodePublisher(record)), project, salt, record };
}

/**
 * The openings of `records` for one project: those that are stored, so that an id is stable across configurations, and
 * new ones. They are stored before `use` seals an entry that names them, and forgotten again when it is refused.
 *
 * The caller runs one of these at a time: a second one would seal an entry with an opening that the first then forgets.
 *
 * @param use gets the openings ascending by record.
 */
export async function withOpenings<T>(
  database: Database,
  project: string,
  records: readonly PublisherRecord[],
  use: (openings: readonly PublisherOpening[]) => Promise<T>,
): Promise<T> {
  const openings: PublisherOpening[] = [];
  const added: PublisherOpening[] = [];
  for (const record of sortRecords(records)) {
    const stored = await findStored(database, project, record);
    const opening = stored ?? openPublisher(project, record);
    openings.push(opening);
    if (stored !== null) continue;
    await keepOpening(database, opening);
    added.push(opening);
  }
  try {
    return await use(openings);
  } catch (error) {
    // A write of the log may have happened although it is reported as failed: then an entry names these openings for ever.
    if (error instanceof LogError) throw error;
    for (const { id } of added) {
      await database.deleteFrom("publisher_openings").where("publisher_id", "=", id).execute();
    }
    throw error;
  }
}

/** Ascending by encoded record, each once. */
function sortRecords(records: readonly PublisherRecord[]): readonly PublisherRecord[] {
  const byBytes = new Map(
    records.map((record) => [Buffer.from(encodePublisher(record)).toString("latin1"), record]),
  );
  return [...byBytes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, record]) => record);
}

async function findStored(
  database: Database,
  project: string,
  record: PublisherRecord,
): Promise<PublisherOpening | null> {
  const row = await database
    .selectFrom("publisher_openings")
    .selectAll()
    .where("project", "=", project)
    .where("record", "=", encodePublisher(record))
    .executeTakeFirst();
  return row === undefined ? null : openingOf(row);
}

async function keepOpening(database: Database, opening: PublisherOpening): Promise<void> {
  await database
    .insertInto("publisher_openings")
    .values({
      publisher_id: opening.id,
      project: opening.project,
      issuer: opening.record.issuer,
      salt: opening.salt,
      record: encodePublisher(opening.record),
    })
    .execute();
}

export async function findOpening(database: Database, id: string): Promise<PublisherOpening | null> {
  const row = await database
    .selectFrom("publisher_openings")
    .selectAll()
    .where("publisher_id", "=", id)
    .executeTakeFirst();
  return row === undefined ? null : openingOf(row);
}

/** Every opening whose record is exactly this identity, in whatever project. Which are in force, the ledger says. */
export async function findPublishers(
  database: Database,
  identity: CiIdentity,
): Promise<readonly PublisherOpening[]> {
  const rows = await database
    .selectFrom("publisher_openings")
    .selectAll()
    .where("issuer", "=", identity.issuer)
    .execute();
  return rows.map(openingOf).filter(({ record }) => samePublisher(record, identity).length === 0);
}

/**
 * Registers a publisher for a project that does not exist yet. The name is not reserved by it; but of one repository only one
 * account may wait for one name: whose pending publisher the first token creates the project with, owns it.
 *
 * @throws IndexRefusal `pending-exists`, `too-many-pending`
 */
export async function addPending(
  database: Database,
  pending: Omit<PendingPublisher, "rowId">,
  now: number,
): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    await transaction
      .deleteFrom("pending_publishers")
      .where("created_at", "<=", now - PENDING_PUBLISHER_LIFETIME_SECONDS)
      .execute();
    const { count } = await transaction
      .selectFrom("pending_publishers")
      .select((query) => query.fn.countAll<number>().as("count"))
      .where("account_id", "is", pending.accountId)
      .executeTakeFirstOrThrow();
    if (count >= PENDING_PUBLISHERS_PER_ACCOUNT_MAX) {
      throw new IndexRefusal("too-many-pending", `There are ${count} pending publishers already.`);
    }
    const rows = await transaction
      .selectFrom("pending_publishers")
      .select(["account_id", "record"])
      .where("name", "=", pending.name)
      .execute();
    const encoded = Buffer.from(encodePublisher(pending.record));
    const isTaken = rows.some(
      ({ account_id, record }) =>
        encoded.equals(record) ||
        (account_id !== pending.accountId && isSameSource(parsePublisher(record), pending.record)),
    );
    if (isTaken) {
      throw new IndexRefusal("pending-exists", `That publisher waits for ${pending.name} already.`);
    }
    await transaction
      .insertInto("pending_publishers")
      .values({
        name: pending.name,
        account_id: pending.accountId,
        issuer: pending.record.issuer,
        record: encoded,
        created_at: now,
      })
      .execute();
  });
}

/** Whether two records are of one repository, or one person: a token of it may be that of either. */
function isSameSource(a: PublisherRecord, b: PublisherRecord): boolean {
  return a.issuer === b.issuer && a.projectId === b.projectId && a.subject === b.subject;
}

export async function findPending(
  database: Database,
  identity: CiIdentity,
  now: number,
): Promise<readonly PendingPublisher[]> {
  const rows = await database
    .selectFrom("pending_publishers")
    .selectAll()
    .where("issuer", "=", identity.issuer)
    .where("created_at", ">", now - PENDING_PUBLISHER_LIFETIME_SECONDS)
    .execute();
  return rows
    .map((row) => ({
      rowId: row.id,
      name: row.name,
      accountId: row.account_id,
      record: parsePublisher(row.record),
    }))
    .filter(({ record }) => samePublisher(record, identity).length === 0);
}

export async function removePending(database: Database, pending: PendingPublisher): Promise<void> {
  await database.deleteFrom("pending_publishers").where("id", "=", pending.rowId).execute();
}

function openingOf(row: {
  readonly publisher_id: string;
  readonly project: string;
  readonly salt: Uint8Array;
  readonly record: Uint8Array;
}): PublisherOpening {
  return {
    id: row.publisher_id,
    project: row.project,
    salt: row.salt,
    record: parsePublisher(row.record),
  };
}
