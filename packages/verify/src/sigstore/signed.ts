// SPDX-License-Identifier: Apache-2.0
import type { Certificate, PublicKey, Timestamp, TlogEntry } from "@countermark/formats";
import type { SignedContent } from "./content.ts";

/** Who signed: by a certificate that says who, or by a key that the caller knows. */
export type Signer =
  | { readonly kind: "certificate"; readonly certificate: Certificate }
  | { readonly kind: "key"; readonly key: PublicKey; readonly rsaPadding: RsaPadding };

/** How a bare RSA key signs; nothing in a bundle says it. */
export type RsaPadding = "pkcs1" | "pss";

/** A signature with everything needed to believe it. Nothing in it is believed yet. */
export type Signed = {
  readonly signer: Signer;
  readonly timestamps: readonly Timestamp[];
  readonly entries: readonly TlogEntry[];
  readonly signature: Uint8Array;
  /** What the signature covers. */
  readonly content: SignedContent;
} & (
  | { readonly form: "artifact" }
  /** The content is the PAE of this payload. */
  | { readonly form: "envelope"; readonly payload: Uint8Array }
);

export function signerKey(signer: Signer): PublicKey {
  return signer.kind === "certificate" ? signer.certificate.publicKey : signer.key;
}
