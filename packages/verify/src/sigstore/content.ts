// SPDX-License-Identifier: Apache-2.0
import { equalBytes, type KeyAlgorithm, type PublicKey } from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import type { CryptoPort, HashName } from "../port.ts";
import { isDigestSignedBy, isSignedBy } from "../x509/signature.ts";

/** What a signature covers: the bytes, or as much as one digest says of them. */
export type SignedContent =
  | {
      readonly kind: "bytes";
      readonly bytes: Uint8Array;
      /** Digests computed so far, so that long content is hashed once. */
      readonly digests: Map<HashName, Uint8Array>;
    }
  | { readonly kind: "digest"; readonly algorithm: HashName; readonly digest: Uint8Array };

/** Content of which every byte is known. */
export function contentOfBytes(bytes: Uint8Array): SignedContent {
  return { kind: "bytes", bytes, digests: new Map() };
}

/** Whether the content can be compared by its digest of this algorithm. */
export function isDigestKnown(content: SignedContent, algorithm: HashName): boolean {
  return content.kind === "bytes" || content.algorithm === algorithm;
}

/** The digest of the content. @throws VerifyError `artifact-digest-algorithm` when only another one is known */
export function digestOfContent(content: SignedContent, algorithm: HashName, crypto: CryptoPort): Uint8Array {
  if (content.kind === "bytes") {
    const known = content.digests.get(algorithm);
    if (known !== undefined) return known;
    const digest = crypto.digest(algorithm, content.bytes);
    content.digests.set(algorithm, digest);
    return digest;
  }
  if (!isDigestKnown(content, algorithm)) {
    throw new VerifyError(
      "artifact-digest-algorithm",
      `Cannot compare the artifact: its ${content.algorithm} digest was given, the signature is over its ${algorithm} digest`,
    );
  }
  return content.digest;
}

/** Whether the content has this digest. @throws VerifyError `artifact-digest-algorithm` when only another one is known */
export function isDigestOf(
  content: SignedContent,
  wanted: { readonly algorithm: HashName; readonly digest: Uint8Array },
  crypto: CryptoPort,
): boolean {
  return equalBytes(digestOfContent(content, wanted.algorithm, crypto), wanted.digest);
}

/**
 * Checks that `key` signed the content.
 *
 * @throws VerifyError `attestation-signature`, `artifact-digest-algorithm`
 */
export async function verifyContentSignature(
  content: SignedContent,
  { key, algorithm }: { readonly key: PublicKey; readonly algorithm: KeyAlgorithm },
  signature: Uint8Array,
  crypto: CryptoPort,
): Promise<void> {
  if (!(await isContentSigned(content, { key, algorithm }, signature, crypto))) {
    throw new VerifyError(
      "attestation-signature",
      "Cannot believe signature: it is not by the signer's key over this content",
    );
  }
}

async function isContentSigned(
  content: SignedContent,
  { key, algorithm }: { readonly key: PublicKey; readonly algorithm: KeyAlgorithm },
  signature: Uint8Array,
  crypto: CryptoPort,
): Promise<boolean> {
  if (content.kind === "bytes") return await isSignedBy(key, algorithm, content.bytes, signature, crypto);
  // Pure Ed25519 covers the bytes. Artifacts are logged by their digests only, so it is not met here.
  if (algorithm.kind === "ed25519") return false;
  const digest = digestOfContent(content, algorithm.kind === "ed25519ph" ? "sha512" : algorithm.hash, crypto);
  return await isDigestSignedBy(key, algorithm, digest, signature, crypto);
}
