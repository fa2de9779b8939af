// SPDX-License-Identifier: Apache-2.0
import { concat, equalBytes } from "@countermark/formats";
import { LogError } from "./failure.ts";
import type { Storage } from "./port.ts";
import { requirePath } from "./storage-path.ts";

/** A storage that lives as long as the process. Durable only in the sense that nothing else ends it. */
export function memoryStorage(): Storage {
  const files = new Map<string, Uint8Array>();
  return {
    async read(path) {
      requirePath(path);
      const bytes = files.get(path);
      return bytes === undefined ? null : concat(bytes);
    },
    async create(path, bytes) {
      requirePath(path);
      const existing = files.get(path);
      if (existing !== undefined && !equalBytes(existing, bytes)) {
        throw new LogError("storage-conflict", `Cannot create ${path}: it exists with other content`);
      }
      files.set(path, concat(bytes));
    },
    async replace(path, bytes) {
      requirePath(path);
      files.set(path, concat(bytes));
    },
    async list(prefix) {
      return [...files.keys()].filter((path) => path.startsWith(prefix)).sort();
    },
    async remove(path) {
      requirePath(path);
      files.delete(path);
    },
  };
}
