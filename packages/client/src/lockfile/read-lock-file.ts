// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Env } from "../settings.ts";
import { LOCK_FILE_LIMITS, type LockedFile, type LockedPackage, type LockFile } from "./lock-file.ts";
import { parsePdmLock } from "./pdm-lock.ts";
import { parsePoetryLock } from "./poetry-lock.ts";
import { parsePylock } from "./pylock.ts";
import { readRequirements } from "./requirements.ts";
import { parseUvLock } from "./uv-lock.ts";

type Parse = (bytes: Uint8Array, file: string) => LockFile;

/** Name of a file -> how it is read. */
const NAMES: readonly (readonly [pattern: RegExp, parse: Parse])[] = [
  [/^(?:.+\.)?uv\.lock$/, parseUvLock],
  [/^(?:.+\.)?poetry\.lock$/, parsePoetryLock],
  [/^(?:.+\.)?pdm\.lock$/, parsePdmLock],
  [/^pylock(?:\.[^.]+)?\.toml$/, parsePylock],
];

/** Whether a command's argument is the name of a lock file rather than of a project. */
export function isLockFileName(argument: string): boolean {
  const name = basename(argument);
  return NAMES.some(([pattern]) => pattern.test(name)) || name.endsWith(".txt");
}

/**
 * Reads the lock file at `path`, by its name; what ends with `.txt` is a requirements file. An entry that stands there twice,
 * as for an extra or for another platform, is one.
 *
 * @throws ClientError `bad-lock-file`
 */
export async function readLockFile(path: string, env: Env): Promise<LockFile> {
  const [, parse] = NAMES.find(([pattern]) => pattern.test(basename(path))) ?? [];
  const lock =
    parse === undefined
      ? await readRequirements(path, env, readBounded)
      : parse(await readBounded(path), path);
  return { ...lock, packages: mergeEntries(lock.packages) };
}

async function readBounded(path: string): Promise<Uint8Array> {
  const bytes = await readFile(path);
  // One byte beyond the limit is enough for the parser to refuse it.
  return new Uint8Array(bytes.subarray(0, LOCK_FILE_LIMITS.bytesMax + 1));
}

function mergeEntries(packages: readonly LockedPackage[]): readonly LockedPackage[] {
  const merged = new Map<string, LockedPackage>();
  for (const item of packages) {
    const key = JSON.stringify([item.name, item.version, item.source]);
    const before = merged.get(key);
    merged.set(key, before === undefined ? withUnique(item) : joinEntries(before, item));
  }
  return [...merged.values()];
}

function joinEntries(a: LockedPackage, b: LockedPackage): LockedPackage {
  const identities = a.identities === null ? b.identities : [...a.identities, ...(b.identities ?? [])];
  return withUnique({ ...a, files: [...a.files, ...b.files], identities });
}

function withUnique(item: LockedPackage): LockedPackage {
  const files = new Map<string, LockedFile>(item.files.map((file) => [JSON.stringify(file), file]));
  return { ...item, files: [...files.values()] };
}
