// SPDX-License-Identifier: Apache-2.0
import {
  type Certificate,
  type FulcioClaims,
  type GeneralName,
  loggedKeyOf,
  parseFulcioExtensions,
  type Timestamp,
  type TlogEntry,
} from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import type { CryptoPort } from "../port.ts";
import type { Verified } from "../verified.ts";
import { verifySct } from "../x509/sct.ts";
import { isSignedBy } from "../x509/signature.ts";
import { verifyAlive, verifyIssuedBy, verifyOneName } from "../x509/signing-certificate.ts";
import { verifyTimestamps } from "../x509/timestamp.ts";
import { verifyEntryKind, verifyLogEntry } from "./log-entry.ts";
import type { PreparedTrustedRoot } from "./trusted-root.ts";

/** One keyless signature with everything needed to believe it. */
export type KeylessSignature = {
  readonly certificate: Certificate;
  readonly timestamps: readonly Timestamp[];
  readonly entries: readonly TlogEntry[];
  /** The signed bytes. */
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
};

/** Who signed, and when. */
export type Signing = {
  readonly certificate: Certificate;
  readonly claims: FulcioClaims;
  readonly san: GeneralName;
  /** Unix seconds, from the earliest of the verified timestamps. */
  readonly signedAt: number;
  /** The first entry's place in its log. */
  readonly logId: Uint8Array;
  readonly logIndex: number;
};

/**
 * Checks a keyless signature: every timestamp, the certificate, its SCT, every log entry, the signature.
 *
 * @throws VerifyError of each step; ParseError for a key that Rekor v2 does not log
 * @spec github.com/sigstore/architecture-docs/blob/main/client-spec.md#4
 *
 * Not checked here: whether this signer may sign this; what the message says.
 */
export async function verifyKeylessSignature(
  signed: KeylessSignature,
  root: Verified<PreparedTrustedRoot>,
  crypto: CryptoPort,
): Promise<Verified<Signing>> {
  const { certificate, timestamps, entries, message, signature } = signed;
  // 0. The log is of a version that has no time of its own, so that the timestamps below are the only times there are.
  for (const entry of entries) verifyEntryKind(entry);
  // 1. When: every timestamp is over this signature, by an authority trusted then.
  const time = await verifyTimestamps(timestamps, signature, root.timestampAuthorities, crypto);
  // 2. Who: an authority trusted then issued the certificate, for code signing.
  const chain = await verifyIssuedBy(certificate, root.certificateAuthorities, time.earliest, crypto);
  // 3. The certificate was alive at every time that is claimed.
  verifyAlive(certificate, time.earliest);
  verifyAlive(certificate, time.latest);
  const san = verifyOneName(certificate);
  // 4. The certificate is public.
  await verifySct(certificate, chain.first, root.ctLogs, crypto);
  // 5. The signature is public.
  const [first] = entries;
  if (first === undefined) throw new TypeError("Cannot verify a signature without a log entry");
  for (const entry of entries) {
    await verifyLogEntry(entry, signed, root.transparencyLogs, time.earliest, crypto);
  }
  // 6. It signs these bytes.
  await verifySignature(certificate, message, signature, crypto);
  const signing: Signing = {
    certificate,
    claims: parseFulcioExtensions(certificate),
    san,
    signedAt: time.earliest,
    logId: first.logId,
    logIndex: first.logIndex,
  };
  return signing as Verified<Signing>;
}

async function verifySignature(
  certificate: Certificate,
  message: Uint8Array,
  signature: Uint8Array,
  crypto: CryptoPort,
): Promise<void> {
  const key = certificate.publicKey;
  const kind = key.kind === "rsa" ? "rsa-pkcs1" : "ecdsa";
  const { hash } = loggedKeyOf(key); // refuses Ed25519
  if (!(await isSignedBy(key, { kind, hash }, message, signature, crypto))) {
    throw new VerifyError(
      "attestation-signature",
      "Cannot believe signature: it is not by the certificate's key",
    );
  }
}
