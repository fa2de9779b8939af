// SPDX-License-Identifier: Apache-2.0
import { loggedKeyOf, type SigstoreBundle } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import {
  type BundleEvidence,
  type HashName,
  type PreparedTrustedRoot,
  type SignatureDemands,
  type SignerDemand,
  type Verified,
  verifyBundle,
} from "@countermark/verify";
import type { LocalArtifact } from "./artifact.ts";

/** Checks a bundle of a local artifact, of which no more is read than the bundle's signature needs. @throws as {@link verifyBundle} */
export async function checkBundle(
  bundle: SigstoreBundle,
  artifact: LocalArtifact,
  demands: SignatureDemands & { readonly signer: SignerDemand },
  root: Verified<PreparedTrustedRoot>,
): Promise<Verified<BundleEvidence>> {
  const content = await artifact.contentFor(hashOf(bundle, demands.signer));
  return await verifyBundle(bundle, { ...demands, artifact: content }, root, nodeCrypto);
}

/** What the artifact is hashed with before it is signed, or named in a statement. */
function hashOf({ content, signer }: SigstoreBundle, demand: SignerDemand): HashName {
  if (content.kind === "dsse") return "sha256";
  if (demand.kind === "key") return loggedKeyOf(demand.key).hash;
  return signer.kind === "certificate" ? loggedKeyOf(signer.certificate.publicKey).hash : "sha256";
}
