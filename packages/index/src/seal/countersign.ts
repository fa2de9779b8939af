// SPDX-License-Identifier: Apache-2.0
import {
  type Bytes,
  encodeEntry,
  encodeHex,
  encodeStatement,
  type KnownStatement,
  paeOf,
  parseEd25519Spki,
} from "@countermark/formats";
import { nodeCrypto, type PrivateKey } from "@countermark/log";

/** The index's one online key that the ledger's rules know: it signs every entry. */
export interface Countersigner {
  /** Raw Ed25519, in hexadecimal, as the genesis lists it. */
  readonly publicKey: string;
  /** DER SubjectPublicKeyInfo. */
  readonly spki: Uint8Array;
  /** The leaf that holds `statement`. */
  countersign(statement: KnownStatement): Bytes;
}

export function createCountersigner(key: PrivateKey): Countersigner {
  const keyId = encodeHex(nodeCrypto.sha256(key.publicSpki));
  return {
    publicKey: encodeHex(parseEd25519Spki(key.publicSpki)),
    spki: key.publicSpki,
    countersign(statement) {
      const payload = encodeStatement(statement);
      return encodeEntry(payload, { keyId, signature: key.sign(paeOf(payload)) });
    },
  };
}
