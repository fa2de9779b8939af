// SPDX-License-Identifier: Apache-2.0
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import {
  EMPTY_LOCK,
  encodeIdentityLock,
  equalBytes,
  type IdentityLock,
  parseIdentityLock,
} from "@countermark/formats";

/** The lock at `path`; an empty one when there is no such file. @throws ParseError */
export async function readLock(path: string): Promise<IdentityLock> {
  const bytes = await readOrNull(path);
  return bytes === null ? EMPTY_LOCK : parseIdentityLock(bytes);
}

/** Writes the lock whole or not at all, and the folder that it is in. Returns whether the file changed. */
export async function writeLock(path: string, lock: IdentityLock): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true });
  return await replaceFile(path, encodeIdentityLock(lock));
}

/** Writes a file whole or not at all. Returns whether it changed. */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<boolean> {
  const before = await readOrNull(path);
  if (before !== null && equalBytes(before, bytes)) return false;
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await writeDurably(temporary, bytes);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return true;
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "w", 0o644);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function readOrNull(path: string): Promise<Uint8Array | null> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}
