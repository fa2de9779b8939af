// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { link, mkdir, open, readdir, readFile, rename, stat, unlink } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { equalBytes } from "@countermark/formats";
import { LogError } from "./failure.ts";
import type { Storage } from "./port.ts";
import { requirePath } from "./storage-path.ts";

/** Unfinished writes, beside what they become so that a rename stays in one file system. Never listed, never served. */
const TEMPORARY = ".tmp";
/** An unfinished write of this age has no writer any more. */
const TEMPORARY_AGE_MS_MAX = 3_600_000;

/**
 * A storage in `folder` of a POSIX file system. A write goes to a temporary file, which is fsynced and then linked
 * (create) or renamed (replace) into place; then the folder is fsynced. A crash leaves at most a file in `.tmp`.
 */
export function fileStorage(folder: string): Storage {
  const dir = resolve(folder);
  /** Folders known to exist durably. */
  const folders = new Set<string>();
  return {
    async read(path) {
      requirePath(path);
      return await readOrNull(join(dir, path));
    },
    async create(path, bytes) {
      requirePath(path);
      const target = join(dir, path);
      await ensureFolder(dir, dirname(target), folders);
      const temporary = await writeTemporary(dir, bytes, folders);
      try {
        await link(temporary, target);
      } catch (error) {
        if (!isNodeError(error, "EEXIST")) throw error;
        await requireSame(target, path, bytes);
      } finally {
        await unlink(temporary);
      }
      await syncFolder(dirname(target));
    },
    async replace(path, bytes) {
      requirePath(path);
      const target = join(dir, path);
      await ensureFolder(dir, dirname(target), folders);
      await rename(await writeTemporary(dir, bytes, folders), target);
      await syncFolder(dirname(target));
    },
    async list(prefix) {
      if (prefix !== "" && !prefix.endsWith("/")) {
        throw new TypeError(`Cannot list ${JSON.stringify(prefix)}: wanted a folder`);
      }
      if (prefix !== "") requirePath(prefix.slice(0, -1));
      return await listFiles(dir, join(dir, prefix));
    },
    async remove(path) {
      requirePath(path);
      const target = join(dir, path);
      try {
        await unlink(target);
      } catch (error) {
        if (isNodeError(error, "ENOENT") || isNodeError(error, "ENOTDIR")) return;
        throw error;
      }
      await syncFolder(dirname(target));
    },
  };
}

async function writeTemporary(dir: string, bytes: Uint8Array, folders: Set<string>): Promise<string> {
  const folder = join(dir, TEMPORARY);
  if (!folders.has(folder)) {
    await ensureFolder(dir, folder, folders);
    await removeAbandoned(folder);
  }
  const temporary = join(folder, randomUUID());
  const file = await open(temporary, "wx", 0o644);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  return temporary;
}

/** What crashes left behind. Other processes may be writing here now: only what is old goes. */
async function removeAbandoned(folder: string): Promise<void> {
  const oldest = Date.now() - TEMPORARY_AGE_MS_MAX;
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    // Gone already, when another process does the same.
    const found = await stat(path).catch(() => null);
    if (found !== null && found.mtimeMs < oldest) await unlink(path).catch(() => {});
  }
}

/** A create that another finished first: its content must be ours, and durable before we say so. */
async function requireSame(target: string, path: string, bytes: Uint8Array): Promise<void> {
  const existing = await readOrNull(target);
  if (existing === null || !equalBytes(existing, bytes)) {
    throw new LogError("storage-conflict", `Cannot create ${path}: it exists with other content`);
  }
  const file = await open(target, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Makes `folder`, and its entry in each folder above it up to `dir` durable. That it exists says nothing: whoever made it may
 * have died, or failed, before the fsync.
 */
async function ensureFolder(dir: string, folder: string, known: Set<string>): Promise<void> {
  if (known.has(folder)) return;
  const first = await mkdir(folder, { recursive: true });
  // What is above `dir` is the operator's, unless it was made just now.
  const above = first !== undefined && first.length < dir.length ? dirname(first) : dir;
  for (let made = folder; made !== above; made = dirname(made)) await syncFolder(dirname(made));
  if (first === dir) await syncFolder(dirname(dir));
  known.add(folder);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function listFiles(dir: string, folder: string): Promise<string[]> {
  let entries: { parentPath: string; name: string; isFile(): boolean }[];
  try {
    entries = await readdir(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    if (isNodeError(error, "ENOENT") || isNodeError(error, "ENOTDIR")) return [];
    throw error;
  }
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((path) => !path.startsWith(`${TEMPORARY}/`))
    .sort();
}

async function readOrNull(path: string): Promise<Uint8Array | null> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    if (isNodeError(error, "ENOENT") || isNodeError(error, "ENOTDIR") || isNodeError(error, "EISDIR"))
      return null;
    throw error;
  }
}

function isNodeError(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
