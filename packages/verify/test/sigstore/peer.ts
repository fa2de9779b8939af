// SPDX-License-Identifier: Apache-2.0
// What @sigstore/verify says of a vector.
import { createPublicKey } from "node:crypto";
import { bundleFromJSON } from "@sigstore/bundle";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import type { BundleVector, SigstoreFile } from "../vectors/sigstore/bundles.ts";

export type PeerVerdict = {
  readonly name: string;
  readonly isGood: boolean;
  /** Why not; null when it was accepted. */
  readonly refusal: string | null;
};

/** Its verdict on every vector of a file that it has a question for: it knows no cosigners, and no artifact by its digest. */
export function askPeer(file: SigstoreFile<BundleVector>): readonly PeerVerdict[] {
  return file.cases
    .filter(({ verify, expect }) => {
      const isAsked = verify.cosigners === null && verify.artifact["bytes"] !== undefined;
      return isAsked && expect.mistake === undefined;
    })
    .map((vector) => ({
      name: vector.name,
      isGood: vector.expect.refused === undefined,
      refusal: refusalOf(vector, file),
    }));
}

function refusalOf(vector: BundleVector, file: SigstoreFile<BundleVector>): string | null {
  try {
    verify(vector, file);
    return null;
  } catch (error) {
    return String(error);
  }
}

function verify(vector: BundleVector, file: SigstoreFile<BundleVector>): void {
  const { signer, thresholds, artifact } = vector.verify;
  const root = TrustedRoot.fromJSON(named(vector.trustedRoot, file.trustedRoots));
  const keys =
    signer.kind === "key"
      ? () => ({ publicKey: createPublicKey(signer.pem), validFor: () => true })
      : undefined;
  const text = vector.bundleText ?? JSON.stringify(named(vector.bundle, file.bundles));
  const bundle = bundleFromJSON(JSON.parse(text));
  const verifier = new Verifier(toTrustMaterial(root, keys), {
    tlogThreshold: thresholds.logs,
    ctlogThreshold: thresholds.ctLogs,
    timestampThreshold: thresholds.times,
  });
  const isMessage = bundle.content.$case === "messageSignature";
  const content = isMessage ? Buffer.from(artifact["bytes"] ?? "", "hex") : undefined;
  const policy =
    signer.kind === "identity"
      ? { subjectAlternativeName: signer.name, extensions: { issuer: signer.issuer } }
      : undefined;
  verifier.verify(toSignedEntity(bundle, content), policy);
}

function named(value: unknown, values: Readonly<Record<string, unknown>>): unknown {
  return typeof value === "string" ? values[value] : value;
}
