// SPDX-License-Identifier: Apache-2.0
import {
  type Certificate,
  equalBytes,
  type FulcioClaims,
  loggedKeyOf,
  type PublicKey,
  parseFulcioExtensions,
  type TlogEntry,
} from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import type { CryptoPort } from "../port.ts";
import { countOperators, ONE_OF_EACH, requireThresholds, type Thresholds } from "../thresholds.ts";
import type { Verified } from "../verified.ts";
import { verifyChainAlive } from "../x509/chain.ts";
import { verifySct } from "../x509/sct.ts";
import {
  findIssuer,
  type SignerName,
  verifyAlive,
  verifyIssuedBy,
  verifyOneName,
} from "../x509/signing-certificate.ts";
import { verifyTimestamps } from "../x509/timestamp.ts";
import { verifyContentSignature } from "./content.ts";
import { type CosignerDemand, verifyCosigners } from "./cosigners.ts";
import { entryKindOf } from "./entry-body.ts";
import { verifyLogEntry, verifyPromises } from "./log-entry.ts";
import { type Signed, type Signer, signerKey } from "./signed.ts";
import { NO_TRACE, type Trace } from "./steps.ts";
import type { PreparedTlog, PreparedTrustedRoot } from "./trusted-root.ts";

/** When a signature was made and where it is logged. */
export type SignatureRecord = {
  /** Unix seconds: the earliest of the times that are vouched for. */
  readonly signedAt: number;
  /** The first entry's log, and its index there: in Rekor v1 over all trees, for which a promise vouches and no proof does. */
  readonly logId: Uint8Array;
  readonly logIndex: number;
};

/** Who signed by a certificate, and when. */
export type Signing = SignatureRecord & {
  readonly certificate: Certificate;
  readonly claims: FulcioClaims;
  readonly san: SignerName;
};

/** That a known key signed, and when. */
export type KeySigning = SignatureRecord & { readonly key: PublicKey };

/** What is demanded beyond one valid signature by a trusted authority, log and clock. */
export type SignatureDemands = {
  readonly thresholds: Thresholds;
  readonly cosigners: CosignerDemand;
  readonly trace: Trace;
};

/** One log, one certificate transparency log, one clock; no cosigners. */
export const ORDINARY_DEMANDS: SignatureDemands = {
  thresholds: ONE_OF_EACH,
  cosigners: { kind: "not-demanded" },
  trace: NO_TRACE,
};

type Times = { readonly earliest: number; readonly latest: number };

/**
 * Checks a signature by a certificate: every time, the certificate, its SCTs, every log entry, the signature.
 *
 * @throws VerifyError of each step; ParseError for an entry body, checkpoint or extension that is malformed
 * @spec github.com/sigstore/architecture-docs/blob/main/client-spec.md#4
 *
 * Not checked here: whether this signer may sign this; what the content says.
 */
export async function verifyKeylessSignature(
  signed: Signed & { readonly signer: { readonly kind: "certificate" } },
  demands: SignatureDemands,
  root: Verified<PreparedTrustedRoot>,
  crypto: CryptoPort,
): Promise<Verified<Signing>> {
  const { certificate } = signed.signer;
  const { thresholds, trace } = demands;
  // 1. When.
  const times = await verifyTimes(signed, demands, root, crypto);
  // 2. Who: an authority issued the certificate, for code signing, and was trusted at every time that is claimed.
  const chain = await verifyIssuedBy(certificate, root.certificateAuthorities, times.earliest, crypto);
  verifyChainAlive(findIssuer(certificate, root.certificateAuthorities, times.latest), times.latest);
  trace("issued");
  // 3. The certificate was alive at every time that is claimed.
  verifyAlive(certificate, times.earliest);
  verifyAlive(certificate, times.latest);
  const san = verifyOneName(certificate);
  trace("alive");
  // 4. The certificate is public.
  const promised = { issuerKeyHash: chain.firstKeyHash, wanted: thresholds.ctLogs };
  await verifySct(certificate, promised, root.ctLogs, crypto);
  trace("sct");
  // 5. The signature is public. 6. It signs this content.
  const record = await verifyRecord(signed, times, { demands, root }, crypto);
  const signing: Signing = { ...record, certificate, claims: parseFulcioExtensions(certificate), san };
  return signing as Verified<Signing>;
}

/**
 * Checks a signature by a key that the caller knows: every time, every log entry, the signature. A key has no window and no
 * name, so the times say only when.
 *
 * @throws as {@link verifyKeylessSignature}
 */
export async function verifyKeySignature(
  signed: Signed & { readonly signer: { readonly kind: "key" } },
  demands: SignatureDemands,
  root: Verified<PreparedTrustedRoot>,
  crypto: CryptoPort,
): Promise<Verified<KeySigning>> {
  const times = await verifyTimes(signed, demands, root, crypto);
  const record = await verifyRecord(signed, times, { demands, root }, crypto);
  const signing: KeySigning = { ...record, key: signed.signer.key };
  return signing as Verified<KeySigning>;
}

/** Every timestamp and every promise, each of which must hold, by as many operators as wanted. */
async function verifyTimes(
  signed: Signed,
  { thresholds, trace }: SignatureDemands,
  root: Verified<PreparedTrustedRoot>,
  crypto: CryptoPort,
): Promise<Times> {
  requireThresholds(thresholds);
  const stamped = await verifyTimestamps(
    signed.timestamps,
    signed.signature,
    root.timestampAuthorities,
    crypto,
  );
  trace("timestamps");
  const promised = await verifyPromises(signed, root.transparencyLogs, crypto);
  trace("promises");
  const vouched = [...stamped, ...promised];
  if (vouched.length === 0) {
    throw new VerifyError(
      "timestamp-missing",
      "Cannot tell when the signature was made: it has no timestamp, and no log entry with a signed time",
    );
  }
  const found = countOperators(vouched);
  if (found < thresholds.times) {
    throw new VerifyError(
      "threshold-times",
      `Cannot believe signature: clocks of ${found} operators vouch for its time, wanted ${thresholds.times}`,
    );
  }
  trace("times");
  const times = vouched.map(({ time }) => time);
  return { earliest: Math.min(...times), latest: Math.max(...times) };
}

/** Every log entry, by as many operators as wanted, and the signature itself. */
async function verifyRecord(
  signed: Signed,
  times: Times,
  { demands, root }: { readonly demands: SignatureDemands; readonly root: PreparedTrustedRoot },
  crypto: CryptoPort,
): Promise<SignatureRecord> {
  const { entries, signer, content, signature } = signed;
  const [first] = entries;
  if (first === undefined) {
    throw new VerifyError("log-entry-missing", "Cannot believe signature: it is in no transparency log");
  }
  verifyNoDuplicate(signed);
  const logs: PreparedTlog[] = [];
  for (const entry of entries) {
    const at = { logs: root.transparencyLogs, signedAt: times.earliest };
    logs.push(await verifyLogEntry(entry, signed, at, crypto));
  }
  const found = countOperators(logs);
  if (found < demands.thresholds.logs) {
    throw new VerifyError(
      "threshold-logs",
      `Cannot believe signature: it is in logs of ${found} operators, wanted ${demands.thresholds.logs}`,
    );
  }
  demands.trace("entries");
  await verifyCosigners(entries, demands.cosigners, crypto);
  demands.trace("cosigners");
  const key = signerKey(signer);
  const forms = new Set(entries.map((entry) => entryKindOf(entry).logs));
  for (const form of forms) {
    const algorithm = algorithmOf(signer, form);
    await verifyContentSignature(content, { key, algorithm }, signature, crypto);
  }
  demands.trace("signature");
  return { signedAt: times.earliest, logId: first.logId, logIndex: first.logIndex };
}

/** One entry twice is one entry, and nobody honest writes it twice. */
function verifyNoDuplicate({ entries }: Signed): void {
  const isAgain = entries.some((entry, i) => entries.slice(0, i).some((other) => isSamePlace(entry, other)));
  if (isAgain) {
    throw new VerifyError("log-entry-duplicate", "Cannot believe signature: it has one log entry twice");
  }
}

function isSamePlace(a: TlogEntry, b: TlogEntry): boolean {
  return a.logIndex === b.logIndex && equalBytes(a.logId, b.logId);
}

/** A log of digests takes Ed25519 in its prehashed form only; where messages are logged it is pure. */
function algorithmOf(signer: Signer, form: "digest-signature" | "message-signature") {
  const key = signerKey(signer);
  if (key.kind === "ed25519" && form === "message-signature") return { kind: "ed25519" } as const;
  const { algorithm } = loggedKeyOf(key);
  if (signer.kind === "key" && signer.rsaPadding === "pss" && algorithm.kind === "rsa-pkcs1") {
    return { kind: "rsa-pss", hash: algorithm.hash } as const;
  }
  return algorithm;
}
