// SPDX-License-Identifier: Apache-2.0
import {
  type Digest,
  digestBytes,
  mapKey,
  normalizeProjectName,
  type PublisherRecord,
  quote,
  type TrustDescription,
} from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import type { ProviderRow } from "../identity/ci-providers.ts";
import type { CryptoPort } from "../port.ts";
import type { PreparedTrustedRoot } from "../sigstore/trusted-root.ts";
import type { Verified } from "../verified.ts";

/** Where evidence comes from. Nothing it returns is believed; null: there is none. */
export interface EvidencePort {
  detail(commitment: Digest): Promise<Uint8Array | null>;
  /** What was signed: an attestation in JSON, by the SHA-256 of its canonical form; a publisher's consent, by that of its bytes. */
  attestation(digest: Digest): Promise<Uint8Array | null>;
  /** A distribution, or a distribution's METADATA, by its SHA-256. */
  blob(sha256: Digest): Promise<Uint8Array | null>;
  /** A cosigned note of the log, by its SHA-256. */
  note(sha256: Digest): Promise<Uint8Array | null>;
}

export interface AdmitPorts {
  readonly evidence: EvidencePort;
  readonly trust: TrustDescription;
  readonly root: Verified<PreparedTrustedRoot>;
  /** How a publisher's certificates are read; null for a provider that is not known. */
  readonly findRow: (record: PublisherRecord) => ProviderRow | null;
  /** The METADATA or PKG-INFO inside a distribution; null where it has none, or is unreadable. */
  readonly metadataOf: (filename: string, distribution: Uint8Array) => Promise<Uint8Array | null>;
  readonly crypto: CryptoPort;
  /** Unix seconds. */
  readonly now: number;
}

/** @throws VerifyError `evidence-missing` */
export async function requireEvidence(found: Promise<Uint8Array | null>, what: string): Promise<Uint8Array> {
  const bytes = await found;
  if (bytes === null) throw new VerifyError("evidence-missing", `Cannot admit entry: ${what} is not there`);
  return bytes;
}

/** @throws VerifyError `name-differs` */
export function verifyName(name: string, project: Digest, ports: Pick<AdmitPorts, "trust" | "crypto">): void {
  digestBytes(project);
  const key = mapKey(ports.crypto.sha256, ports.trust.ecosystem, normalizeProjectName(name));
  if (key !== project) {
    throw new VerifyError("name-differs", `Cannot admit entry: ${quote(name)} is another project's name`);
  }
}
