// SPDX-License-Identifier: Apache-2.0
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { makeFolder } from "./durable-folder.ts";
import { LogError } from "./failure.ts";
import type { Lock } from "./port.ts";

/**
 * A lock store in one SQLite file. Put it outside the data folder and outside its backups: a lock store that goes back in
 * time with the data cannot see that the log would fork.
 */
export function sqliteLock(file: string): Lock & { close(): void } {
  makeFolder(dirname(file));
  const database = new DatabaseSync(file, { timeout: 5_000 });
  // A commit is the removal of the journal: only EXTRA fsyncs the folder too, without which loss of power takes it back.
  database.exec("PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA");
  database.exec("CREATE TABLE IF NOT EXISTS head (origin TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT");
  const select = database.prepare("SELECT body FROM head WHERE origin = ?");
  const insert = database.prepare("INSERT INTO head (origin, body) VALUES (?, ?) ON CONFLICT DO NOTHING");
  const update = database.prepare("UPDATE head SET body = ? WHERE origin = ? AND body = ?");
  return {
    async read(origin) {
      const body = select.get(origin)?.["body"];
      return body instanceof Uint8Array ? new Uint8Array(body) : null;
    },
    async swap(origin, expected, next) {
      const { changes } = expected === null ? insert.run(origin, next) : update.run(next, origin, expected);
      if (Number(changes) !== 1) {
        throw new LogError("lock-conflict", `Cannot move ${origin}: its lock store holds another head`);
      }
    },
    close() {
      database.close();
    },
  };
}
