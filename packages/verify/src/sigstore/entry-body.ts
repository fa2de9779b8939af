// SPDX-License-Identifier: Apache-2.0
import {
  encodeHashedRekordBody,
  equalBytes,
  IN_TOTO_PAYLOAD_TYPE,
  loggedKeyOf,
  parseRekorV1Body,
  quote,
  type RekorV1Body,
  type RekorV1Verifier,
  type TlogEntry,
} from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import type { CryptoPort } from "../port.ts";
import { digestOfContent, isDigestOf } from "./content.ts";
import type { RekorVersion } from "./log-checkpoint.ts";
import { type Signed, signerKey } from "./signed.ts";

/** A kind of log entry that is accepted. */
export type EntryKind = {
  readonly rekor: RekorVersion;
  /** Whether what it logs is a signature over a digest, which for Ed25519 is another signature. */
  readonly logs: "digest-signature" | "message-signature";
};

/** `<kind> <version>` -> what is known of it. */
const ENTRY_KINDS: ReadonlyMap<string, EntryKind> = new Map<string, EntryKind>([
  ["hashedrekord 0.0.2", { rekor: 2, logs: "digest-signature" }],
  ["hashedrekord 0.0.1", { rekor: 1, logs: "digest-signature" }],
  ["dsse 0.0.1", { rekor: 1, logs: "message-signature" }],
  ["intoto 0.0.2", { rekor: 1, logs: "message-signature" }],
]);

/** The kind of an entry. @throws VerifyError `log-entry-unsupported` */
export function entryKindOf(entry: TlogEntry): EntryKind {
  const kind = ENTRY_KINDS.get(`${entry.kind} ${entry.version}`);
  if (kind === undefined) {
    throw new VerifyError(
      "log-entry-unsupported",
      `Cannot believe log entry: ${quote(`${entry.kind} ${entry.version}`)} is not accepted`,
    );
  }
  return kind;
}

/**
 * Checks that the entry is about exactly this signer, signature and content. A leaf of Rekor v2 is made anew from them, so
 * nothing in it is believed; one of Rekor v1 also holds what cannot be had again, so every field is compared.
 *
 * @throws VerifyError `log-entry-mismatch`, `artifact-digest-algorithm`; ParseError of {@link parseRekorV1Body}
 * @spec github.com/sigstore/architecture-docs/blob/main/rekor-v2-spec.md#6.1.4,
 *   github.com/sigstore/architecture-docs/blob/main/client-spec.md#4.2
 */
export function verifyEntryBody(entry: TlogEntry, kind: EntryKind, signed: Signed, crypto: CryptoPort): void {
  const isSame =
    kind.rekor === 2
      ? equalBytes(bodyOf(signed, crypto), entry.canonicalizedBody)
      : isBodyAbout(parseRekorV1Body(entry.canonicalizedBody), entry, signed, crypto);
  if (!isSame) {
    throw new VerifyError(
      "log-entry-mismatch",
      "Cannot believe log entry: it is about another signer, signature or content",
    );
  }
}

function bodyOf(signed: Signed, crypto: CryptoPort): Uint8Array {
  const { hash, hashAlgorithm, keyDetails } = loggedKeyOf(signerKey(signed.signer));
  return encodeHashedRekordBody({
    hashAlgorithm,
    digest: digestOfContent(signed.content, hash, crypto),
    signature: signed.signature,
    verifier: { ...verifierOf(signed), keyDetails },
  });
}

function isBodyAbout(body: RekorV1Body, entry: TlogEntry, signed: Signed, crypto: CryptoPort): boolean {
  const verifier = verifierOf(signed);
  return (
    // Of each kind one version of Rekor v1 is known.
    body.kind === entry.kind &&
    equalBytes(body.signature, signed.signature) &&
    body.verifier.kind === verifier.kind &&
    equalBytes(body.verifier.der, verifier.der) &&
    isContentOf(body, signed, crypto)
  );
}

function isContentOf(body: RekorV1Body, signed: Signed, crypto: CryptoPort): boolean {
  switch (body.kind) {
    // Rekor v1 has kinds of its own for envelopes.
    case "hashedrekord":
      return signed.form === "artifact" && isDigestOf(signed.content, body, crypto);
    // The hash of the envelope is of its JSON, which others may write otherwise: it cannot be compared.
    case "dsse":
      return signed.form === "envelope" && equalBytes(crypto.sha256(signed.payload), body.payloadSha256);
    case "intoto":
      return (
        signed.form === "envelope" &&
        body.payloadType === IN_TOTO_PAYLOAD_TYPE &&
        equalBytes(crypto.sha256(signed.payload), body.payloadSha256)
      );
  }
}

function verifierOf({ signer }: Signed): RekorV1Verifier {
  return signer.kind === "certificate"
    ? { kind: "certificate", der: signer.certificate.der }
    : { kind: "public-key", der: signer.key.spki };
}
