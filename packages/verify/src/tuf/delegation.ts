// SPDX-License-Identifier: Apache-2.0
import {
  encodeHex,
  type Sha256,
  type TufDelegatedRole,
  type TufDelegations,
  type TufSuccinctRoles,
  utf8,
} from "@countermark/formats";
import type { TufSigners } from "./threshold.ts";

/** A role to be searched, and who may sign it. */
export type Delegate = { readonly name: string; readonly signers: TufSigners };

/** Whom to ask next. */
export type Delegates = {
  /** In order of precedence. */
  readonly roles: readonly Delegate[];
  /** Whether nobody is to be asked who was to be asked before. */
  readonly isTerminal: boolean;
};

const BITS_OF_PREFIX = 32;

/**
 * The delegates that may speak about the target at `path`, up to the first that ends the search.
 *
 * @spec theupdateframework/specification#5.6, github.com/theupdateframework/taps/blob/master/tap15.md
 */
export function delegatesFor(path: string, delegations: TufDelegations | null, sha256: Sha256): Delegates {
  if (delegations === null) return { roles: [], isTerminal: false };
  const { keys } = delegations;
  const digest = sha256(utf8(path));
  if (delegations.kind === "succinct") {
    const role = delegations.bins;
    // All bins are non-terminating.
    return { roles: [{ name: binOf(digest, role), signers: { role, keys } }], isTerminal: false };
  }
  const hex = encodeHex(digest);
  const roles: Delegate[] = [];
  for (const role of delegations.roles) {
    if (!speaksAbout(role, path, hex)) continue;
    roles.push({ name: role.name, signers: { role, keys } });
    if (role.terminating) return { roles, isTerminal: true };
  }
  return { roles, isTerminal: false };
}

function speaksAbout(role: TufDelegatedRole, path: string, hex: string): boolean {
  if (role.kind === "path-hash-prefixes") return role.prefixes.some((prefix) => hex.startsWith(prefix));
  return role.patterns.some((pattern) => matchesPattern(path, pattern));
}

/** The bin that the first bits of the path's hash name, in as many digits as the last bin's number has. */
function binOf(digest: Uint8Array, { bitLength, namePrefix }: TufSuccinctRoles): string {
  const bits = new DataView(digest.buffer, digest.byteOffset).getUint32(0) >>> (BITS_OF_PREFIX - bitLength);
  return `${namePrefix}-${bits.toString(16).padStart(Math.ceil(bitLength / 4), "0")}`;
}

/**
 * Whether `path` matches: `*` is any number of characters and `?` one, neither of them a slash. A dot at the beginning is a
 * character like any other. Never slower than the product of the two lengths.
 *
 * @spec theupdateframework/specification#4.5 (PATHPATTERN)
 */
function matchesPattern(path: string, pattern: string): boolean {
  const wanted = [...pattern];
  let places = withoutStars(new Set([0]), wanted);
  for (const character of path) {
    const next = new Set<number>();
    for (const place of places) {
      if (wanted[place] === "*" && character !== "/") next.add(place);
      if (wanted[place] === character || (wanted[place] === "?" && character !== "/")) next.add(place + 1);
    }
    places = withoutStars(next, wanted);
  }
  return places.has(wanted.length);
}

/** The places in a pattern that are reached with these: a star may stand for nothing. */
function withoutStars(places: Set<number>, wanted: readonly string[]): Set<number> {
  // What is added while the set is walked is walked too.
  for (const place of places) if (wanted[place] === "*") places.add(place + 1);
  return places;
}
