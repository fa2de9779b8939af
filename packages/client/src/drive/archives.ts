// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { parseDistributionFilename } from "@countermark/formats";
import { BUILT_HERE, type DeliveredFile, type Reconciliation, type Unaccounted } from "./reconcile.ts";

/** The archives of a folder -> when each was last changed, in milliseconds. */
export type ArchiveState = ReadonlyMap<string, number>;

export async function readArchives(folder: string): Promise<ArchiveState> {
  const found = new Map<string, number>();
  for (const name of await readdir(folder).catch(() => [])) {
    if (/\.(?:whl|tar\.gz|zip)$/.test(name)) found.set(name, (await stat(join(folder, name))).ctimeMs);
  }
  return found;
}

/** What the proxy knows of a project's files: by name, their SHA-256. Null: nobody asked for the project. */
export type Listed = (project: string) => ReadonlyMap<string, string> | null;

/**
 * Compares the archives that are new in `folder` with what was delivered, by SHA-256; and those that lay there before under the name of a
 * file that the tool was shown, with that: an old pip takes such a file for the one it would fetch, without looking into it.
 */
export async function reconcileArchives(
  folder: string,
  before: ArchiveState,
  delivered: readonly DeliveredFile[],
  listed: Listed,
): Promise<Reconciliation> {
  const after = await readArchives(folder);
  const isShown = (name: string) => listed(parseOrNull(name)?.name ?? "")?.has(name) === true;
  const fresh = [...after.keys()].filter((name) => before.get(name) !== after.get(name) || isShown(name));
  const others = new Map<string, number>();
  const unaccounted: Unaccounted[] = [];
  const used = new Set<DeliveredFile>();
  let verified = 0;
  for (const name of fresh) {
    const digest = await hashFile(join(folder, name));
    const file = delivered.find(({ sha256 }) => sha256 === digest);
    const source = file ?? (isShown(name) ? undefined : sourceOf(name, delivered));
    if (source !== undefined) used.add(source);
    if (file !== undefined || listed(parseOrNull(name)?.name ?? "")?.get(name) === digest) {
      verified++;
      continue;
    }
    const word = source === undefined ? "not accounted for" : BUILT_HERE;
    others.set(word, (others.get(word) ?? 0) + 1);
    if (source === undefined) unaccounted.push(describe(name));
  }
  return {
    what: "downloaded",
    coverage: { installed: fresh.length, verified, others },
    unaccounted,
    delivered: delivered.filter((file) => !used.has(file)),
  };
}

/** The verified source that a wheel may have been built from here. */
function sourceOf(name: string, delivered: readonly DeliveredFile[]): DeliveredFile | undefined {
  if (!name.endsWith(".whl")) return undefined;
  const wheel = parseOrNull(name);
  return delivered.find(
    (file) =>
      !file.filename.endsWith(".whl") && file.project === wheel?.name && file.version === wheel.version,
  );
}

function describe(name: string): Unaccounted {
  const why = `is in the folder as ${name}, and is not what the proxy verified under that name`;
  const parsed = parseOrNull(name);
  return { name: parsed?.name ?? name, version: parsed?.version ?? "", why };
}

function parseOrNull(name: string): ReturnType<typeof parseDistributionFilename> | null {
  try {
    return parseDistributionFilename(name);
  } catch {
    // Not a distribution's name: nothing that was delivered is called so.
    return null;
  }
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const part of createReadStream(path)) hash.update(part as Buffer); // a stream without encoding gives these
  return hash.digest("hex");
}
