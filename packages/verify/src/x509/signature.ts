// SPDX-License-Identifier: Apache-2.0
import type { KeyAlgorithm, PrehashedAlgorithm, PublicKey } from "@countermark/formats";
import type { CryptoPort, PrehashedScheme, SignatureScheme } from "../port.ts";

/** Whether `signature` over `message` is by `key`; false when key and algorithm are not of one kind. */
export async function isSignedBy(
  key: PublicKey,
  algorithm: KeyAlgorithm,
  message: Uint8Array,
  signature: Uint8Array,
  crypto: CryptoPort,
): Promise<boolean> {
  return await crypto.verify(schemeOf(key, algorithm), key.spki, message, signature);
}

/** The same for a message of which only the digest is known, by the algorithm's hash (SHA-512 for Ed25519ph). */
export async function isDigestSignedBy(
  key: PublicKey,
  algorithm: PrehashedAlgorithm,
  digest: Uint8Array,
  signature: Uint8Array,
  crypto: CryptoPort,
): Promise<boolean> {
  return await crypto.verifyDigest(schemeOf(key, algorithm), key.spki, digest, signature);
}

/** An algorithm with what only the key says. That a key of another kind has not signed, the port says. */
function schemeOf(key: PublicKey, algorithm: PrehashedAlgorithm): PrehashedScheme;
function schemeOf(key: PublicKey, algorithm: KeyAlgorithm): SignatureScheme;
function schemeOf(key: PublicKey, algorithm: KeyAlgorithm): SignatureScheme {
  if (algorithm.kind !== "ecdsa") return algorithm;
  return { ...algorithm, curve: key.kind === "ecdsa" ? key.curve : "p256", encoding: "der" };
}
