// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { quote } from "../text/hex.ts";
import type { DigestName } from "../x509/algorithm.ts";
import type { Curve, PublicKey } from "../x509/public-key.ts";

export type HashAlgorithmName = "SHA2_256" | "SHA2_384" | "SHA2_512";

export const HASH_ALGORITHM_NAMES: { readonly [name in HashAlgorithmName]: DigestName } = {
  SHA2_256: "sha256",
  SHA2_384: "sha384",
  SHA2_512: "sha512",
};

/** How a key signs a digest of the message: the curve and the bits are the key's own. */
export type PrehashedAlgorithm =
  | { readonly kind: "ecdsa"; readonly hash: DigestName }
  | { readonly kind: "rsa-pkcs1" | "rsa-pss"; readonly hash: DigestName }
  /** Ed25519 over the SHA-512 of the message. */
  | { readonly kind: "ed25519ph" };

/** How a key signs; pure Ed25519 covers the message itself. */
export type KeyAlgorithm = PrehashedAlgorithm | { readonly kind: "ed25519" };

type Row = {
  readonly curve?: Curve;
  /** Absent where any length is. */
  readonly bits?: number;
  readonly algorithm: KeyAlgorithm;
};

/** Names of `PublicKeyDetails` -> the key and how it signs. @spec github.com/sigstore/architecture-docs/blob/main/algorithm-registry.md */
const KEY_DETAILS: ReadonlyMap<string, Row> = new Map<string, Row>([
  ["PKIX_ECDSA_P256_SHA_256", { curve: "p256", algorithm: { kind: "ecdsa", hash: "sha256" } }],
  ["PKIX_ECDSA_P384_SHA_384", { curve: "p384", algorithm: { kind: "ecdsa", hash: "sha384" } }],
  ["PKIX_ECDSA_P521_SHA_512", { curve: "p521", algorithm: { kind: "ecdsa", hash: "sha512" } }],
  ["PKIX_ED25519", { algorithm: { kind: "ed25519" } }],
  ["PKIX_ED25519_PH", { algorithm: { kind: "ed25519ph" } }],
  ["PKIX_RSA_PKCS1V15_2048_SHA256", { bits: 2048, algorithm: { kind: "rsa-pkcs1", hash: "sha256" } }],
  ["PKIX_RSA_PKCS1V15_3072_SHA256", { bits: 3072, algorithm: { kind: "rsa-pkcs1", hash: "sha256" } }],
  ["PKIX_RSA_PKCS1V15_4096_SHA256", { bits: 4096, algorithm: { kind: "rsa-pkcs1", hash: "sha256" } }],
  ["PKIX_RSA_PSS_2048_SHA256", { bits: 2048, algorithm: { kind: "rsa-pss", hash: "sha256" } }],
  ["PKIX_RSA_PSS_3072_SHA256", { bits: 3072, algorithm: { kind: "rsa-pss", hash: "sha256" } }],
  ["PKIX_RSA_PSS_4096_SHA256", { bits: 4096, algorithm: { kind: "rsa-pss", hash: "sha256" } }],
  // The bare RSAPublicKey of the oldest logs.
  ["PKCS1_RSA_PKCS1V5", { algorithm: { kind: "rsa-pkcs1", hash: "sha256" } }],
]);

/** Whether these key details are of an algorithm that is read here. */
export function isKnownKeyDetails(keyDetails: string): boolean {
  return KEY_DETAILS.has(keyDetails);
}

/** How `key` signs, by its key details. @throws ParseError `unsupported`, `malformed` for details of another key */
export function keyAlgorithmOf(keyDetails: string, key: PublicKey): KeyAlgorithm {
  const row = KEY_DETAILS.get(keyDetails);
  if (row === undefined) throw unsupported(`the key details ${quote(keyDetails)}`);
  if (!isRowOf(row, key)) {
    throw new ParseError(
      "malformed",
      `Cannot read key: ${quote(keyDetails)} says another kind of key than is there (${key.kind})`,
    );
  }
  return row.algorithm;
}

/** How a key signs a hashedrekord entry, in Sigstore's names. */
export type LoggedKey = {
  /** The name of `PublicKeyDetails`. */
  readonly keyDetails: string;
  readonly algorithm: PrehashedAlgorithm;
  readonly hash: DigestName;
  /** The name of `HashAlgorithm`. */
  readonly hashAlgorithm: HashAlgorithmName;
};

/**
 * How Rekor logs signatures by this key: over a digest, which pure Ed25519 and ML-DSA-44 are not.
 *
 * @throws ParseError `unsupported` for ML-DSA-44, and RSA keys of other lengths
 * @spec github.com/sigstore/architecture-docs/blob/main/algorithm-registry.md
 */
export function loggedKeyOf(key: PublicKey): LoggedKey {
  switch (key.kind) {
    case "ecdsa":
      return LOGGED_ECDSA[key.curve];
    case "ed25519":
      return LOGGED_ED25519;
    case "rsa": {
      const logged = LOGGED_RSA.get(key.bits);
      if (logged === undefined) throw unsupported(`an RSA key of ${key.bits} bits`);
      return logged;
    }
    case "ml-dsa-44":
      throw unsupported("an ML-DSA-44 key");
  }
}

const LOGGED_ECDSA: { readonly [curve in Curve]: LoggedKey } = {
  p256: logged("PKIX_ECDSA_P256_SHA_256", "ecdsa", "SHA2_256"),
  p384: logged("PKIX_ECDSA_P384_SHA_384", "ecdsa", "SHA2_384"),
  p521: logged("PKIX_ECDSA_P521_SHA_512", "ecdsa", "SHA2_512"),
};
const LOGGED_ED25519: LoggedKey = {
  keyDetails: "PKIX_ED25519_PH",
  algorithm: { kind: "ed25519ph" },
  hash: "sha512",
  hashAlgorithm: "SHA2_512",
};
const LOGGED_RSA: ReadonlyMap<number, LoggedKey> = new Map(
  [2048, 3072, 4096].map((bits) => [
    bits,
    logged(`PKIX_RSA_PKCS1V15_${bits}_SHA256`, "rsa-pkcs1", "SHA2_256"),
  ]),
);

function logged(
  keyDetails: string,
  kind: "ecdsa" | "rsa-pkcs1",
  hashAlgorithm: HashAlgorithmName,
): LoggedKey {
  const hash = HASH_ALGORITHM_NAMES[hashAlgorithm];
  return { keyDetails, algorithm: { kind, hash }, hash, hashAlgorithm };
}

function isRowOf(row: Row, key: PublicKey): boolean {
  switch (key.kind) {
    case "ecdsa":
      return row.curve === key.curve;
    case "rsa":
      return row.algorithm.kind.startsWith("rsa-") && (row.bits === undefined || row.bits === key.bits);
    case "ed25519":
      return row.algorithm.kind === "ed25519" || row.algorithm.kind === "ed25519ph";
    case "ml-dsa-44":
      return false;
  }
}

function unsupported(what: string): ParseError {
  return new ParseError("unsupported", `Cannot name the algorithm of ${what}`);
}
