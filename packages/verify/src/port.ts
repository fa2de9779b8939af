// SPDX-License-Identifier: Apache-2.0

export type HashName = "sha256" | "sha384" | "sha512";

/** How a signature was made. ECDSA signatures are either DER (`SEQUENCE { r, s }`) or raw (`r || s`, fixed length). */
export type SignatureScheme =
  | { readonly kind: "ed25519" }
  /** Ed25519 over the SHA-512 of the message. @spec rfc8032#5.1 */
  | { readonly kind: "ed25519ph" }
  | {
      readonly kind: "ecdsa";
      readonly curve: "p256" | "p384" | "p521";
      readonly hash: HashName;
      readonly encoding: "der" | "raw";
    }
  | { readonly kind: "rsa-pkcs1"; readonly hash: HashName }
  /** MGF1 with the same hash, a salt of the hash's length. @spec rfc8017#8.1 */
  | { readonly kind: "rsa-pss"; readonly hash: HashName }
  /** Pure, with an empty context. @spec fips204 */
  | { readonly kind: "ml-dsa-44" };

/** Schemes that sign a digest of the message, so that the digest is enough to check them. */
export type PrehashedScheme = Exclude<SignatureScheme, { readonly kind: "ed25519" | "ml-dsa-44" }>;

/** The primitives a host gives. Hashes are synchronous everywhere; signatures where the platform has it so. */
export interface CryptoPort {
  sha256(bytes: Uint8Array): Uint8Array;
  digest(algorithm: HashName, bytes: Uint8Array): Uint8Array;
  /**
   * Whether `signature` over `message` is by the key `spki` (DER SubjectPublicKeyInfo) under `scheme`. A key or signature
   * that does not parse, or is of another kind than the scheme, is `false`: this never throws.
   */
  verify(
    scheme: SignatureScheme,
    spki: Uint8Array,
    message: Uint8Array,
    signature: Uint8Array,
  ): boolean | Promise<boolean>;
  /** As `verify`, for a message of which only the digest is known: by the scheme's hash, SHA-512 for Ed25519ph. */
  verifyDigest(
    scheme: PrehashedScheme,
    spki: Uint8Array,
    digest: Uint8Array,
    signature: Uint8Array,
  ): boolean | Promise<boolean>;
}
