// SPDX-License-Identifier: Apache-2.0
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { encodeHex } from "@countermark/formats";
import type { TreeHead } from "@countermark/verify";
import { makeFolder } from "../durable-folder.ts";

/** The head that a witness cosigned last for an origin, and the note it gave out for it. */
export interface WitnessHead extends TreeHead {
  /** The checkpoint with the log's lines and this witness's newest one. */
  readonly note: Uint8Array;
}

/**
 * What a witness must never forget. `swap` is durable when it returns, and is the point after which a cosignature may leave
 * the witness: a check against a head that was replaced meanwhile comes to nothing.
 */
export interface WitnessStore {
  read(origin: string): WitnessHead | null;
  /** Makes `next` the head if the present one is still `expected`; else changes nothing and returns false. */
  swap(origin: string, expected: TreeHead | null, next: WitnessHead): boolean;
  close(): void;
}

/** A store in one SQLite file; `:memory:` for tests. */
export function sqliteWitnessStore(file: string): WitnessStore {
  if (file !== ":memory:") makeFolder(dirname(file));
  const database = new DatabaseSync(file, { timeout: 5_000 });
  // EXTRA: see sqliteLock. Less would forget, with loss of power, a head whose cosignature is out already.
  database.exec("PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA");
  database.exec(
    "CREATE TABLE IF NOT EXISTS head (origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root TEXT NOT NULL, note BLOB NOT NULL) STRICT",
  );
  const select = database.prepare("SELECT size, root, note FROM head WHERE origin = ?");
  const insert = database.prepare(
    "INSERT INTO head (origin, size, root, note) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const update = database.prepare(
    "UPDATE head SET size = ?, root = ?, note = ? WHERE origin = ? AND size = ? AND root = ?",
  );
  return {
    read(origin) {
      const row = select.get(origin);
      if (row === undefined) return null;
      // The columns are STRICT and were written below.
      const { size, root, note } = row as { size: number; root: string; note: Uint8Array };
      return { size, root: new Uint8Array(Buffer.from(root, "hex")), note: new Uint8Array(note) };
    },
    swap(origin, expected, next) {
      const root = encodeHex(next.root);
      const { changes } =
        expected === null
          ? insert.run(origin, next.size, root, next.note)
          : update.run(next.size, root, next.note, origin, expected.size, encodeHex(expected.root));
      return Number(changes) === 1;
    },
    close() {
      database.close();
    },
  };
}
