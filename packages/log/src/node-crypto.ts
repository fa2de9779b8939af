// SPDX-License-Identifier: Apache-2.0
import {
  createHash,
  createPublicKey,
  type KeyObject,
  hash as nodeHash,
  verify as nodeVerify,
} from "node:crypto";
import { equalBytes } from "@countermark/formats";
import type { CryptoPort, HashName, SignatureScheme } from "@countermark/verify";

const IMPORTED_KEYS_MAX = 1_024;
const RSA_BITS_MIN = 2_048;
const RSA_BITS_MAX = 8_192;
const CURVES = { p256: "prime256v1", p384: "secp384r1", p521: "secp521r1" } as const;

/** Base64 of the SPKI -> imported key, or null for one that does not import. Oldest out first. */
const imported = new Map<string, KeyObject | null>();

/** The primitives of node:crypto; every function of it is synchronous. */
export const nodeCrypto = {
  sha256: (bytes: Uint8Array): Uint8Array<ArrayBuffer> => digest("sha256", bytes),
  digest,
  verify(scheme: SignatureScheme, spki: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
    const key = importKey(spki);
    if (key === null || !isOfScheme(key, scheme)) return false;
    try {
      return verifyWith(key, scheme, message, signature);
    } catch {
      // The port's promise: a signature that does not parse is a wrong one.
      return false;
    }
  },
  verifyDigest: (): boolean => false,
} as const satisfies CryptoPort;

function digest(algorithm: HashName, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  // Above this the one-shot form's copy costs more than it saves.
  if (bytes.length > 65_536) return new Uint8Array(createHash(algorithm).update(bytes).digest());
  return new Uint8Array(nodeHash(algorithm, bytes, "buffer"));
}

function verifyWith(
  key: KeyObject,
  scheme: SignatureScheme,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  switch (scheme.kind) {
    case "ed25519":
      return nodeVerify(null, message, key, signature);
    case "ecdsa":
      return nodeVerify(
        scheme.hash,
        message,
        { key, dsaEncoding: scheme.encoding === "der" ? "der" : "ieee-p1363" },
        signature,
      );
    case "rsa-pkcs1":
      return nodeVerify(scheme.hash, message, key, signature);
    default:
      return false;
  }
}

function isOfScheme(key: KeyObject, scheme: SignatureScheme): boolean {
  const details = key.asymmetricKeyDetails;
  switch (scheme.kind) {
    case "ed25519":
      return key.asymmetricKeyType === "ed25519";
    case "ecdsa":
      return key.asymmetricKeyType === "ec" && details?.namedCurve === CURVES[scheme.curve];
    case "rsa-pkcs1": {
      const bits = details?.modulusLength ?? 0;
      return key.asymmetricKeyType === "rsa" && bits >= RSA_BITS_MIN && bits <= RSA_BITS_MAX;
    }
    default:
      return false;
  }
}

function importKey(spki: Uint8Array): KeyObject | null {
  const name = Buffer.from(spki.buffer, spki.byteOffset, spki.byteLength).toString("base64");
  const known = imported.get(name);
  if (known !== undefined) return known;
  const key = parseSpki(spki);
  const oldest = imported.keys().next();
  if (imported.size >= IMPORTED_KEYS_MAX && !oldest.done) imported.delete(oldest.value);
  imported.set(name, key);
  return key;
}

function parseSpki(spki: Uint8Array): KeyObject | null {
  try {
    const key = createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
    // OpenSSL reads more than DER and ignores what follows: one key has one spelling here.
    return equalBytes(new Uint8Array(key.export({ format: "der", type: "spki" })), spki) ? key : null;
  } catch {
    return null;
  }
}
