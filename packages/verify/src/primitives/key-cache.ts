// SPDX-License-Identifier: Apache-2.0
import { equalBytes } from "@countermark/formats";

const KEYS_MAX = 1_024;

/**
 * Remembers what `read` said of the keys it was last asked for. They are found by a hash that anybody can make collide, and told
 * apart by their bytes: of two that collide one is remembered.
 */
export function rememberKeys<Value>(read: (spki: Uint8Array) => Value): (spki: Uint8Array) => Value {
  const remembered = new Map<number, { readonly spki: Uint8Array; readonly value: Value }>();
  return (spki) => {
    const hash = hashOf(spki);
    const known = remembered.get(hash);
    if (known !== undefined && equalBytes(known.spki, spki)) return known.value;
    // A copy: the caller may write to its array later.
    const own = new Uint8Array(spki);
    const value = read(own);
    const oldest = remembered.keys().next();
    if (remembered.size >= KEYS_MAX && !oldest.done) remembered.delete(oldest.value);
    remembered.set(hash, { spki: own, value });
    return value;
  };
}

/** FNV-1a, 32 bits. */
function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193); // i < length
  return hash;
}
