// SPDX-License-Identifier: Apache-2.0
import {
  constants,
  createHash,
  createPublicKey,
  type KeyObject,
  hash as nodeHash,
  verify,
} from "node:crypto";
import { encodePem, type PublicKey } from "@countermark/formats";
import { type CryptoPort, createCryptoPort, type HashName, type SignatureScheme } from "@countermark/verify";

/**
 * The primitives of node:crypto, which answer at once; by @noble/curves, and later, what it has not: Ed25519ph, and ECDSA over a
 * digest alone.
 */
export const nodeCrypto = {
  sha256: (bytes: Uint8Array): Uint8Array<ArrayBuffer> => digest("sha256", bytes),
  digest,
  ...createCryptoPort({
    digest,
    importKey,
    ecdsaEncoding: "der",
    verify: verifyNatively,
    loadSoftware: async () => (await import("./software.ts")).software,
  }),
} as const satisfies CryptoPort;

function digest(algorithm: HashName, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  // Above this the one-shot form's copy costs more than it saves.
  if (bytes.length > 65_536) return new Uint8Array(createHash(algorithm).update(bytes).digest());
  // As text of one byte a character: a buffer of Node's own costs more than hashing a few blocks.
  const text = nodeHash(algorithm, bytes, "binary");
  const digest = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) digest[i] = text.charCodeAt(i);
  return digest;
}

/** Null for a key of a kind that this Node does not know: before 24, that is ML-DSA-44. */
function importKey({ kind, spki }: PublicKey): KeyObject | null {
  if (kind !== "ml-dsa-44") return readSpki(spki);
  try {
    return readSpki(spki);
  } catch {
    // Every key of this kind that parses is one, so it is this Node that has it not.
    return null;
  }
}

function readSpki(spki: Uint8Array): KeyObject {
  // Node asks of every object whether it is a key by catching what is thrown: that costs more than all of the import. A text it
  // never asks.
  return createPublicKey(encodePem("PUBLIC KEY", spki));
}

function verifyNatively(
  scheme: SignatureScheme,
  key: KeyObject | null,
  message: Uint8Array,
  signature: Uint8Array,
): boolean | null {
  if (key === null) return null;
  switch (scheme.kind) {
    case "ed25519":
    case "ml-dsa-44":
      return verify(null, message, key, signature);
    case "ecdsa":
    case "rsa-pkcs1":
      return verify(scheme.hash, message, key, signature);
    case "rsa-pss": {
      const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: saltLength } = constants;
      return verify(scheme.hash, message, { key, padding, saltLength }, signature);
    }
    case "ed25519ph":
      return null;
  }
}
