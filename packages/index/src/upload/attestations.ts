// SPDX-License-Identifier: Apache-2.0
import {
  ATTESTATION_BYTES_MAX,
  type Attestation,
  attestationDigest,
  attestationOfJson,
  encodeAttestation,
  encodeHex,
  JSON_DEPTH_MAX,
  ParseError,
  PUBLISH_PREDICATE_TYPE,
  parseJson,
  quote,
  SLSA_PROVENANCE_PREDICATE_TYPE,
  type StatedAttestation,
  utf8,
} from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import {
  type CiIdentity,
  crossCheck,
  type Evidence,
  findProvider,
  identityFromCertificate,
  type ProviderRow,
  RefusedError,
  samePublisher,
  showDifferences,
  VerifyError,
} from "@countermark/verify";
import { IndexRefusal } from "../failure.ts";
import { ATTESTATIONS_PER_UPLOAD_MAX } from "../limits.ts";
import type { PublisherOpening } from "../trust/publishers.ts";

/** An attestation that verified and is by the uploader's own run. */
export interface AcceptedAttestation {
  readonly stated: StatedAttestation;
  /** Its canonical JSON, as it is kept and served. */
  readonly bytes: Uint8Array;
}

/** Checks one attestation over a file against the Sigstore trust root in force. */
export type VerifyAttestation = (
  attestation: Attestation,
  file: { readonly sha256: Uint8Array; readonly filename: string },
) => Promise<Evidence>;

export interface AttestationPorts {
  readonly verifyAttestation: VerifyAttestation;
  readonly providers: readonly ProviderRow[];
}

/** Whose attestations are taken: the run behind the token, as this publisher of the project. */
export interface Attester {
  readonly identity: CiIdentity;
  readonly publisher: PublisherOpening;
}

const PREDICATES = new Map([
  [PUBLISH_PREDICATE_TYPE, { predicate: "publish", crossCheck: "publish" }],
  [SLSA_PROVENANCE_PREDICATE_TYPE, { predicate: "slsa", crossCheck: "provenance" }],
] as const);

type PredicateRow = { readonly predicate: "publish" | "slsa"; readonly crossCheck: "publish" | "provenance" };

/**
 * Takes the attestations of an upload: each verifies over the file, is by the very run that uploads it, and that run is
 * the registered publisher.
 *
 * @throws IndexRefusal `attestation-malformed`, `attestation-invalid`, `attestation-identity`
 * @spec PEP 740
 */
export async function acceptAttestations(
  text: string,
  file: { readonly sha256: Uint8Array; readonly filename: string },
  attester: Attester,
  ports: AttestationPorts,
): Promise<readonly AcceptedAttestation[]> {
  const accepted: AcceptedAttestation[] = [];
  for (const attestation of parseAttestations(text)) {
    accepted.push(await acceptAttestation(attestation, file, attester, ports));
  }
  const predicates = new Set(accepted.map(({ stated }) => stated.predicate));
  if (predicates.size !== accepted.length) {
    throw new IndexRefusal(
      "attestation-malformed",
      invalidText("multiple attestations with the same predicate type"),
    );
  }
  // The ledger lists them in this order.
  return accepted.sort((a, b) =>
    a.stated.predicate === "publish" ? -1 : b.stated.predicate === "publish" ? 1 : 0,
  );
}

function parseAttestations(text: string): readonly Attestation[] {
  try {
    const limits = {
      bytesMax: ATTESTATION_BYTES_MAX * ATTESTATIONS_PER_UPLOAD_MAX,
      depthMax: JSON_DEPTH_MAX,
    };
    const value = parseJson(utf8(text), limits, "attestations");
    if (!Array.isArray(value)) throw new ParseError("wrong-type", "Cannot read attestations: not an array");
    if (value.length === 0 || value.length > ATTESTATIONS_PER_UPLOAD_MAX) {
      throw new ParseError(
        "too-many",
        `Cannot read attestations: there are ${value.length}, wanted 1 to ${ATTESTATIONS_PER_UPLOAD_MAX} per file`,
      );
    }
    return value.map((item, i) => attestationOfJson(item, `attestations[${i}]`));
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    throw new IndexRefusal("attestation-malformed", invalidText(cause.message), { cause });
  }
}

async function acceptAttestation(
  attestation: Attestation,
  file: { readonly sha256: Uint8Array; readonly filename: string },
  attester: Attester,
  ports: AttestationPorts,
): Promise<AcceptedAttestation> {
  const evidence = await verifyOver(attestation, file, ports);
  const row = predicateRow(evidence);
  matchIdentity(evidence, row, attester, ports.providers);
  return {
    bytes: encodeAttestation(attestation),
    stated: {
      digest: encodeHex(attestationDigest(nodeCrypto.sha256, attestation)),
      predicate: row.predicate,
      publisher: attester.publisher.id,
      time: evidence.signedAt,
    },
  };
}

async function verifyOver(
  attestation: Attestation,
  file: { readonly sha256: Uint8Array; readonly filename: string },
  ports: AttestationPorts,
): Promise<Evidence> {
  try {
    return await ports.verifyAttestation(attestation, file);
  } catch (cause) {
    if (!(cause instanceof VerifyError || cause instanceof ParseError || cause instanceof RefusedError))
      throw cause;
    throw new IndexRefusal("attestation-invalid", invalidText(`${cause.code}: ${cause.message}`), { cause });
  }
}

function predicateRow(evidence: Evidence): PredicateRow {
  const row = PREDICATES.get(evidence.predicateType as PredicateRowKey); // a string is looked up; an unknown one is not there
  if (row !== undefined) return row;
  throw new IndexRefusal(
    "attestation-invalid",
    invalidText(`unsupported predicate type ${quote(evidence.predicateType)}`),
  );
}

type PredicateRowKey = typeof PUBLISH_PREDICATE_TYPE | typeof SLSA_PROVENANCE_PREDICATE_TYPE;

function matchIdentity(
  evidence: Evidence,
  predicate: PredicateRow,
  attester: Attester,
  providers: readonly ProviderRow[],
): void {
  try {
    const row = findProvider(providers, evidence.claims.issuer ?? "");
    if (row === null) {
      throw new VerifyError(
        "identity-issuer",
        `no provider has the issuer ${quote(evidence.claims.issuer ?? "")}`,
      );
    }
    const signer = identityFromCertificate(row, evidence.claims, evidence.san);
    crossCheck(attester.identity, signer, predicate.crossCheck);
    const differences = samePublisher(attester.publisher.record, signer);
    if (differences.length > 0) {
      throw new RefusedError(
        "cross-check-identity",
        `not the registered publisher: ${showDifferences(differences)}`,
      );
    }
  } catch (cause) {
    if (!(cause instanceof VerifyError || cause instanceof RefusedError)) throw cause;
    throw new IndexRefusal("attestation-identity", invalidText(cause.message), { cause });
  }
}

function invalidText(found: string): string {
  return `Invalid attestations supplied during upload: ${found}`;
}
