// SPDX-License-Identifier: Apache-2.0

export type HashName = "sha256" | "sha384" | "sha512";

/** How a signature was made. ECDSA signatures are either DER (`SEQUENCE { r, s }`) or raw (`r || s`, fixed length). */
export type SignatureScheme =
  | { readonly kind: "ed25519" }
  | {
      readonly kind: "ecdsa";
      readonly curve: "p256" | "p384" | "p521";
      readonly hash: HashName;
      readonly encoding: "der" | "raw";
    }
  | { readonly kind: "rsa-pkcs1"; readonly hash: HashName };

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
}
