// SPDX-License-Identifier: Apache-2.0
import { canonicalVersion, normalizeProjectName, parseVersion } from "@countermark/formats";
import { type Coverage, showCoverage } from "@countermark/verify";
import type { WheelRecord } from "../dist/wheel-record.ts";
import { compareInstalled } from "./compare-installed.ts";
import { FROM_ANOTHER_INDEX } from "./pip-report.ts";

/** Something that is installed, as the tool or the environment says. */
export type InstalledItem = {
  readonly name: string;
  readonly version: string;
  /** Where it came from; null where only the index can be meant. */
  readonly url: string | null;
  readonly sha256: string | null;
  /** How it came, if not from the index: "from git", "editable" ... */
  readonly way: string;
  /** Its `*.dist-info` folder, where the environment was looked into; null where the tool itself reported it. */
  readonly info: string | null;
};

/** A file that the proxy verified and delivered to its last byte. */
export type DeliveredFile = {
  readonly project: string;
  readonly version: string;
  readonly filename: string;
  readonly sha256: string;
  /** Of a wheel, where what is installed is to be compared with it; null of anything else. */
  readonly record: WheelRecord | null;
};

/** What was installed as if from the index and is not what the proxy verified, and why that is known. */
export type Unaccounted = { readonly name: string; readonly version: string; readonly why: string };

export type Reconciliation = {
  /** What was done with what is counted. */
  readonly what: "installed" | "locked" | "downloaded";
  readonly coverage: Coverage;
  readonly unaccounted: readonly Unaccounted[];
  /** What was verified and used, but is not installed: build requirements, for one. */
  readonly delivered: readonly DeliveredFile[];
};

/** Words of the coverage for what was verified, and is not byte for byte what was installed. */
export const BUILT_HERE = "built here from a verified source";
export const BY_NAME = "compared by name alone";
const NOT_ACCOUNTED = "not accounted for";

/**
 * Compares what was installed with what was verified. An item is verified when it came from the proxy and is a file that the
 * proxy delivered whole: by digest where the tool recorded one, by the digests of its files where the environment was looked into.
 *
 * @param proxyUrl what the URLs of the proxy begin with.
 */
export async function reconcile(
  items: readonly InstalledItem[],
  delivered: readonly DeliveredFile[],
  proxyUrl: string,
): Promise<Reconciliation> {
  const others = new Map<string, number>();
  const unaccounted: Unaccounted[] = [];
  const used = new Set<DeliveredFile>();
  let verified = 0;
  for (const item of items) {
    const found = await judge(item, delivered, proxyUrl);
    if (found.file !== null) used.add(found.file);
    if (found.why !== null) unaccounted.push({ name: item.name, version: item.version, why: found.why });
    if (found.word === null) verified++;
    else others.set(found.word, (others.get(found.word) ?? 0) + 1);
  }
  return {
    what: "installed",
    coverage: { installed: items.length, verified, others },
    unaccounted,
    delivered: delivered.filter((file) => !used.has(file)),
  };
}

/** The coverage in one line: `6 installed: 6 verified`, `2 downloaded: 2 verified`. */
export function showReconciled({ what, coverage }: Reconciliation): string {
  return showCoverage(coverage).replace(" installed:", ` ${what}:`);
}

type Judgement = {
  /** Null: it is verified. */
  readonly word: string | null;
  readonly file: DeliveredFile | null;
  /** Why it is not accounted for; null when it is, or came another way. */
  readonly why: string | null;
};

async function judge(
  item: InstalledItem,
  delivered: readonly DeliveredFile[],
  proxyUrl: string,
): Promise<Judgement> {
  const isFromProxy = item.url === null || item.url.startsWith(proxyUrl);
  if (!isFromProxy) {
    const why = item.way === FROM_ANOTHER_INDEX ? "came from an index beside the verifying proxy" : null;
    return { word: item.way, file: null, why };
  }
  const files = findDelivered(item, delivered);
  const [first] = files;
  if (first === undefined)
    return { word: NOT_ACCOUNTED, file: null, why: "was installed, but did not come through the proxy" };
  const source = files.find(({ filename }) => !filename.endsWith(".whl"));
  if (item.info === null) return { word: source === first ? BUILT_HERE : null, file: first, why: null };
  let difference: string | null = null;
  for (const file of files) {
    if (file.record === null) continue;
    difference = await compareInstalled(item.info, file.record);
    if (difference === null) return { word: null, file, why: null };
  }
  // An installer that was given both may have built it all the same.
  if (source !== undefined) return { word: BUILT_HERE, file: source, why: null };
  if (difference === null) return { word: BY_NAME, file: first, why: null };
  return { word: NOT_ACCOUNTED, file: first, why: `is not as it was verified: ${difference}` };
}

/** The delivered files that an item may be, by what the tool says of it. */
function findDelivered(item: InstalledItem, delivered: readonly DeliveredFile[]): readonly DeliveredFile[] {
  const project = normalizeProjectName(item.name);
  return delivered.filter(
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
