// SPDX-License-Identifier: Apache-2.0
import { type Curve, encodeEcdsaSignature } from "@countermark/formats";
import type { HashName } from "../port.ts";
import { type EdwardsPoints, verifyEd25519 } from "./ed25519.ts";
import { verifyRsaDigest } from "./rsa.ts";
import type { CurveOrLatticeSigned, SignedForm } from "./signed-form.ts";

/** What @noble/curves and @noble/post-quantum have, as far as it is used; hosts load it when they first need it. */
export interface Software {
  readonly ecdsa: Readonly<Record<Curve, SoftwareEcdsa>>;
  readonly ed25519: EdwardsPoints;
  readonly mlDsa44: { verify(signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean };
}

export interface SoftwareEcdsa {
  verify(
    rawSignature: Uint8Array,
    digest: Uint8Array,
    point: Uint8Array,
    options: { readonly prehash: false; readonly lowS: false },
  ): boolean;
}

type Digest = (algorithm: HashName, bytes: Uint8Array) => Uint8Array;

/** Whether `signed` holds over the message; for all schemes but Ed25519 and ML-DSA-44, over the message whose digest is given. */
export async function verifyInSoftware(
  signed: SignedForm,
  messageOrDigest: Uint8Array,
  digest: Digest,
  load: () => Promise<Software>,
): Promise<boolean> {
  if ("modulus" in signed) return verifyRsaDigest(signed, messageOrDigest, digest);
  // Outside of the try: software that does not load says nothing about the signature.
  const software = await load();
  try {
    return isSigned(software, signed, messageOrDigest, digest);
  } catch {
    // A key that is no point of its curve.
    return false;
  }
}

function isSigned(
  software: Software,
  signed: CurveOrLatticeSigned,
  messageOrDigest: Uint8Array,
  digest: Digest,
): boolean {
  switch (signed.kind) {
    case "ed25519":
    case "ed25519ph":
      return verifyEd25519(software.ed25519, (bytes) => digest("sha512", bytes), signed, messageOrDigest);
    case "ecdsa": {
      const raw = encodeEcdsaSignature(signed.pair, "raw");
      const options = { prehash: false, lowS: false } as const;
      return software.ecdsa[signed.curve].verify(raw, messageOrDigest, signed.point, options);
    }
    case "ml-dsa-44":
      return software.mlDsa44.verify(signed.signature, messageOrDigest, signed.key);
  }
}
