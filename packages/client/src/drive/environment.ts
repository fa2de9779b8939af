// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { ParseError, parseJsonObject } from "@countermark/formats";
import { parseCoreMetadata } from "../dist/core-metadata.ts";
import type { Env } from "../settings.ts";
import { parseDirectUrl } from "./pip-report.ts";
import type { InstalledItem } from "./reconcile.ts";
import { readFromChild } from "./run-child.ts";

const DIRECT_URL_BYTES_MAX = 65_536;

/** The state of an environment: path of each `*.dist-info` -> when its RECORD or METADATA was written, in milliseconds. */
export type EnvironmentState = ReadonlyMap<string, number>;

/**
 * The folders that a command of uv or pip will install into, as far as its words and the environment say. Empty: not known.
 */
export async function findSitePackages(command: readonly string[], env: Env): Promise<readonly string[]> {
  const target = optionValue(command, "--target", "-t");
  if (target !== null) return [target];
  const prefix = optionValue(command, "--prefix", null) ?? env["UV_PROJECT_ENVIRONMENT"] ?? null;
  if (prefix !== null) return await sitePackagesBelow(prefix);
  const tool = basename(command[0] ?? "");
  const python = tool === "uv" ? optionValue(command, "--python", "-p") : pythonOf(command);
  if (python !== null && (python.includes("/") || !/^[0-9.]+$/.test(python)))
    return await sitePackagesOf(python, env);
  const active = env["VIRTUAL_ENV"];
  if (active) return await sitePackagesBelow(active);
  if (tool === "uv") return await sitePackagesBelow(".venv");
  return [];
}

function optionValue(command: readonly string[], long: string, short: string | null): string | null {
  for (const [i, word] of command.entries()) {
    if (word.startsWith(`${long}=`)) return word.slice(long.length + 1);
    if (word === long || (short !== null && word === short)) return command[i + 1] ?? null;
  }
  return null;
}

/** The interpreter of `python -m pip ...`, or the one that a pip script is for. */
function pythonOf(command: readonly string[]): string | null {
  const tool = basename(command[0] ?? "");
  return /^python[0-9.]*$/.test(tool) ? (command[0] ?? null) : null;
}

async function sitePackagesOf(python: string, env: Env): Promise<readonly string[]> {
  const script =
    "import sysconfig; print(sysconfig.get_path('purelib')); print(sysconfig.get_path('platlib'))";
  const clean = { PATH: env["PATH"] ?? "" };
  const text = await readFromChild(python, ["-I", "-c", script], clean);
  return text === null ? [] : [...new Set(text.split("\n"))];
}

async function sitePackagesBelow(prefix: string): Promise<readonly string[]> {
  const folders = new Set<string>();
  // One is often a link to the other.
  for (const lib of ["lib", "lib64"]) {
    for (const name of await readdir(join(prefix, lib)).catch(() => [])) {
      const folder = join(prefix, lib, name, "site-packages");
      if (/^(?:python|pypy)[0-9.]+$/.test(name)) folders.add(await realpath(folder).catch(() => folder));
    }
  }
  return [...folders];
}

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
  const named = { name: metadata.get("name")?.[0] ?? "", version: metadata.get("version")?.[0] ?? "" };
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
