// SPDX-License-Identifier: Apache-2.0
import { canonicalVersion, normalizeProjectName, parseVersion } from "@countermark/formats";
import type { Coverage } from "@countermark/verify";

/** Something that is installed, as the tool or the environment says. */
export type InstalledItem = {
  readonly name: string;
  readonly version: string;
  /** Where it came from; null where only the index can be meant. */
  readonly url: string | null;
  readonly sha256: string | null;
  /** How it came, if not from the index: "from git", "editable" ... */
  readonly way: string;
};

/** A file that the proxy verified and delivered to its last byte. */
export type DeliveredFile = {
  readonly project: string;
  readonly version: string;
  readonly filename: string;
  readonly sha256: string;
};

export type Reconciliation = {
  readonly coverage: Coverage;
  /** What was installed as if from the index, without having come through the proxy. */
  readonly unaccounted: readonly InstalledItem[];
  /** What was verified and used, but is not installed: build requirements, for one. */
  readonly delivered: readonly DeliveredFile[];
};

/**
 * Compares what was installed with what was verified. An item is verified when it came from the proxy and is a file that the
 * proxy delivered whole; by digest where the tool recorded one.
 *
 * @param proxyUrl what the URLs of the proxy begin with.
 */
export function reconcile(
  items: readonly InstalledItem[],
  delivered: readonly DeliveredFile[],
  proxyUrl: string,
): Reconciliation {
  const others = new Map<string, number>();
  const unaccounted: InstalledItem[] = [];
  const used = new Set<DeliveredFile>();
  let verified = 0;
  for (const item of items) {
    const fromProxy = item.url === null || item.url.startsWith(proxyUrl);
    const file = fromProxy ? findDelivered(item, delivered) : undefined;
    if (file !== undefined) {
      used.add(file);
      verified++;
    } else {
      const way = fromProxy ? "not accounted for" : item.way;
      if (fromProxy) unaccounted.push(item);
      others.set(way, (others.get(way) ?? 0) + 1);
    }
  }
  return {
    coverage: { installed: items.length, verified, others },
    unaccounted,
    delivered: delivered.filter((file) => !used.has(file)),
  };
}

function findDelivered(item: InstalledItem, delivered: readonly DeliveredFile[]): DeliveredFile | undefined {
  const project = normalizeProjectName(item.name);
  return delivered.find(
    (file) =>
      file.project === project &&
      file.version === canonical(item.version) &&
      (item.sha256 === null || item.sha256 === file.sha256) &&
      (item.url === null || item.url.endsWith(`/${encodeURIComponent(file.filename)}`)),
  );
}

function canonical(version: string): string {
  try {
    return canonicalVersion(parseVersion(version));
  } catch {
    // A version that no index file can have matches none.
    return "";
  }
}
