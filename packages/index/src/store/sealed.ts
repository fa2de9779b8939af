// SPDX-License-Identifier: Apache-2.0
import {
  type Digest,
  type LedgerStatement,
  normalizeProjectName,
  parseProjectDetail,
} from "@countermark/formats";
import type { SealedStatement } from "../seal/compose.ts";
import type { Database } from "./database.ts";

/**
 * Writes details, names and blob references of sealed entries, in one transaction, and deletes the details that they erase.
 * Repeating it changes nothing.
 */
export async function keepSealed(database: Database, statements: readonly SealedStatement[]): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    for (const { entry, statement, detail } of statements) {
      for (const { sha256, file } of blobsOf(statement)) {
        await transaction
          .insertInto("sealed_blobs")
          .values({ sha256, entry, project: statement.project, file })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        await transaction.deleteFrom("pending_blobs").where("sha256", "=", sha256).execute();
      }
      if (statement.kind === "detail-erased") {
        await transaction
          .deleteFrom("details")
          .where("project", "=", statement.project)
          .where("commitment", "in", statement.details)
          .execute();
      }
      if (detail === null || statement.detail === null) continue;
      await transaction
        .insertInto("details")
        .values({ commitment: statement.detail, project: statement.project, entry, bytes: detail })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      if (statement.kind !== "project-created" && statement.kind !== "project-reserved") continue;
      const name = normalizeProjectName(parseProjectDetail(detail).name);
      await transaction
        .insertInto("project_names")
        .values({ project: statement.project, name })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
  });
}

/** The details of a project's entries up to and with `entryMax`, by commitment. */
export async function readDetails(
  database: Database,
  project: Digest,
  entryMax: number,
): Promise<ReadonlyMap<Digest, Uint8Array>> {
  const rows = await database
    .selectFrom("details")
    .select(["commitment", "bytes"])
    .where("project", "=", project)
    .where("entry", "<=", entryMax)
    .orderBy("entry")
    .execute();
  return new Map(rows.map(({ commitment, bytes }) => [commitment, bytes]));
}

/** The commitments of the details of a project that are there, by the entry that has them. */
export async function readDetailEntries(
  database: Database,
  project: Digest,
): Promise<ReadonlyMap<number, Digest>> {
  const rows = await database
    .selectFrom("details")
    .select(["entry", "commitment"])
    .where("project", "=", project)
    .execute();
  return new Map(rows.map(({ entry, commitment }) => [entry, commitment]));
}

/** One detail by its commitment, of an entry below `size`. */
export async function readDetail(
  database: Database,
  commitment: Digest,
  size: number,
): Promise<Uint8Array | null> {
  const row = await database
    .selectFrom("details")
    .select("bytes")
    .where("commitment", "=", commitment)
    .where("entry", "<", size)
    .executeTakeFirst();
  return row?.bytes ?? null;
}

/** Every named project with its map key, by name. */
export async function readProjectNames(
  database: Database,
): Promise<readonly { readonly project: Digest; readonly name: string }[]> {
  return await database.selectFrom("project_names").selectAll().orderBy("name").execute();
}

/** A file that a sealed entry made, by a blob of it. */
export interface BlobReference {
  readonly project: Digest;
  readonly file: Digest;
}

/** The files that refer to a blob, as made by entries below `size`. */
export async function readBlobReferences(
  database: Database,
  sha256: Digest,
  size: number,
): Promise<readonly BlobReference[]> {
  return await database
    .selectFrom("sealed_blobs")
    .select(["project", "file"])
    .where("sha256", "=", sha256)
    .where("entry", "<", size)
    .execute();
}

/** The blobs that a statement promises to be there. */
function blobsOf(statement: LedgerStatement): readonly { readonly sha256: Digest; readonly file: Digest }[] {
  if (statement.kind === "file-attested") {
    const { file, attestations } = statement;
    return attestations.map(({ digest }) => ({ sha256: digest, file }));
  }
  if (statement.kind !== "file-accepted") return [];
  const { file, sha256, metadata, attestations } = statement;
  const digests = [
    sha256,
    ...(metadata === null ? [] : [metadata]),
    ...attestations.map(({ digest }) => digest),
  ];
  return digests.map((digest) => ({ sha256: digest, file }));
}
