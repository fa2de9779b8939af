// SPDX-License-Identifier: Apache-2.0
import {
  type BundleContent,
  IN_TOTO_PAYLOAD_TYPE,
  loggedKeyOf,
  parseInTotoStatement,
  type SigstoreBundle,
} from "@countermark/formats";
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
  if (content.kind === "dsse") return subjectsHash(content);
  if (demand.kind === "key") return loggedKeyOf(demand.key).hash;
  return signer.kind === "certificate" ? loggedKeyOf(signer.certificate.publicKey).hash : "sha256";
}

/** SHA-256 unless every subject that has a digest has another. What is no statement is refused by who verifies it. */
function subjectsHash({ payloadType, payload }: Extract<BundleContent, { readonly kind: "dsse" }>): HashName {
  if (payloadType !== IN_TOTO_PAYLOAD_TYPE) return "sha256";
  const { subjects } = parseInTotoStatement(payload);
  const [first = "sha256", ...more] = subjects.flatMap(({ digest }) => digest?.algorithm ?? []);
  return more.every((algorithm) => algorithm === first) ? first : "sha256";
}
