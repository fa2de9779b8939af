// SPDX-License-Identifier: Apache-2.0
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import {
  type Curve,
  type DigestName,
  derBitString,
  derOid,
  derSequence,
  EC_PUBLIC_KEY_OID,
  type SignatureAlgorithm,
} from "@countermark/formats";
import { ed25519ph } from "@noble/curves/ed25519.js";
import { p256, p384, p521 } from "@noble/curves/nist.js";
import { signPss, toyRsaKey } from "./toy-rsa-keys.ts";

/** A key that tests may sign with: the same name is the same key and the same signatures, in every run. */
export type ToyKey = {
  readonly name: string;
  readonly algorithm: SignatureAlgorithm;
  /** The name of `PublicKeyDetails`. */
  readonly keyDetails: string;
  /** The hash that a log of signatures over digests has of a message by this key. */
  readonly hash: DigestName;
  readonly spki: Uint8Array;
  readonly sign: (message: Uint8Array) => Uint8Array;
};

const PKCS8_ED25519_PREFIX = "302e020100300506032b657004220420";

const CURVES = {
  p256: { oid: "1.2.840.10045.3.1.7", curve: p256, hash: "sha256", details: "PKIX_ECDSA_P256_SHA_256" },
  p384: { oid: "1.3.132.0.34", curve: p384, hash: "sha384", details: "PKIX_ECDSA_P384_SHA_384" },
  p521: { oid: "1.3.132.0.35", curve: p521, hash: "sha512", details: "PKIX_ECDSA_P521_SHA_512" },
} as const;

/** A P-256 key that signs with SHA-256. */
export function toyP256(name: string): ToyKey {
  return toyEcdsa("p256", name);
}

/** A key that signs with the hash of its curve's length, with nonces of RFC 6979. */
export function toyEcdsa(on: Curve, name: string): ToyKey {
  const { oid, curve, hash, details } = CURVES[on];
  const secret = new Uint8Array(curve.lengths.secretKey ?? 32);
  secret.set(seedOf(hash, name), secret.length - (on === "p521" ? 64 : secret.length));
  const algorithm = derSequence(derOid(EC_PUBLIC_KEY_OID), derOid(oid));
  return {
    name,
    algorithm: { kind: "ecdsa", hash },
    keyDetails: details,
    hash,
    spki: derSequence(algorithm, derBitString(curve.getPublicKey(secret, false))),
    sign: (message) => curve.sign(message, secret, { lowS: false, format: "der" }),
  };
}

export function toyEd25519(name: string): ToyKey {
  const key = importEd25519(name);
  return {
    name,
    algorithm: { kind: "ed25519" },
    keyDetails: "PKIX_ED25519",
    hash: "sha512",
    spki: spkiOf(key),
    sign: (message) => new Uint8Array(sign(null, message, key)),
  };
}

/** The Ed25519 key of that name, signing in its prehashed form. */
export function toyEd25519ph(name: string): ToyKey {
  const secret = seedOf("sha256", name);
  return {
    ...toyEd25519(name),
    keyDetails: "PKIX_ED25519_PH",
    sign: (message) => ed25519ph.sign(message, secret),
  };
}

/** An RSA key that signs by PKCS #1 version 1.5 with SHA-256. */
export function toyRsa(bits: 2048 | 3072 | 4096): ToyKey {
  const key = toyRsaKey(bits);
  return {
    name: `rsa ${bits}`,
    algorithm: { kind: "rsa-pkcs1", hash: "sha256" },
    keyDetails: `PKIX_RSA_PKCS1V15_${bits}_SHA256`,
    hash: "sha256",
    spki: spkiOf(key),
    sign: (message) => new Uint8Array(sign("sha256", message, key)),
  };
}

/** The same key, signing by PSS with a salt that is a digest of the message. */
export function toyRsaPss(bits: 2048 | 3072 | 4096): ToyKey {
  const key = toyRsaKey(bits);
  return {
    ...toyRsa(bits),
    algorithm: { kind: "rsa-pss", hash: "sha256" },
    keyDetails: `PKIX_RSA_PSS_${bits}_SHA256`,
    sign: (message) => signPss(key, bits, message),
  };
}

function importEd25519(name: string): KeyObject {
  const pkcs8 = Buffer.concat([Buffer.from(PKCS8_ED25519_PREFIX, "hex"), seedOf("sha256", name)]);
  return createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
}

function seedOf(hash: DigestName, name: string): Uint8Array {
  return new Uint8Array(createHash(hash).update(`toy key ${name}`).digest());
}

function spkiOf(key: KeyObject): Uint8Array {
  return new Uint8Array(createPublicKey(key).export({ format: "der", type: "spki" }));
}
