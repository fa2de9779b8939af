// SPDX-License-Identifier: Apache-2.0
import { stat } from "node:fs/promises";
import type { LockedPackage } from "../lockfile/lock-file.ts";
import { isLockFileName, readLockFile } from "../lockfile/read-lock-file.ts";
import type { Journal } from "../proxy/journal.ts";
import type { Env } from "../settings.ts";
import { BY_NAME, type Reconciliation, type Unaccounted } from "./reconcile.ts";

const WAYS = {
  git: "from git",
  url: "from a URL",
  path: "from a local path",
  editable: "editable",
} as const;

/**
 * Compares the lock that a tool wrote with the verified pages that it was made from: every file of a package by its SHA-256.
 *
 * @returns null where there is no lock of a kind that is read
 * @throws ClientError `bad-lock-file`
 */
export async function reconcileLock(
  path: string,
  journal: Journal,
  env: Env,
): Promise<Reconciliation | null> {
  if (!isLockFileName(path) || !(await stat(path).catch(() => null))?.isFile()) return null;
  const { packages } = await readLockFile(path, env);
  const others = new Map<string, number>();
  const unaccounted: Unaccounted[] = [];
  const own = packages.filter(({ source }) => source.kind !== "this-project");
  let verified = 0;
  for (const item of own) {
    const word = judge(item, journal);
    if (word === null) verified++;
    else others.set(word, (others.get(word) ?? 0) + 1);
    if (word === UNKNOWN)
      unaccounted.push({
        name: item.name,
        version: item.version ?? "",
        why: "is locked, but is not what the verified page of it says",
      });
  }
  const coverage = { installed: own.length, verified, others };
  return { what: "locked", coverage, unaccounted, delivered: [] };
}

const UNKNOWN = "not accounted for";

/** The word for a locked package that is not verified; null for one that is. */
function judge({ name, source, files }: LockedPackage, journal: Journal): string | null {
  if (source.kind === "this-project") return null;
  if (source.kind !== "index") return WAYS[source.kind];
  const listed = journal.listed(name);
  if (listed === null) return UNKNOWN;
  const digests = new Set(listed.values());
  if (files.length === 0) return BY_NAME;
  const agrees = files.every(({ filename, sha256 }) => {
    if (sha256 === null) return false;
    return filename === null ? digests.has(sha256) : listed.get(filename) === sha256;
  });
  return agrees ? null : UNKNOWN;
}
