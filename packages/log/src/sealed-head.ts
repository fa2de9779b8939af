// SPDX-License-Identifier: Apache-2.0
import {
  type Checkpoint,
  encodeCheckpoint,
  ParseError,
  parseCheckpoint,
  parseNote,
} from "@countermark/formats";
import { LogError } from "./failure.ts";
import type { NoteSigner } from "./note-signer.ts";
import type { Lock, Storage } from "./port.ts";

/** The newest tree that the log signed. Sealed is not released: nobody else has seen it yet. */
export interface SealedHead {
  readonly size: number;
  readonly root: Uint8Array;
  /** The checkpoint with the log's own signature only. */
  readonly note: Uint8Array;
}

/** What sealing writes to. All of it belongs to one log, and to one process at a time. */
export interface LogPorts {
  readonly origin: string;
  readonly signer: NoteSigner;
  readonly storage: Storage;
  readonly lock: Lock;
}

/** The newest note with the log's signature, never served as it is. */
export const SEALED_PATH = "sealed";

/** The unsigned checkpoint of a tree: what the lock store holds. */
export function bodyOf(origin: string, size: number, root: Uint8Array): string {
  return encodeCheckpoint({ origin, size, root, extensions: [] });
}

/** The checkpoint that the storage has as its newest, or null. @throws LogError `storage-damaged` */
export async function readSealed(storage: Storage): Promise<(Checkpoint & { readonly text: string }) | null> {
  const bytes = await storage.read(SEALED_PATH);
  if (bytes === null) return null;
  try {
    const { text } = parseNote(bytes);
    return { ...parseCheckpoint(text), text };
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    throw new LogError("storage-damaged", `Cannot read ${SEALED_PATH}: ${cause.message}`, { cause });
  }
}
