// SPDX-License-Identifier: Apache-2.0
// The files of vectors/sigstore/ that hold bundles.
import {
  encodeHex,
  parseBundle,
  parsePemBlock,
  parsePolicy,
  parsePublicKey,
  parseTrustedRoot,
  utf8,
} from "@countermark/formats";
import {
  type Artifact,
  type BundleDemands,
  type BundleEvidence,
  type CryptoPort,
  contentOfBytes,
  NO_TRACE,
  prepareTrustedRoot,
  type SignerDemand,
  type Thresholds,
  verifyBundle,
} from "@countermark/verify";
import { bytesOf, type Cases, gives, refuses, type VectorCase } from "../case.ts";

export interface SigstoreFile<C> {
  readonly trustedRoots: Readonly<Record<string, unknown>>;
  readonly bundles: Readonly<Record<string, unknown>>;
  readonly cases: readonly C[];
}

/** What is expected: what is proved, the code of a refusal, or how the caller is told of a mistake. */
export type Expected = { readonly refused?: string; readonly mistake?: string } & Readonly<
  Record<string, unknown>
>;

export interface BundleVector {
  readonly name: string;
  readonly bundle?: unknown;
  readonly bundleText?: string;
  readonly trustedRoot: unknown;
  readonly verify: {
    readonly oldest: "0.1" | "0.2" | "0.3";
    readonly artifact: Readonly<Record<string, string>>;
    readonly signer:
      | Exclude<SignerDemand, { kind: "key" }>
      | { readonly kind: "key"; readonly pem: string; readonly rsaPadding: "pkcs1" | "pss" };
    readonly thresholds: Thresholds;
    readonly cosigners: null | {
      readonly policy: string;
      readonly now: number;
      readonly toleranceSeconds: number;
    };
  };
  readonly expect: Expected;
}

export const bundleCases: Cases = (file, crypto) => {
  const { trustedRoots, bundles, cases } = file as SigstoreFile<BundleVector>; // compared with what the generator makes
  return cases.map(({ name, bundle, bundleText, trustedRoot, verify, expect }) => {
    const bytes = bundleText === undefined ? jsonBytes(bundle, bundles) : utf8(bundleText);
    const root = jsonBytes(trustedRoot, trustedRoots);
    return expected(name, expect, async () => {
      const prepared = await prepareTrustedRoot(parseTrustedRoot(root), crypto);
      const demands = demandsOf(verify, crypto);
      return provenBy(
        await verifyBundle(parseBundle(bytes, verify.oldest), demands, prepared, crypto),
        crypto,
      );
    });
  });
};

/** The vector that gives what it should, or is refused as it should be. */
export function expected(name: string, expect: Expected, find: () => Promise<unknown>): VectorCase {
  if (expect.mistake !== undefined) return { name, wanted: `TypeError: ${expect.mistake}`, find };
  return expect.refused === undefined ? gives(name, expect, find) : refuses(name, expect.refused, find);
}

/** A value, or what has that name. */
export function jsonBytes(value: unknown, named: Readonly<Record<string, unknown>>): Uint8Array {
  return utf8(JSON.stringify(typeof value === "string" ? named[value] : value));
}

export function demandsOf(verify: BundleVector["verify"], crypto: CryptoPort): BundleDemands {
  const { artifact, signer, thresholds, cosigners } = verify;
  return {
    artifact: artifactOf(artifact),
    signer: signer.kind === "key" ? { ...signer, key: keyOf(signer.pem) } : signer,
    thresholds,
    cosigners:
      cosigners === null
        ? { kind: "not-demanded" }
        : { ...cosigners, kind: "quorum", policy: parsePolicy(cosigners.policy, crypto.sha256) },
    trace: NO_TRACE,
  };
}

function artifactOf(artifact: Readonly<Record<string, string>>): Artifact {
  const { bytes } = artifact;
  if (bytes !== undefined) return contentOfBytes(bytesOf(bytes));
  for (const algorithm of ["sha256", "sha384", "sha512"] as const) {
    const digest = artifact[algorithm];
    if (digest !== undefined) return { kind: "digest", algorithm, digest: bytesOf(digest) };
  }
  throw new TypeError("Cannot tell the artifact");
}

function keyOf(pem: string) {
  return parsePublicKey(parsePemBlock(pem, "PUBLIC KEY", "key"), "key");
}

export function provenBy(evidence: BundleEvidence, crypto: CryptoPort) {
  const { kind, signedAt, logId, logIndex } = evidence;
  const record = { kind, signedAt, logId: encodeHex(logId), logIndex };
  if (evidence.kind === "key") return { ...record, signer: encodeHex(crypto.sha256(evidence.key.spki)) };
  const { certificate, san, claims } = evidence;
  const signer = encodeHex(crypto.sha256(certificate.der));
  return { ...record, signer, name: san.value, issuer: claims.issuer };
}
