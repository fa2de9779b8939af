// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import type { DigestName } from "../x509/algorithm.ts";
import type { PublicKey } from "../x509/public-key.ts";

/** How a key signs a hashedrekord entry, in Sigstore's names. */
export type LoggedKey = {
  /** The name of `PublicKeyDetails`. */
  readonly keyDetails: string;
  readonly hash: DigestName;
  /** The name of `HashAlgorithm`. */
  readonly hashAlgorithm: HashAlgorithmName;
};

export type HashAlgorithmName = "SHA2_256" | "SHA2_384" | "SHA2_512";

export const HASH_ALGORITHM_NAMES: { readonly [name in HashAlgorithmName]: DigestName } = {
  SHA2_256: "sha256",
  SHA2_384: "sha384",
  SHA2_512: "sha512",
};

const P256: LoggedKey = { keyDetails: "PKIX_ECDSA_P256_SHA_256", hash: "sha256", hashAlgorithm: "SHA2_256" };
const P384: LoggedKey = { keyDetails: "PKIX_ECDSA_P384_SHA_384", hash: "sha384", hashAlgorithm: "SHA2_384" };
const P521: LoggedKey = { keyDetails: "PKIX_ECDSA_P521_SHA_512", hash: "sha512", hashAlgorithm: "SHA2_512" };
const RSA_BITS = [2048, 3072, 4096];

/**
 * How Rekor v2 logs signatures by this key.
 *
 * @throws ParseError `unsupported` for Ed25519 (the log takes only its prehashed form) and RSA keys of other lengths
 * @spec github.com/sigstore/architecture-docs/blob/main/algorithm-registry.md
 */
export function loggedKeyOf(key: PublicKey): LoggedKey {
  switch (key.kind) {
    case "ecdsa":
      return { p256: P256, p384: P384, p521: P521 }[key.curve];
    case "rsa":
      if (!RSA_BITS.includes(key.bits)) throw unsupported(`an RSA key of ${key.bits} bits`);
      return {
        keyDetails: `PKIX_RSA_PKCS1V15_${key.bits}_SHA256`,
        hash: "sha256",
        hashAlgorithm: "SHA2_256",
      };
    case "ed25519":
      throw unsupported("a pure Ed25519 key");
  }
}

function unsupported(what: string): ParseError {
  return new ParseError("unsupported", `Cannot name the signature of ${what} in a hashedrekord entry`);
}
