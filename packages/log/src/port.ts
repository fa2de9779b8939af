// SPDX-License-Identifier: Apache-2.0

/**
 * Where a log keeps its files. Paths are relative, with `/`, of segments `[A-Za-z0-9._+-]+` that do not begin with a dot.
 *
 * What every implementation must give:
 * - **durable**: when a write's promise resolves, the file survives loss of power;
 * - **atomic**: a reader sees all of a write or nothing of it, also after a crash in its middle;
 * - **read your writes**: a read that begins after a write resolved sees it or a later one;
 * - a write whose promise rejects may have happened or not.
 *
 * Not promised: any order between two writes that are under way at once.
 */
export interface Storage {
  /** Null when there is no such file. */
  read(path: string): Promise<Uint8Array | null>;
  /** Makes a file that never changes. The same content again is fine. @throws LogError `storage-conflict` for other content */
  create(path: string, bytes: Uint8Array): Promise<void>;
  /** Makes or replaces a file. */
  replace(path: string, bytes: Uint8Array): Promise<void>;
  /** The paths in the folder `prefix` (ending in `/`, or empty for all) and below it, sorted. */
  list(prefix: string): Promise<string[]>;
  /** Removes a file; one that is not there is fine. */
  remove(path: string): Promise<void>;
}

/**
 * One value per log origin, changed by compare-and-swap only. It lives *outside* the storage, so that a storage that was
 * restored from a backup does not bring an old value with it.
 *
 * What every implementation must give: swaps of one origin are linearizable over every process that writes this log;
 * when `swap` resolves, the value survives loss of power; `read` sees the newest resolved swap. A swap that throws
 * `lock-conflict` did not happen. A swap that throws anything else may have happened, or may still happen.
 */
export interface Lock {
  read(origin: string): Promise<Uint8Array | null>;
  /** @param expected the present value, null for none. @throws LogError `lock-conflict` */
  swap(origin: string, expected: Uint8Array | null, next: Uint8Array): Promise<void>;
}

/** The platform's `fetch`, or one that stays in the process. */
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;
