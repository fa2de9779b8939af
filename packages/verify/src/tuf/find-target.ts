// SPDX-License-Identifier: Apache-2.0
import { quote, type TufTarget, type TufTargets } from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import type { CryptoPort } from "../port.ts";
import type { Verified } from "../verified.ts";
import { type Delegate, delegatesFor } from "./delegation.ts";
import { verifyListedBytes } from "./listed-bytes.ts";
import { encodePathSegment, updateListed } from "./listed-role.ts";
import type { TufSteps } from "./request.ts";
import { type TufRepository, targetsRole } from "./update.ts";
import { signersOf } from "./update-root.ts";

/** A target that the repository vouches for. */
export type FoundTarget = TufTarget & {
  readonly path: string;
  /** The role that says so. */
  readonly role: string;
  /** Where its bytes are below the URL of the targets, percent-encoded. */
  readonly urlPath: string;
};

/**
 * Searches the roles that may speak about the target at `path`, in pre-order, and fetches those that are not cached.
 *
 * @throws ParseError; VerifyError `tuf-target-unknown`, `tuf-search-limit`, `tuf-role-unlisted`, `tuf-target-path` and those
 * of {@link updateListed}
 * @spec theupdateframework/specification#5.6
 */
export async function* findTufTarget(
  path: string,
  repository: Verified<TufRepository>,
): TufSteps<Verified<FoundTarget>> {
  const { context, root } = repository;
  const visited = new Set<string>();
  const pending: Delegate[] = [{ name: "targets", signers: signersOf(root, "targets") }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (visited.has(next.name)) continue;
    if (visited.size === context.limits.searchRolesMax) {
      throw new VerifyError(
        "tuf-search-limit",
        `Cannot find TUF target ${quote(path)}: more than ${context.limits.searchRolesMax} roles may speak about it`,
      );
    }
    visited.add(next.name);
    const role = yield* readTargets(next, repository);
    const target = role.targets.get(path);
    if (target !== undefined) {
      const urlPath = urlPathOf(path, target, root.consistentSnapshot);
      return { ...target, path, role: next.name, urlPath } as Verified<FoundTarget>;
    }
    const { roles, isTerminal } = delegatesFor(path, role.delegations, context.crypto.sha256);
    if (isTerminal) pending.length = 0;
    for (const delegate of roles.toReversed()) pending.push(delegate);
  }
  throw new VerifyError("tuf-target-unknown", `Cannot find TUF target ${quote(path)}: no role lists it`);
}

/**
 * Checks that `bytes` are the target's.
 *
 * @throws VerifyError `tuf-length-mismatch`, `tuf-hash-unknown`, `tuf-hash-mismatch`
 * @spec theupdateframework/specification#5.7
 */
export function verifyTufTarget(bytes: Uint8Array, target: Verified<FoundTarget>, crypto: CryptoPort): void {
  verifyListedBytes(bytes, target, target.path, crypto);
}

/** The role as this delegation has it: verified once for all searches of one update. */
async function* readTargets(
  { name, signers }: Delegate,
  repository: Verified<TufRepository>,
): TufSteps<TufTargets> {
  const known = repository.searched.get(name);
  if (known?.delegation === signers.role) return known.targets;
  const targets = yield* updateListed(targetsRole(name, signers, repository), repository.context);
  repository.searched.set(name, { delegation: signers.role, targets });
  return targets;
}

/** With consistent snapshots, one of the hashes is put before the file's name. */
function urlPathOf(path: string, target: TufTarget, isPrefixed: boolean): string {
  if (path.split("/").some((segment) => segment === ".." || segment === ".")) {
    throw new VerifyError(
      "tuf-target-path",
      `Cannot fetch TUF target ${quote(path)}: its path leaves its folder`,
    );
  }
  const cut = path.lastIndexOf("/") + 1;
  const served = isPrefixed ? `${path.slice(0, cut)}${target.hashes[0]?.digest}.${path.slice(cut)}` : path;
  return served.split("/").map(encodePathSegment).join("/");
}
