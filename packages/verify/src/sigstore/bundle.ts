// SPDX-License-Identifier: Apache-2.0
import {
  dssePae,
  encodeHex,
  equalBytes,
  HASH_ALGORITHM_NAMES,
  IN_TOTO_PAYLOAD_TYPE,
  parseInTotoStatement,
  quote,
  type SigstoreBundle,
} from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import type { CryptoPort } from "../port.ts";
import type { Verified } from "../verified.ts";
import { type Signing, verifyKeylessSignature } from "./signing.ts";
import type { PreparedTrustedRoot } from "./trusted-root.ts";

/** What a bundle should be about: the bytes, or only their digest. */
export type Artifact =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "digest"; readonly sha256: Uint8Array };

/**
 * Checks that a bundle of version 0.3 is about the artifact, and who signed it when. A message signature is over the
 * artifact; an in-toto statement has it among its subjects.
 *
 * @throws VerifyError `artifact-bytes-needed` for a message signature and a digest, which the primitives cannot check;
 *   `digest-mismatch`, `statement-payload-type`, and those of {@link verifyKeylessSignature}
 *
 * Not checked here: whether this signer may sign this; a statement's predicate.
 */
export async function verifyBundle(
  bundle: SigstoreBundle,
  artifact: Artifact,
  root: Verified<PreparedTrustedRoot>,
  crypto: CryptoPort,
): Promise<Verified<Signing>> {
  const message = verifyAbout(bundle, artifact, crypto);
  const { certificate, timestamps, tlogEntries: entries, content } = bundle;
  const signed = { certificate, timestamps, entries, message, signature: content.signature };
  return await verifyKeylessSignature(signed, root, crypto);
}

/** @returns the bytes that the bundle's signature must cover. */
function verifyAbout(bundle: SigstoreBundle, artifact: Artifact, crypto: CryptoPort): Uint8Array {
  const { content } = bundle;
  if (content.kind === "dsse") {
    verifySubject(content, artifact.kind === "bytes" ? crypto.sha256(artifact.bytes) : artifact.sha256);
    return dssePae(content.payloadType, content.payload);
  }
  if (artifact.kind === "digest") {
    throw new VerifyError("artifact-bytes-needed", "Cannot check a message signature against a digest");
  }
  const digest = crypto.digest(HASH_ALGORITHM_NAMES[content.digest.algorithm], artifact.bytes);
  if (!equalBytes(digest, content.digest.value)) throw wrongDigest(content.digest.value, digest);
  return artifact.bytes;
}

function verifySubject(
  envelope: { readonly payloadType: string; readonly payload: Uint8Array },
  digest: Uint8Array,
): void {
  if (envelope.payloadType !== IN_TOTO_PAYLOAD_TYPE) {
    throw new VerifyError(
      "statement-payload-type",
      `Cannot read a payload of type ${quote(envelope.payloadType)}`,
    );
  }
  const { subjects } = parseInTotoStatement(envelope.payload);
  const found = subjects.some(({ sha256 }) => sha256 !== null && equalBytes(sha256, digest));
  if (!found) throw wrongDigest(subjects[0]?.sha256 ?? null, digest);
}

function wrongDigest(signed: Uint8Array | null, found: Uint8Array): VerifyError {
  const wanted = signed === null ? "no digest" : encodeHex(signed);
  return new VerifyError(
    "digest-mismatch",
    `Cannot accept artifact ${encodeHex(found)}: the bundle is about ${wanted}`,
  );
}
