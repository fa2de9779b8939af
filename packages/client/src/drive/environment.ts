// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { ParseError, parseJsonObject } from "@countermark/formats";
import { parseCoreMetadata } from "../dist/core-metadata.ts";
import { parseDirectUrl } from "./pip-report.ts";
import type { InstalledItem } from "./reconcile.ts";

const DIRECT_URL_BYTES_MAX = 65_536;

/** The state of an environment: path of each `*.dist-info` -> when its RECORD or METADATA was written, in milliseconds. */
export type EnvironmentState = ReadonlyMap<string, number>;

/** What is installed in `folders` now. */
export async function readEnvironment(folders: readonly string[]): Promise<EnvironmentState> {
  const found = new Map<string, number>();
  for (const folder of folders) {
    for (const name of await readdir(folder).catch(() => [])) {
      if (!name.endsWith(".dist-info")) continue;
      const path = join(folder, name);
      const changed = await stat(join(path, "RECORD")).catch(() => stat(path));
      // The change time is the kernel's: unlike the modification time it cannot be carried over from an archive.
      found.set(path, changed.ctimeMs);
    }
  }
  return found;
}

/** What is in `after` and was not, or not so, in `before`. */
export async function readInstalled(
  before: EnvironmentState,
  after: EnvironmentState,
): Promise<readonly InstalledItem[]> {
  const items: InstalledItem[] = [];
  for (const [path, changed] of after) {
    if (before.get(path) !== changed) items.push(await readItem(path));
  }
  return items;
}

async function readItem(path: string): Promise<InstalledItem> {
  const metadata = parseCoreMetadata(await readFile(join(path, "METADATA")), path);
  const named = {
    name: metadata.get("name")?.[0] ?? "",
    version: metadata.get("version")?.[0] ?? "",
    info: path,
  };
  const direct = await readFile(join(path, "direct_url.json")).catch(() => null);
  if (direct === null) return { ...named, url: null, sha256: null, way: "from the index" };
  try {
    const limits = { bytesMax: DIRECT_URL_BYTES_MAX, depthMax: 8 };
    return { ...named, ...parseDirectUrl(parseJsonObject(direct, limits, "direct_url.json")) };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return { ...named, url: "", sha256: null, way: "from an unknown place" };
  }
}
