// SPDX-License-Identifier: Apache-2.0
import {
  dssePae,
  encodeHex,
  HASH_ALGORITHM_NAMES,
  IN_TOTO_PAYLOAD_TYPE,
  type PublicKey,
  parseInTotoStatement,
  quote,
  type SigstoreBundle,
} from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import type { CryptoPort } from "../port.ts";
import type { Verified } from "../verified.ts";
import { contentOfBytes, digestOfContent, isDigestKnown, isDigestOf, type SignedContent } from "./content.ts";
import type { RsaPadding, Signed } from "./signed.ts";
import {
  type KeySigning,
  type SignatureDemands,
  type Signing,
  verifyKeylessSignature,
  verifyKeySignature,
} from "./signing.ts";
import type { PreparedTrustedRoot } from "./trusted-root.ts";

/** What a bundle should be about: every byte, or as much as one digest says. */
export type Artifact = SignedContent;

/** Who should have signed. */
export type SignerDemand =
  /** The certificate's one name and its issuer, both exactly. */
  | { readonly kind: "identity"; readonly name: string; readonly issuer: string }
  /** Any certificate of a trusted authority: the caller compares who it is. */
  | { readonly kind: "any-identity" }
  | { readonly kind: "key"; readonly key: PublicKey; readonly rsaPadding: RsaPadding };

export type BundleDemands = SignatureDemands & { readonly artifact: Artifact; readonly signer: SignerDemand };

/** What a verified bundle proves: by whom the artifact was signed, and when. */
export type BundleEvidence =
  | ({ readonly kind: "identity" } & Signing)
  | ({ readonly kind: "key" } & KeySigning);

/**
 * Checks that a bundle is about the artifact, that the demanded signer signed it, and when. A message signature is over the
 * artifact; an in-toto statement has it among its subjects.
 *
 * @throws VerifyError `digest-mismatch`, `artifact-digest-algorithm`, `statement-payload-type`, `signer-kind`,
 *   `identity-name`, `identity-issuer`, and those of {@link verifyKeylessSignature}
 * @spec github.com/sigstore/architecture-docs/blob/main/client-spec.md#4
 *
 * Not checked here: a statement's predicate, and its other subjects.
 */
export async function verifyBundle(
  bundle: SigstoreBundle,
  demands: BundleDemands,
  root: Verified<PreparedTrustedRoot>,
  crypto: CryptoPort,
): Promise<Verified<BundleEvidence>> {
  const { signer, trace } = demands;
  const about = verifyAbout(bundle, demands.artifact, crypto);
  trace("artifact");
  if (signer.kind === "key") {
    if (bundle.signer.kind !== "public-key") throw wrongSigner("certificate", "public key");
    const signing = await verifyKeySignature({ ...about, signer }, demands, root, crypto);
    const evidence: BundleEvidence = { kind: "key", ...signing };
    return evidence as Verified<BundleEvidence>;
  }
  if (bundle.signer.kind !== "certificate") throw wrongSigner("public key", "certificate");
  const { certificate } = bundle.signer;
  const by = { kind: "certificate", certificate } as const;
  const signing = await verifyKeylessSignature({ ...about, signer: by }, demands, root, crypto);
  verifyIdentity(signing, signer);
  trace("identity");
  const evidence: BundleEvidence = { kind: "identity", ...signing };
  return evidence as Verified<BundleEvidence>;
}

type About = Omit<Signed, "signer" | "form"> &
  ({ readonly form: "artifact" } | { readonly form: "envelope"; readonly payload: Uint8Array });

/** @returns what the bundle's signature must cover, and its evidence. */
function verifyAbout(bundle: SigstoreBundle, artifact: Artifact, crypto: CryptoPort): About {
  const { content, timestamps, tlogEntries: entries } = bundle;
  const { signature } = content;
  if (content.kind === "dsse") {
    const { payloadType, payload } = content;
    verifySubject(content, artifact, crypto);
    const pae = contentOfBytes(dssePae(payloadType, payload));
    return { form: "envelope", payload, content: pae, timestamps, entries, signature };
  }
  if (content.digest !== null) {
    const { algorithm: name, value: digest } = content.digest;
    const algorithm = HASH_ALGORITHM_NAMES[name];
    if (!isDigestOf(artifact, { algorithm, digest }, crypto)) {
      throw wrongDigest(encodeHex(digest), digestOfContent(artifact, algorithm, crypto));
    }
  }
  return { form: "artifact", content: artifact, timestamps, entries, signature };
}

function verifySubject(
  envelope: { readonly payloadType: string; readonly payload: Uint8Array },
  artifact: Artifact,
  crypto: CryptoPort,
): void {
  if (envelope.payloadType !== IN_TOTO_PAYLOAD_TYPE) {
    throw new VerifyError(
      "statement-payload-type",
      `Cannot read a payload of type ${quote(envelope.payloadType)}`,
    );
  }
  const { subjects } = parseInTotoStatement(envelope.payload);
  const digests = subjects.flatMap(({ digest }) => digest ?? []);
  const comparable = digests.filter(({ algorithm }) => isDigestKnown(artifact, algorithm));
  if (!comparable.some((digest) => isDigestOf(artifact, digest, crypto))) {
    const { algorithm } = comparable[0] ?? digests[0] ?? { algorithm: "sha256" };
    throw wrongDigest(`${subjects.length} other subjects`, digestOfContent(artifact, algorithm, crypto));
  }
}

function wrongSigner(found: string, wanted: string): VerifyError {
  return new VerifyError(
    "signer-kind",
    `Cannot believe bundle: it is signed by a ${found}, wanted a ${wanted}`,
  );
}

/**
 * Checks that the certificate is of the one who should have signed. Names and issuers are compared as a whole: no pattern, no
 * part, no letter case.
 *
 * @throws VerifyError `identity-issuer`, `identity-name`
 */
export function verifyIdentity(
  signing: Verified<Signing>,
  signer: Exclude<SignerDemand, { readonly kind: "key" }>,
): void {
  if (signer.kind === "any-identity") return;
  const { issuer } = signing.claims;
  if (issuer !== signer.issuer) {
    throw new VerifyError(
      "identity-issuer",
      `Cannot accept signer: vouched for by ${quote(issuer ?? "nobody")}, wanted ${quote(signer.issuer)}`,
    );
  }
  const name = signing.san.value;
  if (name !== signer.name) {
    throw new VerifyError(
      "identity-name",
      `Cannot accept signer ${quote(name)}, wanted ${quote(signer.name)}`,
    );
  }
}

function wrongDigest(signed: string, found: Uint8Array): VerifyError {
  return new VerifyError(
    "digest-mismatch",
    `Cannot accept artifact ${encodeHex(found)}: the bundle is about ${signed}`,
  );
}
