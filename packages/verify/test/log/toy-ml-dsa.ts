// SPDX-License-Identifier: Apache-2.0
import {
  type Checkpoint,
  createVkey,
  encodeCosignedSubtree,
  encodeTimestampedSignature,
  type NoteSignature,
  parseCheckpoint,
} from "@countermark/formats";
import { ml_dsa44 } from "@noble/post-quantum/ml-dsa.js";
import { testCrypto } from "../support/node-crypto.ts";
import { TEXT, type ToySigner } from "./toy-notes.ts";

/** An ML-DSA-44 key made of one byte, under a name; it signs the same message to the same bytes. */
export function toyMlDsa(name: string, seed: number): ToySigner {
  const { publicKey, secretKey } = ml_dsa44.keygen(new Uint8Array(32).fill(seed));
  return {
    vkey: createVkey(name, 6, publicKey, testCrypto.sha256),
    sign: (message) => ml_dsa44.sign(message, secretKey, { extraEntropy: false }),
  };
}

/** What a line is made of; tests change one thing. */
export interface SubtreeParts {
  readonly cosigner: string;
  /** What the message says, and what the line says. */
  readonly signedTime: number;
  readonly time: number;
  readonly checkpoint: Checkpoint;
  readonly change: (message: Uint8Array) => Uint8Array;
}

/** The line of `signer` at `time`, with something else in what it signed. */
export function subtreeLine(
  signer: ToySigner,
  time: number,
  changes: Partial<SubtreeParts> = {},
): NoteSignature {
  const { name, keyId } = signer.vkey;
  const parts: SubtreeParts = {
    cosigner: name,
    signedTime: time,
    time,
    checkpoint: parseCheckpoint(TEXT),
    change: (message) => message,
    ...changes,
  };
  const message = encodeCosignedSubtree(parts.cosigner, parts.signedTime, parts.checkpoint);
  const signature = signer.sign(parts.change(message));
  return { name, keyId, signature: encodeTimestampedSignature({ time: parts.time, signature }) };
}
