// SPDX-License-Identifier: Apache-2.0
import {
  type Bytes,
  createVkey,
  encodeCosignedMessage,
  encodeNote,
  encodeTimestampedSignature,
  type NoteSignature,
  parseEd25519Spki,
  utf8,
  type Vkey,
} from "@countermark/formats";
import type { PrivateKey } from "./keys.ts";
import { nodeCrypto } from "./node-crypto.ts";

/** Signs notes under one name. Ed25519, so signing the same text again gives the same bytes. */
export interface NoteSigner {
  readonly vkey: Vkey;
  sign(noteText: string): NoteSignature;
}

/** Cosigns checkpoints at a time, under one name. */
export interface Cosigner {
  readonly vkey: Vkey;
  cosign(noteText: string, time: number): NoteSignature;
}

/** A log's signer: type 1. @param name the log's origin */
export function createNoteSigner(name: string, key: PrivateKey): NoteSigner {
  const vkey = createVkey(name, 1, ed25519KeyOf(key), nodeCrypto.sha256);
  return {
    vkey,
    sign: (text) => ({ name, keyId: vkey.keyId, signature: key.sign(utf8(text)) }),
  };
}

/** A witness's or auditor's signer: type 4. The key must cosign under this name only. @spec c2sp.org/tlog-cosignature */
export function createCosigner(name: string, key: PrivateKey): Cosigner {
  const vkey = createVkey(name, 4, ed25519KeyOf(key), nodeCrypto.sha256);
  return {
    vkey,
    cosign(text, time) {
      const signature = key.sign(encodeCosignedMessage(time, text));
      return { name, keyId: vkey.keyId, signature: encodeTimestampedSignature({ time, signature }) };
    },
  };
}

/** The note of `text` with the signer's line. */
export function signNote(text: string, signer: NoteSigner): Bytes {
  return encodeNote({ text, signatures: [signer.sign(text)] });
}

function ed25519KeyOf(key: PrivateKey): Bytes {
  if (key.algorithm !== "ed25519") throw new TypeError("Cannot sign notes with a key that is not Ed25519");
  return parseEd25519Spki(key.publicSpki);
}
