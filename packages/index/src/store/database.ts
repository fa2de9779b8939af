// SPDX-License-Identifier: Apache-2.0
import { Kysely, SqliteDialect } from "kysely";
import { NodeSqlite } from "./node-sqlite.ts";
import { SCHEMA_SQL, type Tables } from "./schema.ts";

export type Database = Kysely<Tables>;

/** Opens the embedded database, making its tables when they are absent. @param file a path, or `":memory:"`. */
export function openDatabase(file: string): Database {
  const sqlite = new NodeSqlite(file);
  sqlite.exec(SCHEMA_SQL);
  return new Kysely<Tables>({ dialect: new SqliteDialect({ database: sqlite }) });
}
