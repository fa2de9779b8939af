// SPDX-License-Identifier: Apache-2.0
import type { Lock, Storage } from "@countermark/log";

/**
 * How one write goes wrong:
 * - `undone`: reported as failed, and did not happen;
 * - `done`: reported as failed, and did happen;
 * - `torn`: reported as failed, and left what the backend can leave of it behind.
 */
export type FaultMode = "undone" | "done" | "torn";

/** Counts the writes of a storage and a lock together, and makes the one with ordinal `at` (from 0) go wrong. */
export interface Faults {
  readonly storage: Storage;
  readonly lock: Lock;
  /** What was written, in order, e.g. `create tile/0/000.p/1`. */
  readonly writes: readonly string[];
  /** Whether the write went wrong. */
  hit(): boolean;
}

/** What a torn write leaves: given the path and the first half of the bytes. */
export type Tear = (path: string, half: Uint8Array) => Promise<void>;

export function withFault(
  storage: Storage,
  lock: Lock,
  fault: { readonly at: number; readonly mode: FaultMode } | null,
  tear: Tear,
): Faults {
  const writes: string[] = [];
  let wentWrong = false;

  async function write(what: string, act: () => Promise<void>, torn: () => Promise<void>): Promise<void> {
    const ordinal = writes.length;
    writes.push(what);
    if (fault === null || fault.at !== ordinal) return await act();
    wentWrong = true;
    if (fault.mode === "done") await act();
    if (fault.mode === "torn") await torn();
    throw new Error(`fault: ${fault.mode} ${what}`);
  }

  const half = (bytes: Uint8Array): Uint8Array => bytes.slice(0, Math.ceil(bytes.length / 2));
  return {
    writes,
    hit: () => wentWrong,
    storage: {
      read: (path) => storage.read(path),
      list: (prefix) => storage.list(prefix),
      create: (path, bytes) =>
        write(
          `create ${path}`,
          () => storage.create(path, bytes),
          () => tear(path, half(bytes)),
        ),
      replace: (path, bytes) =>
        write(
          `replace ${path}`,
          () => storage.replace(path, bytes),
          () => tear(path, half(bytes)),
        ),
      // A removal has no half.
      remove: (path) =>
        write(
          `remove ${path}`,
          () => storage.remove(path),
          async () => {},
        ),
    },
    lock: {
      read: (origin) => lock.read(origin),
      // A compare-and-swap of a transactional store has no half either.
      swap: (origin, expected, next) =>
        write(
          `swap ${origin}`,
          () => lock.swap(origin, expected, next),
          async () => {},
        ),
    },
  };
}
