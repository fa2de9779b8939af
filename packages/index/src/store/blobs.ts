// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";

/** A file being received. It has no name that anything could refer to until {@link Blobs.keep} gives it one. */
export interface IncomingBlob {
  readonly path: string;
  write(chunk: Uint8Array): Promise<void>;
  /** Flushes to disk; after it, the bytes survive a power cut. */
  finish(): Promise<void>;
  /** Removes it. Does nothing after `keep`. */
  discard(): Promise<void>;
}

/** Files by their SHA-256, one folder. Only whole, flushed files ever have a name in it. */
export interface Blobs {
  receive(): Promise<IncomingBlob>;
  /** Gives a finished file its name. Durable when it resolves; a file that is there already stays. */
  keep(incoming: IncomingBlob, sha256Hex: string): Promise<void>;
  read(sha256Hex: string): Promise<Uint8Array | null>;
  /** Bytes `from` (inclusive) to `to` (exclusive). */
  stream(sha256Hex: string, from: number, to: number): ReadableStream<Uint8Array>;
  size(sha256Hex: string): Promise<number | null>;
  remove(sha256Hex: string): Promise<void>;
}

/** Opens a blob folder and empties what earlier processes were still receiving. */
export async function openBlobs(dir: string): Promise<Blobs> {
  const incomingDir = join(dir, "incoming");
  await mkdir(incomingDir, { recursive: true });
  for (const name of await readdir(incomingDir)) await rm(join(incomingDir, name), { force: true });
  const place = (sha256Hex: string) => join(dir, sha256Hex.slice(0, 2), sha256Hex);
  return {
    async receive() {
      const path = join(incomingDir, randomUUID());
      return openIncoming(path, await open(path, "wx", 0o600));
    },
    async keep(incoming, sha256Hex) {
      const folder = join(dir, sha256Hex.slice(0, 2));
      await mkdir(folder, { recursive: true });
      await rename(incoming.path, place(sha256Hex));
      await flushFolder(folder);
      await flushFolder(dir);
    },
    async read(sha256Hex) {
      return await readFile(place(sha256Hex)).catch(nullIfAbsent);
    },
    stream(sha256Hex, from, to) {
      if (from >= to) return new Blob([]).stream();
      const stream = createReadStream(place(sha256Hex), { start: from, end: to - 1 });
      // Node's web streams carry the same chunks under a type of their own.
      return Readable.toWeb(stream) as ReadableStream<Uint8Array>;
    },
    async size(sha256Hex) {
      const found = await stat(place(sha256Hex)).catch(nullIfAbsent);
      return found === null ? null : found.size;
    },
    async remove(sha256Hex) {
      await rm(place(sha256Hex), { force: true });
    },
  };
}

/** Writes `bytes` as one blob. Durable when it resolves. */
export async function keepBytes(blobs: Blobs, bytes: Uint8Array, sha256Hex: string): Promise<void> {
  const incoming = await blobs.receive();
  try {
    await incoming.write(bytes);
    await incoming.finish();
    await blobs.keep(incoming, sha256Hex);
  } finally {
    await incoming.discard();
  }
}

function openIncoming(path: string, handle: FileHandle): IncomingBlob {
  let isOpen = true;
  const close = async () => {
    if (!isOpen) return;
    isOpen = false;
    await handle.close();
  };
  return {
    path,
    async write(chunk) {
      await handle.writeFile(chunk);
    },
    async finish() {
      await handle.sync();
      await close();
    },
    async discard() {
      await close();
      await rm(path, { force: true });
    },
  };
}

async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function nullIfAbsent(error: NodeJS.ErrnoException): null {
  if (error.code === "ENOENT") return null;
  throw error;
}
