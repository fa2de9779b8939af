// SPDX-License-Identifier: Apache-2.0
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { Kysely, SqliteDialect } from "kysely";
import { NodeSqlite } from "./node-sqlite.ts";
import { SCHEMA_SQL, type Tables } from "./schema.ts";

export type Database = Kysely<Tables>;

/** Opens the embedded database, making its folder and its tables when they are absent. @param file a path, or `":memory:"`. */
export function openDatabase(file: string): Database {
  if (file !== ":memory:") mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const sqlite = new NodeSqlite(file);
  sqlite.exec(SCHEMA_SQL);
  return new Kysely<Tables>({ dialect: new SqliteDialect({ database: sqlite }) });
}
