// SPDX-License-Identifier: Apache-2.0
import {
  type Bytes,
  createVkey,
  encodeCosignedMessage,
  encodeCosignedSubtree,
  encodeNote,
  encodeTimestampedSignature,
  type NoteSignature,
  parseCheckpoint,
  parsePublicKey,
  utf8,
  type Vkey,
} from "@countermark/formats";
import type { PrivateKey } from "./keys.ts";
import { nodeCrypto } from "./node-crypto.ts";

/** Signs notes under one name. Ed25519 signs the same text to the same bytes; ML-DSA-44 does not. */
export interface NoteSigner {
  readonly vkey: Vkey;
  sign(noteText: string): NoteSignature;
}

/** Cosigns checkpoints at a time, under one name. */
export interface Cosigner {
  readonly vkey: Vkey;
  /** @throws ParseError for an ML-DSA-44 key and a text that is no checkpoint, or of an origin above 255 bytes */
  cosign(noteText: string, time: number): NoteSignature;
}

/**
 * A log's signer: type 1, or with an ML-DSA-44 key type 6, which signs checkpoints alone and states no time.
 *
 * @param name the log's origin
 * @spec c2sp.org/tlog-checkpoint#signatures
 */
export function createNoteSigner(name: string, key: PrivateKey): NoteSigner {
  if (key.algorithm === "ml-dsa-44") {
    const { vkey, cosign } = createCosigner(name, key);
    return { vkey, sign: (text) => cosign(text, 0) };
  }
  const vkey = createVkey(name, 1, rawKeyOf(key), nodeCrypto.sha256);
  return { vkey, sign: (text) => ({ name, keyId: vkey.keyId, signature: key.sign(utf8(text)) }) };
}

/**
 * A witness's or auditor's signer: type 4, or 6 with an ML-DSA-44 key. An Ed25519 key must cosign under this name only: what
 * it signs does not say whose it is.
 *
 * @spec c2sp.org/tlog-cosignature
 */
export function createCosigner(name: string, key: PrivateKey): Cosigner {
  const isMlDsa = key.algorithm === "ml-dsa-44";
  const vkey = createVkey(name, isMlDsa ? 6 : 4, rawKeyOf(key), nodeCrypto.sha256);
  return {
    vkey,
    cosign(text, time) {
      const message = isMlDsa
        ? encodeCosignedSubtree(name, time, parseCheckpoint(text))
        : encodeCosignedMessage(time, text);
      const signature = encodeTimestampedSignature({ time, signature: key.sign(message) });
      return { name, keyId: vkey.keyId, signature };
    },
  };
}

/** The note of `text` with the signer's line. */
export function signNote(text: string, signer: NoteSigner): Bytes {
  return encodeNote({ text, signatures: [signer.sign(text)] });
}

function rawKeyOf({ publicSpki }: PrivateKey): Uint8Array {
  const key = parsePublicKey(publicSpki, "key of a signer");
  if (key.kind === "ed25519") return key.point;
  if (key.kind === "ml-dsa-44") return key.key;
  throw new TypeError(`Cannot sign notes with a key of kind ${key.kind}`);
}
