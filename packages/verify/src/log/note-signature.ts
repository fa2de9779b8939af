// SPDX-License-Identifier: Apache-2.0
import {
  encodeCosignedMessage,
  encodeEd25519Spki,
  equalBytes,
  type Note,
  type NoteSignature,
  ParseError,
  parseTimestampedSignature,
  quote,
  type TimestampedSignature,
  utf8,
  type Vkey,
} from "@countermark/formats";
import { VerifyError } from "../failure.ts";
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

/**
 * Whether the line is the key's signature of the note text, and the time it states (null for keys that state none).
 *
 * @throws VerifyError `signature-unsupported` for ML-DSA-44 keys
 */
export async function checkLine(
  { vkey, line }: KnownLine,
  noteText: string,
  crypto: CryptoPort,
): Promise<{ readonly valid: boolean; readonly time: number | null }> {
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
    case 4: {
      const timestamped = timestampedSignatureOf(line.signature);
      if (timestamped === null) return { valid: false, time: null };
      const message = encodeCosignedMessage(timestamped.time, noteText);
      const spki = encodeEd25519Spki(vkey.key);
      const valid = await crypto.verify({ kind: "ed25519" }, spki, message, timestamped.signature);
      return { valid, time: timestamped.time };
    }
    case 6:
      throw new VerifyError(
        "signature-unsupported",
        `Cannot check the line of ${quote(vkey.name)}: ML-DSA-44 signatures are not supported yet`,
      );
  }
}

/** Null when the bytes are not a time and a signature: then the line is simply not that key's signature. */
function timestampedSignatureOf(bytes: Uint8Array): TimestampedSignature | null {
  try {
    return parseTimestampedSignature(bytes);
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}
