// SPDX-License-Identifier: Apache-2.0
import {
  type Attestation,
  attestationDigest,
  bundleFromAttestation,
  encodeHex,
  openedPublisherId,
  type Predicate,
  type PublisherRecord,
  type SigstoreBundle,
} from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import {
  type BundleEvidence,
  type CiIdentity,
  type CosignerDemand,
  type Evidence,
  type LoggedFile,
  ORDINARY_DEMANDS,
  type SignatureDemands,
  type SignerDemand,
  type StepId,
  type Verified,
  verifyAttestationOf,
  verifyIdentity,
} from "@countermark/verify";
import { ClientError } from "../failure.ts";
import { identityOf } from "../proxy/identity-of.ts";
import { requirePredicate } from "../proxy/predicate.ts";
import type { SigstoreTrust } from "../trust/read-trusted-root.ts";
import type { LocalArtifact } from "./artifact.ts";
import { checkBundle } from "./check-bundle.ts";
import type { EvidenceItem } from "./find-evidence.ts";
import { requirePublisherClaim } from "./publisher-claim.ts";

/** What every signature of the file is checked against. */
export type Asked = {
  readonly artifact: LocalArtifact;
  readonly sigstore: SigstoreTrust;
  /** Null: nobody said. */
  readonly signer: SignerDemand | null;
  readonly cosigners: CosignerDemand;
  /** Null: no receipt was given. */
  readonly logged: Verified<LoggedFile> | null;
};

/** Why the signer is taken for the one who should have signed; `nothing`: it is not. */
export type AcceptedBy = "demand" | "ledger" | "any-identity" | "nothing";

/** A signature that holds, and the steps that it took. */
export type Checked = {
  readonly source: string;
  readonly steps: readonly StepId[];
  /** As a bundle, whichever form it came in. */
  readonly bundle: SigstoreBundle;
  readonly acceptedBy: AcceptedBy;
} & (
  | { readonly kind: "bundle"; readonly evidence: Verified<BundleEvidence> }
  | {
      readonly kind: "attestation";
      readonly evidence: Verified<Evidence>;
      /** Who signed, in the terms of the ledger's entry; null where it does not list this attestation. */
      readonly identity: CiIdentity | null;
      /** Whether the index names a publisher, who is then the one in the certificate. */
      readonly hasPublisher: boolean;
    }
);

export type SignatureItem = Exclude<EvidenceItem, { readonly kind: "receipt" }>;

/**
 * Checks one bundle or attestation of the artifact. `steps` hears of each step that holds, also before a refusal.
 *
 * @throws VerifyError, RefusedError, ParseError; ClientError `usage`, `publisher-kind`, `publisher-claim`
 */
export async function checkEvidence(item: SignatureItem, asked: Asked, steps: StepId[]): Promise<Checked> {
  const { cosigners } = asked;
  const demands = { ...ORDINARY_DEMANDS, cosigners, trace: (step: StepId) => void steps.push(step) };
  return item.kind === "bundle"
    ? await checkBundleItem(item, asked, demands, steps)
    : await checkAttestation(item, asked, demands, steps);
}

async function checkBundleItem(
  { bundle, source }: Extract<SignatureItem, { kind: "bundle" }>,
  { artifact, sigstore, signer }: Asked,
  demands: SignatureDemands,
  steps: readonly StepId[],
): Promise<Checked> {
  const wanted: SignerDemand = signer ?? { kind: "any-identity" };
  const evidence = await checkBundle(bundle, artifact, { ...demands, signer: wanted }, sigstore.root);
  return { kind: "bundle", source, steps, bundle, evidence, acceptedBy: acceptedBy(signer, false) };
}

async function checkAttestation(
  { attestation, publisher, source }: Extract<SignatureItem, { kind: "attestation" }>,
  { artifact, sigstore, signer, logged }: Asked,
  demands: SignatureDemands,
  steps: readonly StepId[],
): Promise<Checked> {
  const { filename, sha256 } = artifact;
  if (filename === null || signer?.kind === "key") {
    throw new ClientError(
      "usage",
      `Cannot verify the attestation ${source}: it names its file and its signer, so give the file, and no key`,
    );
  }
  const file = { filename, sha256 };
  const evidence = await verifyAttestationOf(attestation, { ...demands, file }, sigstore.root, nodeCrypto);
  if (signer !== null) verifyIdentity(evidence, signer);
  demands.trace("identity");
  if (publisher !== null) requirePublisherClaim(publisher, evidence);
  const stated = logged === null ? null : findStated(attestation, logged);
  if (stated !== null) requirePredicate(filename, stated.predicate, evidence);
  const identity = stated === null ? null : identityOf(stated.publisher, evidence);
  return {
    kind: "attestation",
    source,
    steps,
    bundle: bundleFromAttestation(attestation),
    evidence,
    identity,
    hasPublisher: publisher !== null,
    acceptedBy: acceptedBy(signer, identity !== null),
  };
}

/** A demand is the stronger word: it is the user's own. */
function acceptedBy(signer: SignerDemand | null, isInLedger: boolean): AcceptedBy {
  if (signer !== null && signer.kind !== "any-identity") return "demand";
  if (isInLedger) return "ledger";
  return signer === null ? "nothing" : "any-identity";
}

/** What the receipt's entry says of this attestation; null where it lists no such attestation or opens no name. */
function findStated(
  attestation: Attestation,
  logged: Verified<LoggedFile>,
): { readonly predicate: Predicate; readonly publisher: PublisherRecord } | null {
  const digest = encodeHex(attestationDigest(nodeCrypto.sha256, attestation));
  const stated = logged.statement.attestations.find((item) => item.digest === digest);
  const openings = logged.detail?.publishers ?? [];
  const opening = openings.find((item) => openedPublisherId(nodeCrypto.sha256, item) === stated?.publisher);
  if (stated === undefined || opening === undefined) return null;
  return { predicate: stated.predicate, publisher: opening.record };
}
