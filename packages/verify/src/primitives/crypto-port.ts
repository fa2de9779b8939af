// SPDX-License-Identifier: Apache-2.0
import {
  type EcdsaEncoding,
  encodeEcdsaSignature,
  type PublicKey,
  parsePublicKey,
} from "@countermark/formats";
import type { CryptoPort, HashName, PrehashedScheme, SignatureScheme } from "../port.ts";
import { rememberKeys } from "./key-cache.ts";
import { readSigned, type SignedForm } from "./signed-form.ts";
import { type Software, verifyInSoftware } from "./software.ts";

/** The arithmetic of one platform. It is only asked about keys and signatures whose form is right. */
export interface Platform<Key> {
  digest(algorithm: HashName, bytes: Uint8Array): Uint8Array;
  /** The platform's form of a key, remembered with it. May throw for what is no key, such as a point off its curve. */
  importKey(key: PublicKey): Key;
  /** How `verify` takes ECDSA signatures. */
  readonly ecdsaEncoding: EcdsaEncoding;
  /** Whether the signature holds; may throw when it does not. Null: this platform has not this scheme. */
  verify(
    scheme: SignatureScheme,
    key: Key,
    message: Uint8Array,
    signature: Uint8Array,
  ): boolean | null | Promise<boolean | null>;
  loadSoftware(): Promise<Software>;
}

const DIGEST_BYTES: Readonly<Record<HashName, number>> = { sha256: 32, sha384: 48, sha512: 64 };

/**
 * The port over a platform's arithmetic. Which keys and which encodings of signatures are accepted is decided here and in
 * {@link parsePublicKey}, for every host alike.
 */
export function createCryptoPort<Key>(platform: Platform<Key>): Pick<CryptoPort, "verify" | "verifyDigest"> {
  const keyOf = rememberKeys((spki) => readKey(spki, platform));
  const inSoftware = (signed: SignedForm, bytes: Uint8Array) =>
    verifyInSoftware(signed, bytes, platform.digest, platform.loadSoftware);
  return {
    verify(scheme, spki, message, signature) {
      const key = keyOf(spki);
      const signed = key && readSigned(scheme, key.parsed, signature);
      if (key === null || signed === null) return false;
      const taken =
        signed.kind === "ecdsa" ? ecdsaAs(platform.ecdsaEncoding, scheme, signed, signature) : signature;
      const otherwise = () => inSoftware(signed, signedBytes(scheme, message, platform));
      return answer(() => platform.verify(scheme, key.imported, message, taken), otherwise);
    },
    verifyDigest(scheme, spki, digest, signature) {
      const key = keyOf(spki);
      const signed = key && readSigned(scheme, key.parsed, signature);
      if (signed === null || digest.length !== DIGEST_BYTES[hashOf(scheme)]) return false;
      return inSoftware(signed, digest);
    },
  };
}

function readKey<Key>(
  spki: Uint8Array,
  platform: Platform<Key>,
): { readonly parsed: PublicKey; readonly imported: Key } | null {
  try {
    const parsed = parsePublicKey(spki, "public key");
    return { parsed, imported: platform.importKey(parsed) };
  } catch {
    // The port's promise: a key that does not parse, here or by the platform, signed nothing.
    return null;
  }
}

function ecdsaAs(
  wanted: EcdsaEncoding,
  scheme: SignatureScheme,
  { pair }: Extract<SignedForm, { readonly kind: "ecdsa" }>,
  signature: Uint8Array,
): Uint8Array {
  return scheme.kind === "ecdsa" && scheme.encoding === wanted
    ? signature
    : encodeEcdsaSignature(pair, wanted);
}

/** What the platform says; false where it throws; what `otherwise` says where it has not the scheme. */
function answer(
  ask: () => boolean | null | Promise<boolean | null>,
  otherwise: () => Promise<boolean>,
): boolean | Promise<boolean> {
  try {
    const found = ask();
    if (typeof found === "boolean") return found;
    if (found !== null)
      return found.then(
        (later) => later ?? otherwise(),
        () => false,
      );
  } catch {
    // The port's promise: a signature that the platform cannot read is a wrong one.
    return false;
  }
  return otherwise();
}

/** What the scheme's arithmetic is about: the message, or its digest. */
function signedBytes<Key>(scheme: SignatureScheme, message: Uint8Array, platform: Platform<Key>): Uint8Array {
  if (scheme.kind === "ed25519" || scheme.kind === "ml-dsa-44") return message;
  return platform.digest(hashOf(scheme), message);
}

function hashOf(scheme: PrehashedScheme): HashName {
  return scheme.kind === "ed25519ph" ? "sha512" : scheme.hash;
}
