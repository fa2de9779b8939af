// SPDX-License-Identifier: Apache-2.0
import {
  type Digest,
  encodeKeyRecord,
  encodePublisher,
  type KeyRecord,
  openedPublisherId,
  type ProjectDetail,
  type PublisherOpening,
  parseKeyRecord,
  principalId,
} from "@countermark/formats";
import { LogError, nodeCrypto } from "@countermark/log";
import { IndexRefusal } from "../failure.ts";
import type { Database } from "../store/database.ts";

/** A passkey of a project's owner: what opens a principal id, and the name that authenticators know it by. */
export interface PasskeyOpening {
  /** 1..1023 bytes. @spec w3c.org/TR/webauthn-3 4 */
  readonly credential: Uint8Array;
  readonly record: KeyRecord;
  readonly salt: Uint8Array;
}

/** Who is new in a configuration: salted by whoever consents to it, who must know its id before the index does. */
export interface NewPeople {
  readonly publishers: readonly PublisherOpening[];
  readonly passkeys: readonly PasskeyOpening[];
}

export const NOBODY_NEW: NewPeople = { publishers: [], passkeys: [] };

/** The id under which a configuration names a passkey. */
export function passkeyId({ salt, record }: PasskeyOpening): Digest {
  return principalId(nodeCrypto.sha256, salt, encodeKeyRecord(record));
}

/**
 * Stores the openings of new people before `use` seals an entry that names them, and forgets them again when it is refused.
 *
 * The caller runs one of these at a time: a second one would seal an entry with an opening that the first then forgets.
 *
 * @throws IndexRefusal `request-malformed` for a publisher whose salt is another project's
 */
export async function withPeople<T>(
  database: Database,
  project: Digest,
  { publishers, passkeys }: NewPeople,
  use: () => Promise<T>,
): Promise<T> {
  const publishersAdded: Digest[] = [];
  const passkeysAdded: Digest[] = [];
  try {
    for (const opening of publishers) {
      if (await keepPublisher(database, project, opening))
        publishersAdded.push(openedPublisherId(nodeCrypto.sha256, opening));
    }
    for (const opening of passkeys) {
      if (await keepPasskey(database, project, opening)) passkeysAdded.push(passkeyId(opening));
    }
    return await use();
  } catch (error) {
    // A write of the log may have happened although it is reported as failed: then an entry names these openings for ever.
    if (error instanceof LogError) throw error;
    for (const id of publishersAdded)
      await database.deleteFrom("publisher_openings").where("publisher_id", "=", id).execute();
    for (const id of passkeysAdded)
      await database
        .deleteFrom("passkey_openings")
        .where("principal_id", "=", id)
        .where("project", "=", project)
        .execute();
    throw error;
  }
}

/** What an entry's detail says of passkeys: the key is shown only by an entry that it signs. */
export function principalOpenings({ passkeys }: NewPeople): ProjectDetail["principals"] {
  return passkeys.map((opening) => ({ id: passkeyId(opening), salt: opening.salt }));
}

/** Ascending by record, as details have them. */
export function sortOpenings(openings: readonly PublisherOpening[]): readonly PublisherOpening[] {
  const recordOf = ({ record }: PublisherOpening): string =>
    Buffer.from(encodePublisher(record)).toString("latin1");
  return [...openings].sort((a, b) => (recordOf(a) < recordOf(b) ? -1 : 1));
}

/** What the passkey that a browser calls `credential` opens in this project: once for each salt it was registered with. */
export async function findPasskeys(
  database: Database,
  project: Digest,
  credential: Uint8Array,
): Promise<readonly PasskeyOpening[]> {
  const rows = await database
    .selectFrom("passkey_openings")
    .selectAll()
    .where("project", "=", project)
    .where("credential", "=", credential)
    .execute();
  return rows.map(({ record, salt }) => ({ credential, record: parseKeyRecord(record), salt }));
}

/** Whether it is new. */
async function keepPublisher(
  database: Database,
  project: Digest,
  opening: PublisherOpening,
): Promise<boolean> {
  const id = openedPublisherId(nodeCrypto.sha256, opening);
  const stored = await database
    .selectFrom("publisher_openings")
    .select("project")
    .where("publisher_id", "=", id)
    .executeTakeFirst();
  if (stored !== undefined && stored.project !== project) {
    throw new IndexRefusal("request-malformed", "The salt of a publisher is in use by another project.");
  }
  if (stored !== undefined) return false;
  const { record, salt } = opening;
  await database
    .insertInto("publisher_openings")
    .values({ publisher_id: id, project, issuer: record.issuer, salt, record: encodePublisher(record) })
    .execute();
  return true;
}

/** Whether it is new. */
async function keepPasskey(database: Database, project: Digest, opening: PasskeyOpening): Promise<boolean> {
  const { credential, record, salt } = opening;
  const row = {
    principal_id: passkeyId(opening),
    project,
    credential,
    salt,
    record: encodeKeyRecord(record),
  };
  const done = await database
    .insertInto("passkey_openings")
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return done.numInsertedOrUpdatedRows === 1n;
}
