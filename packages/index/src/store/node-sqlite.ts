// SPDX-License-Identifier: Apache-2.0
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import type { SqliteDatabase, SqliteStatement } from "kysely";

const STATEMENTS_CACHED_MAX = 256;

/**
 * `node:sqlite` in the shape that kysely's `SqliteDialect` asks for. Every commit is on disk when it returns
 * (`synchronous=FULL`).
 */
export class NodeSqlite implements SqliteDatabase {
  readonly #database: DatabaseSync;
  readonly #cache = new Map<string, StatementSync>();

  /** @param file a path, or `":memory:"`. */
  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    this.exec(
      "pragma journal_mode=WAL; pragma synchronous=FULL; pragma foreign_keys=ON; pragma busy_timeout=5000",
    );
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  close(): void {
    this.#database.close();
  }

  prepare(sql: string): SqliteStatement {
    const statement = this.#prepared(sql);
    // kysely binds what our own queries give it: text, integers, bytes, null.
    const bound = (parameters: readonly unknown[]) => parameters as readonly SQLInputValue[];
    return {
      reader: statement.columns().length > 0,
      all: (parameters) => statement.all(...bound(parameters)),
      run: (parameters) => statement.run(...bound(parameters)),
      iterate: (parameters) => statement.iterate(...bound(parameters)),
    };
  }

  #prepared(sql: string): StatementSync {
    const cached = this.#cache.get(sql);
    if (cached !== undefined) return cached;
    const statement = this.#database.prepare(sql);
    if (this.#cache.size >= STATEMENTS_CACHED_MAX) this.#cache.clear();
    this.#cache.set(sql, statement);
    return statement;
  }
}
