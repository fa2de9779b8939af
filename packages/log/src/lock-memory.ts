// SPDX-License-Identifier: Apache-2.0
import { concat, equalBytes } from "@countermark/formats";
import { LogError } from "./failure.ts";
import type { Lock } from "./port.ts";

/** A lock store for one process. */
export function memoryLock(): Lock {
  const values = new Map<string, Uint8Array>();
  return {
    async read(origin) {
      return values.get(origin) ?? null;
    },
    async swap(origin, expected, next) {
      const present = values.get(origin) ?? null;
      const same =
        present === null || expected === null ? present === expected : equalBytes(present, expected);
      if (!same) {
        throw new LogError("lock-conflict", `Cannot move ${origin}: its lock store holds another head`);
      }
      values.set(origin, concat(next));
    },
  };
}
