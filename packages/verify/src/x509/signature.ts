// SPDX-License-Identifier: Apache-2.0
import type { KeyAlgorithm, PrehashedAlgorithm, PublicKey } from "@countermark/formats";
import type { CryptoPort, PrehashedScheme } from "../port.ts";

/** Whether `signature` over `message` is by `key`; false when key and algorithm are not of one kind. */
export async function isSignedBy(
  key: PublicKey,
  algorithm: KeyAlgorithm,
  message: Uint8Array,
  signature: Uint8Array,
  crypto: CryptoPort,
): Promise<boolean> {
  if (algorithm.kind === "ed25519") {
    return key.kind === "ed25519" && (await crypto.verify({ kind: "ed25519" }, key.spki, message, signature));
  }
  const scheme = schemeOf(key, algorithm);
  return scheme !== null && (await crypto.verify(scheme, key.spki, message, signature));
}

/** The same for a message of which only the digest is known, by the algorithm's hash (SHA-512 for Ed25519ph). */
export async function isDigestSignedBy(
  key: PublicKey,
  algorithm: PrehashedAlgorithm,
  digest: Uint8Array,
  signature: Uint8Array,
  crypto: CryptoPort,
): Promise<boolean> {
  const scheme = schemeOf(key, algorithm);
  return scheme !== null && (await crypto.verifyDigest(scheme, key.spki, digest, signature));
}

function schemeOf(key: PublicKey, algorithm: PrehashedAlgorithm): PrehashedScheme | null {
  switch (algorithm.kind) {
    case "ecdsa":
      return key.kind === "ecdsa"
        ? { kind: "ecdsa", curve: key.curve, hash: algorithm.hash, encoding: "der" }
        : null;
    case "rsa-pkcs1":
    case "rsa-pss":
      return key.kind === "rsa" ? { kind: algorithm.kind, hash: algorithm.hash } : null;
    case "ed25519ph":
      return key.kind === "ed25519" ? { kind: "ed25519ph" } : null;
  }
}
