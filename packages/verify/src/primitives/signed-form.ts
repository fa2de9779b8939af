// SPDX-License-Identifier: Apache-2.0
import {
  type Curve,
  compareBytes,
  type EcdsaSignature,
  ParseError,
  type PublicKey,
  parseEcdsaSignature,
} from "@countermark/formats";
import type { HashName, SignatureScheme } from "../port.ts";
import { isPointForm, isSignatureForm } from "./ed25519.ts";

/** A key and a signature that may be of the scheme: what is left to say is arithmetic. */
export type SignedForm = RsaSigned | CurveOrLatticeSigned;

/** The signature is as long as the modulus, and below it. */
export interface RsaSigned {
  readonly kind: "rsa-pkcs1" | "rsa-pss";
  readonly hash: HashName;
  readonly modulus: Uint8Array;
  readonly signature: Uint8Array;
}

export type CurveOrLatticeSigned =
  | { readonly kind: "ed25519" | "ed25519ph"; readonly point: Uint8Array; readonly signature: Uint8Array }
  | {
      readonly kind: "ecdsa";
      readonly curve: Curve;
      readonly hash: HashName;
      readonly point: Uint8Array;
      readonly pair: EcdsaSignature;
    }
  | { readonly kind: "ml-dsa-44"; readonly key: Uint8Array; readonly signature: Uint8Array };

const ML_DSA_44_SIGNATURE_BYTES = 2_420;

/** Null when `key` is not of the scheme, or `signature` has not its form: then no host is asked, so that all say the same. */
export function readSigned(
  scheme: SignatureScheme,
  key: PublicKey,
  signature: Uint8Array,
): SignedForm | null {
  switch (scheme.kind) {
    case "ed25519":
    case "ed25519ph": {
      if (key.kind !== "ed25519" || !isPointForm(key.point) || !isSignatureForm(signature)) return null;
      return { kind: scheme.kind, point: key.point, signature };
    }
    case "ecdsa": {
      if (key.kind !== "ecdsa" || key.curve !== scheme.curve) return null;
      const pair = readEcdsa(signature, scheme.curve, scheme.encoding);
      return pair && { kind: "ecdsa", curve: key.curve, hash: scheme.hash, point: key.point, pair };
    }
    case "rsa-pkcs1":
    case "rsa-pss": {
      if (key.kind !== "rsa" || signature.length !== key.modulus.length) return null;
      if (compareBytes(signature, key.modulus) >= 0) return null;
      return { kind: scheme.kind, hash: scheme.hash, modulus: key.modulus, signature };
    }
    case "ml-dsa-44": {
      if (key.kind !== "ml-dsa-44" || signature.length !== ML_DSA_44_SIGNATURE_BYTES) return null;
      return { kind: "ml-dsa-44", key: key.key, signature };
    }
  }
}

function readEcdsa(signature: Uint8Array, curve: Curve, encoding: "der" | "raw"): EcdsaSignature | null {
  try {
    return parseEcdsaSignature(signature, curve, encoding);
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}
