// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

/** Files that tools write URLs into. */
const LOCK_FILE = /\.(?:lock|toml|txt|json)$/;
const FILE_BYTES_MAX = 67_108_864;

export type Names = {
  /** What the proxy's URLs begin with, with a slash at the end. */
  readonly secretUrl: string;
  /** Base URL of the index, without one. */
  readonly index: string;
  /** Where a file of a project really is; null when it is not known. */
  readonly findUrl: (project: string, filename: string) => string | null;
};

/**
 * Puts the index's own URLs in place of the proxy's in what the tool wrote: a proxy's URL is gone when the run is over, and never
 * belongs in a lock file.
 *
 * @param words of the command: some name an output file.
 * @returns the paths of the files that were changed
 */
export async function renameUrls(
  folder: string,
  words: readonly string[],
  names: Names,
): Promise<readonly string[]> {
  const inFolder = (await readdir(folder)).filter((name) => LOCK_FILE.test(name));
  const named = words.map((word) => word.replace(/^--?[a-z-]+=/, "")).filter((word) => LOCK_FILE.test(word));
  const paths = [...inFolder, ...named].map((name) => resolve(folder, name));
  const changed: string[] = [];
  for (const path of new Set([...paths, ...locksAbove(folder)])) {
    if (await renameInFile(path, names)) changed.push(path);
  }
  return changed;
}

/** The lock of a workspace is in its root, wherever below it uv was run. */
function locksAbove(folder: string): readonly string[] {
  const above: string[] = [];
  for (let at = dirname(folder); !above.includes(join(at, "uv.lock")); at = dirname(at))
    above.push(join(at, "uv.lock"));
  return above;
}

async function renameInFile(path: string, names: Names): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  if (found === null || !found.isFile() || found.size > FILE_BYTES_MAX) return false;
  const text = await readFile(path, "utf8");
  if (!text.includes(names.secretUrl)) return false;
  await writeFile(path, renameInText(text, names));
  return true;
}

/** `text` without any URL of the proxy. */
export function renameInText(text: string, { secretUrl, index, findUrl }: Names): string {
  const prefix = secretUrl.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const files = new RegExp(`${prefix}files/([a-z0-9-]+)/([^"'\\s#,}\\]]+)`, "g");
  const named = text.replaceAll(files, (whole, project: string, segment: string) => {
    const filename = decodeURIComponent(segment);
    return findUrl(project, filename) ?? whole;
  });
  return named.replaceAll(secretUrl, `${index}/`);
}
