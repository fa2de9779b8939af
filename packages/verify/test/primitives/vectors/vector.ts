// SPDX-License-Identifier: Apache-2.0
import { encodeHex } from "@countermark/formats";
import type { SignatureScheme } from "../../../src/port.ts";

/** What a vector is about, in bytes; the file has hexadecimal. */
export interface Signed {
  readonly scheme: SignatureScheme;
  readonly spki: Uint8Array;
  /** Null where only the digest is known. */
  readonly message: Uint8Array | null;
  /** Null for schemes that sign the message itself. */
  readonly digest: Uint8Array | null;
  readonly signature: Uint8Array;
}

/** One vector: a signature and whether it holds, over the message and over its digest alike. */
export function vector(claim: string, signed: Signed, valid: boolean) {
  const { scheme, spki, message, digest, signature } = signed;
  return {
    claim,
    scheme,
    spki: encodeHex(spki),
    message: message && encodeHex(message),
    digest: digest && encodeHex(digest),
    signature: encodeHex(signature),
    valid,
  };
}

export type Vector = ReturnType<typeof vector>;

/** Whether a row holds, what it says, and how it differs from the sound one. */
export type Row = readonly [claim: string, changes: Partial<Signed>];

/** The sound signature, and rows that change something in it. */
export function vectors(sound: Signed, valid: readonly Row[], invalid: readonly Row[]): readonly Vector[] {
  const made = (rows: readonly Row[], holds: boolean) =>
    rows.map(([claim, changes]) => vector(claim, { ...sound, ...changes }, holds));
  return [vector("a signature", sound, true), ...made(valid, true), ...made(invalid, false)];
}
