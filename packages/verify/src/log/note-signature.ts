// SPDX-License-Identifier: Apache-2.0
import {
  type CosignerAlgorithm,
  encodeCosignedMessage,
  encodeCosignedSubtree,
  encodeEd25519Spki,
  encodeMlDsa44Spki,
  equalBytes,
  type Note,
  type NoteSignature,
  ParseError,
  parseCheckpoint,
  parseTimestampedSignature,
  type TimestampedSignature,
  utf8,
  type Vkey,
} from "@countermark/formats";
import type { CryptoPort } from "../port.ts";

/** A signature line of a note by a key we know, before it is checked. */
export interface KnownLine {
  readonly vkey: Vkey;
  readonly line: NoteSignature;
}

/**
 * The lines of `note` whose name and key id are one of `vkeys`. Lines by unknown keys are dropped here, so that a
 * stranger's line is never looked at. @spec c2sp.org/signed-note#signatures
 */
export function knownLines(note: Note, vkeys: readonly Vkey[]): KnownLine[] {
  const known: KnownLine[] = [];
  for (const line of note.signatures) {
    const vkey = vkeys.find((key) => key.name === line.name && equalBytes(key.keyId, line.keyId));
    if (vkey !== undefined) known.push({ vkey, line });
  }
  return known;
}

/** Whether a line is its key's signature, and the time it states: null for keys that state none. */
export interface CheckedLine {
  readonly valid: boolean;
  readonly time: number | null;
}

/** Whether the line is the key's signature of the note text. ML-DSA-44 covers the first three lines of a checkpoint alone. */
export async function checkLine(
  { vkey, line }: KnownLine,
  noteText: string,
  crypto: CryptoPort,
): Promise<CheckedLine> {
  switch (vkey.algorithm) {
    case 1: {
      const spki = encodeEd25519Spki(vkey.key);
      const valid = await crypto.verify({ kind: "ed25519" }, spki, utf8(noteText), line.signature);
      return { valid, time: null };
    }
    case 2: {
      const scheme = { kind: "ecdsa", curve: "p256", hash: "sha256", encoding: "der" } as const;
      return { valid: await crypto.verify(scheme, vkey.key, utf8(noteText), line.signature), time: null };
    }
    case 4:
    case 6:
      return await checkCosignature(vkey, vkey.algorithm, { line, noteText }, crypto);
  }
}

async function checkCosignature(
  vkey: Vkey,
  algorithm: CosignerAlgorithm,
  { line, noteText }: { readonly line: NoteSignature; readonly noteText: string },
  crypto: CryptoPort,
): Promise<CheckedLine> {
  const cosigned = readCosigned(vkey.name, algorithm, line.signature, noteText);
  if (cosigned === null) return { valid: false, time: null };
  const { time, signature, message } = cosigned;
  const valid =
    algorithm === 4
      ? await crypto.verify({ kind: "ed25519" }, encodeEd25519Spki(vkey.key), message, signature)
      : await crypto.verify({ kind: "ml-dsa-44" }, encodeMlDsa44Spki(vkey.key), message, signature);
  return { valid, time };
}

/** Null when the bytes are not a time and a signature, or the text is nothing that is cosigned: then the line is not that key's. */
function readCosigned(
  cosigner: string,
  algorithm: CosignerAlgorithm,
  bytes: Uint8Array,
  noteText: string,
): (TimestampedSignature & { readonly message: Uint8Array }) | null {
  try {
    const { time, signature } = parseTimestampedSignature(bytes, algorithm);
    const message =
      algorithm === 4
        ? encodeCosignedMessage(time, noteText)
        : encodeCosignedSubtree(cosigner, time, parseCheckpoint(noteText));
    return { time, signature, message };
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}
