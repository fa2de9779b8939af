// SPDX-License-Identifier: Apache-2.0
import {
  canonicalVersion,
  type Digest,
  digestBytes,
  encodeHex,
  type FileAccepted,
  type FileDetail,
  fileId,
  normalizeProjectName,
  openedPublisherId,
  type Predicate,
  PUBLISH_PREDICATE_TYPE,
  type PublisherRecord,
  parseAttestation,
  parseDistributionFilename,
  parseFileDetail,
  parseVersion,
  quote,
  releaseId,
  SLSA_PROVENANCE_PREDICATE_TYPE,
  type StatedAttestation,
} from "@countermark/formats";
import { verifyAttestation } from "../attest/attestation.ts";
import { VerifyError } from "../failure.ts";
import { identityFromCertificate } from "../identity/ci-identity.ts";
import { samePublisher, showDifferences } from "../identity/same-identity.ts";
import { type AdmitPorts, requireEvidence, verifyName } from "./admit-ports.ts";
import { readNameAndVersion } from "./core-metadata.ts";

/**
 * Checks an accepted file against its bytes, its METADATA, its names and its attestations. Returns how many of the latter
 * there were.
 *
 * @throws VerifyError `evidence-missing`, `file-missing`, `name-differs`, `file-id-differs`, `opening-mismatch`, `digest-mismatch`,
 *   `size-differs`, `metadata-differs`, `attestation-publisher`, `attestation-predicate`, `attestation-signed-at`, those of
 *   verifyAttestation and identityFromCertificate
 */
export async function admitFile(
  statement: FileAccepted,
  detailBytes: Uint8Array,
  ports: AdmitPorts,
): Promise<number> {
  const detail = parseFileDetail(detailBytes);
  verifyNames(statement, detail, ports);
  const publishers = openPublishers(statement, detail, ports);
  // Before the file: what was signed is checked by its digest, also of a file whose bytes are out of service.
  for (const stated of statement.attestations) {
    const record = publishers.get(stated.publisher);
    if (record === undefined) throw notOpened(stated.publisher);
    await verifyStatedAttestation(
      stated,
      record,
      { filename: detail.filename, sha256: statement.sha256 },
      ports,
    );
  }
  const blob = await verifyBlob(statement, ports);
  await verifyMetadata(statement, detail, blob, ports);
  return statement.attestations.length;
}

/** Filename, version and project are the ones that the ids were made of. */
function verifyNames(statement: FileAccepted, detail: FileDetail, ports: AdmitPorts): void {
  const { sha256 } = ports.crypto;
  const distribution = parseDistributionFilename(detail.filename);
  const version = parseVersion(detail.version);
  verifyName(detail.name, statement.project, ports);
  verifyName(distribution.name, statement.project, ports);
  const isOfIds =
    fileId(sha256, statement.project, detail.filename) === statement.file &&
    releaseId(sha256, statement.project, version) === statement.release &&
    distribution.version === canonicalVersion(version) &&
    distribution.kind === detail.kind;
  if (!isOfIds) {
    throw new VerifyError(
      "file-id-differs",
      `Cannot admit ${quote(detail.filename)}: file id, release id or kind are another file's`,
    );
  }
}

/** The publisher records of the entry by id: all of them, and no other. */
function openPublishers(
  statement: FileAccepted,
  detail: FileDetail,
  ports: AdmitPorts,
): ReadonlyMap<Digest, PublisherRecord> {
  const opened = new Map(
    detail.publishers.map((item) => [openedPublisherId(ports.crypto.sha256, item), item.record]),
  );
  const stated = new Set(statement.attestations.map((item) => item.publisher));
  if (statement.publisher !== null) stated.add(statement.publisher);
  for (const id of stated) if (!opened.has(id)) throw notOpened(id);
  for (const id of opened.keys()) if (!stated.has(id)) throw notOpened(id);
  return opened;
}

async function verifyBlob(statement: FileAccepted, ports: AdmitPorts): Promise<Uint8Array> {
  const blob = await ports.evidence.blob(statement.sha256);
  if (blob === null) {
    throw new VerifyError("file-missing", `Cannot admit entry: the file ${statement.sha256} is not there`);
  }
  verifySha256(blob, statement.sha256, ports);
  if (blob.length !== statement.size) {
    throw new VerifyError(
      "size-differs",
      `Cannot admit file: ${blob.length} bytes, stated ${statement.size}`,
    );
  }
  return blob;
}

/** The METADATA that is served is the one inside the file, and says the file's name and version. */
async function verifyMetadata(
  statement: FileAccepted,
  detail: FileDetail,
  blob: Uint8Array,
  ports: AdmitPorts,
): Promise<void> {
  const inside = await ports.metadataOf(detail.filename, blob);
  if (inside === null) throw metadataDiffers(detail, "the file has none");
  if (statement.metadata === null && detail.kind === "wheel") throw metadataDiffers(detail, "none is stated");
  if (statement.metadata !== null && encodeHex(ports.crypto.sha256(inside)) !== statement.metadata) {
    throw metadataDiffers(detail, "another digest is stated");
  }
  const said = readNameAndVersion(inside);
  const isSame =
    said !== null &&
    normalizeProjectName(said.name) === normalizeProjectName(detail.name) &&
    canonicalVersion(parseVersion(said.version)) === canonicalVersion(parseVersion(detail.version));
  if (!isSame) throw metadataDiffers(detail, "it says another name or version");
}

async function verifyStatedAttestation(
  stated: StatedAttestation,
  record: PublisherRecord,
  file: { readonly filename: string; readonly sha256: Digest },
  ports: AdmitPorts,
): Promise<void> {
  const { crypto, root } = ports;
  const bytes = await requireEvidence(
    ports.evidence.attestation(stated.digest),
    `attestation ${stated.digest}`,
  );
  const attestation = parseAttestation(bytes);
  const subject = { filename: file.filename, sha256: digestBytes(file.sha256) };
  const evidence = await verifyAttestation(attestation, subject, root, crypto);
  if (encodeHex(evidence.attestationDigest) !== stated.digest) {
    throw new VerifyError(
      "digest-mismatch",
      `Cannot admit file: attestation ${stated.digest} is another one`,
    );
  }
  if (predicateOf(evidence.predicateType) !== stated.predicate) {
    throw new VerifyError(
      "attestation-predicate",
      `Cannot admit file: attestation ${stated.digest} is a ${quote(evidence.predicateType)}`,
    );
  }
  if (evidence.signedAt !== stated.time) {
    throw new VerifyError(
      "attestation-signed-at",
      `Cannot admit file: attestation ${stated.digest} is of ${evidence.signedAt}, stated ${stated.time}`,
    );
  }
  const row = ports.findRow(record);
  if (row === null) {
    throw new VerifyError(
      "attestation-publisher",
      `Cannot admit file: the provider of ${quote(record.issuer)} is not known`,
    );
  }
  const differences = samePublisher(record, identityFromCertificate(row, evidence.claims, evidence.san));
  if (differences.length > 0) {
    throw new VerifyError(
      "attestation-publisher",
      `Cannot admit file: attestation ${stated.digest} is by another publisher: ${showDifferences(differences)}`,
    );
  }
}

function predicateOf(type: string): Predicate {
  if (type === PUBLISH_PREDICATE_TYPE) return "publish";
  return type === SLSA_PROVENANCE_PREDICATE_TYPE ? "slsa" : "other";
}

function verifySha256(bytes: Uint8Array, wanted: Digest, ports: AdmitPorts): void {
  const found = encodeHex(ports.crypto.sha256(bytes));
  if (found !== wanted) {
    throw new VerifyError("digest-mismatch", `Cannot admit entry: the bytes have ${found}, stated ${wanted}`);
  }
}

function metadataDiffers(detail: FileDetail, why: string): VerifyError {
  return new VerifyError("metadata-differs", `Cannot admit ${quote(detail.filename)}: its METADATA: ${why}`);
}

function notOpened(id: Digest): VerifyError {
  return new VerifyError(
    "opening-mismatch",
    `Cannot admit file: its detail and its publisher ${id} disagree`,
  );
}
