// SPDX-License-Identifier: Apache-2.0
import type { DigestName, PublicKey } from "@countermark/formats";
import type { CryptoPort, SignatureScheme } from "../port.ts";

/** How a signature in X.509, CMS or an SCT says it was made; the curve is the key's. */
type Algorithm =
  | { readonly kind: "ecdsa" | "rsa-pkcs1"; readonly hash: DigestName }
  | { readonly kind: "ed25519" };

/** Whether `signature` over `message` is by `key`; false when key and algorithm are not of one kind. */
export async function isSignedBy(
  key: PublicKey,
  algorithm: Algorithm,
  message: Uint8Array,
  signature: Uint8Array,
  crypto: CryptoPort,
): Promise<boolean> {
  const scheme = schemeOf(key, algorithm);
  return scheme !== null && (await crypto.verify(scheme, key.spki, message, signature));
}

function schemeOf(key: PublicKey, algorithm: Algorithm): SignatureScheme | null {
  if (key.kind === "ecdsa" && algorithm.kind === "ecdsa") {
    return { kind: "ecdsa", curve: key.curve, hash: algorithm.hash, encoding: "der" };
  }
  if (key.kind === "rsa" && algorithm.kind === "rsa-pkcs1")
    return { kind: "rsa-pkcs1", hash: algorithm.hash };
  if (key.kind === "ed25519" && algorithm.kind === "ed25519") return { kind: "ed25519" };
  return null;
}
