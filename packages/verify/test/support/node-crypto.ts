// SPDX-License-Identifier: Apache-2.0
import { createPublicKey, hash, type KeyObject, verify } from "node:crypto";
import type { CryptoPort, HashName, SignatureScheme } from "../../src/port.ts";

const keys = new Map<string, KeyObject | null>();

/** The primitives of node:crypto, for this package's tests: it may not import the package that has the real ones. */
export const testCrypto: CryptoPort = {
  sha256: (bytes) => digest("sha256", bytes),
  digest,
  verifyDigest: () => false,
  verify: (scheme, spki, message, signature) => {
    if (scheme.kind !== "ed25519" && scheme.kind !== "ecdsa" && scheme.kind !== "rsa-pkcs1") return false;
    const key = importKey(spki);
    if (key === null || !isOfKind(key, scheme)) return false;
    try {
      return verify(
        scheme.kind === "ed25519" ? null : scheme.hash,
        message,
        verifyKey(key, scheme),
        signature,
      );
    } catch {
      return false;
    }
  },
};

function digest(algorithm: HashName, bytes: Uint8Array): Uint8Array {
  return new Uint8Array(hash(algorithm, bytes, "buffer"));
}

function verifyKey(key: KeyObject, scheme: SignatureScheme) {
  if (scheme.kind !== "ecdsa") return key;
  return { key, dsaEncoding: scheme.encoding === "der" ? ("der" as const) : ("ieee-p1363" as const) };
}

function isOfKind(key: KeyObject, scheme: SignatureScheme): boolean {
  const types: Readonly<Record<string, string>> = { ecdsa: "ec", ed25519: "ed25519", "rsa-pkcs1": "rsa" };
  return key.asymmetricKeyType === types[scheme.kind];
}

function importKey(spki: Uint8Array): KeyObject | null {
  const name = Buffer.from(spki).toString("base64");
  const known = keys.get(name);
  if (known !== undefined) return known;
  let key: KeyObject | null = null;
  try {
    key = createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
  } catch {
    // stays null: the port says false for a key that does not parse
  }
  keys.set(name, key);
  return key;
}
