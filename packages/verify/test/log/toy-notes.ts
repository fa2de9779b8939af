// SPDX-License-Identifier: Apache-2.0
import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import {
  createVkey,
  encodeCheckpoint,
  encodeCosignedMessage,
  encodeNote,
  encodeTimestampedSignature,
  type NoteSignature,
  type Policy,
  parseEd25519Spki,
  parsePolicy,
  utf8,
  type Vkey,
} from "@countermark/formats";
import { testCrypto } from "../support/node-crypto.ts";

export const ORIGIN = "log.example/toy";
export const NOW = 1_700_000_000;

/** An Ed25519 key made of one byte, under a name. */
export interface ToySigner {
  readonly vkey: Vkey;
  sign(message: Uint8Array): Uint8Array;
}

export function toySigner(name: string, algorithm: 1 | 4, seed: number): ToySigner {
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), Buffer.alloc(32, seed)]);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const spki = new Uint8Array(createPublicKey(key).export({ format: "der", type: "spki" }));
  return {
    vkey: createVkey(name, algorithm, parseEd25519Spki(spki), testCrypto.sha256),
    sign: (message) => new Uint8Array(sign(null, message, key)),
  };
}

export const log = toySigner(ORIGIN, 1, 1);
export const witnesses = [11, 12, 13, 14].map((seed, i) => toySigner(`w${i + 1}.example`, 4, seed));

export const TEXT = encodeCheckpoint({
  origin: ORIGIN,
  size: 5,
  root: new Uint8Array(32).fill(7),
  extensions: [],
});

export function logLine(text: string, signer: ToySigner = log): NoteSignature {
  return { name: signer.vkey.name, keyId: signer.vkey.keyId, signature: signer.sign(utf8(text)) };
}

/** The line of witness `n` (1..4) at `time`. */
export function witnessLine(n: number, time: number, text: string = TEXT): NoteSignature {
  const signer = witnesses[n - 1];
  if (signer === undefined) throw new TypeError(`no witness ${n}`);
  const signature = signer.sign(encodeCosignedMessage(time, text));
  const { name, keyId } = signer.vkey;
  return { name, keyId, signature: encodeTimestampedSignature({ time, signature }) };
}

export function note(...signatures: NoteSignature[]): Uint8Array {
  return encodeNote({ text: TEXT, signatures });
}

/** The log and four witnesses `w1`..`w4`, then `lines` (groups and the quorum). */
export function toyPolicy(lines: string): Policy {
  const keys = witnesses.map(({ vkey }, i) => `witness w${i + 1} ${vkey.text}\n`);
  return parsePolicy(`log ${log.vkey.text}\n${keys.join("")}${lines}`, testCrypto.sha256);
}
