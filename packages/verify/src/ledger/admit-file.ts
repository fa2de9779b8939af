// SPDX-License-Identifier: Apache-2.0
import {
  canonicalVersion,
  type Digest,
  digestBytes,
  encodeHex,
  type FileAccepted,
  type FileAttested,
  type FileDetail,
  type FileRecord,
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
  const stated = new Set(statement.attestations.map((item) => item.publisher));
  if (statement.publisher !== null) stated.add(statement.publisher);
  // Before the file: what was signed is checked by its digest, also of a file whose bytes are out of service.
  await verifyAttestations(statement, stated, detail, ports);
  const blob = await verifyBlob(statement, ports);
  await verifyMetadata(statement, detail, blob, ports);
  return statement.attestations.length;
}

/**
 * Checks attestations that a file gets later: over its bytes, under its names, by whom they are said to be by. Returns how
 * many there were.
 *
 * @param file the record before the entry.
 * @throws VerifyError as {@link admitFile}, but for METADATA: that was checked when the file came
 */
export async function admitAttested(
  statement: FileAttested,
  file: FileRecord,
  detailBytes: Uint8Array,
  ports: AdmitPorts,
): Promise<number> {
  const detail = parseFileDetail(detailBytes);
  const { project, attestations } = statement;
  verifyNames({ project, file: statement.file, release: file.release }, detail, ports);
  await verifyAttestations(statement, new Set(attestations.map((item) => item.publisher)), detail, ports);
  await verifyBlob(file, ports);
  return attestations.length;
}

/** Each attestation, by the publisher that the detail opens: the detail opens who is in `stated`, and nobody else. */
async function verifyAttestations(
  statement: FileAccepted | FileAttested,
  stated: ReadonlySet<Digest>,
  detail: FileDetail,
  ports: AdmitPorts,
): Promise<void> {
  const publishers = openPublishers(stated, detail, ports);
  const file = { filename: detail.filename, sha256: statement.sha256 };
  for (const item of statement.attestations) {
    const record = publishers.get(item.publisher);
    if (record === undefined) throw notOpened(item.publisher);
    await verifyStatedAttestation(item, record, file, ports);
  }
}

/** What the names of a file are checked against. */
interface FileIds {
  readonly project: Digest;
  readonly file: Digest;
  readonly release: Digest;
}

/** Filename, version and project are the ones that the ids were made of. */
function verifyNames(ids: FileIds, detail: FileDetail, ports: AdmitPorts): void {
  verifyName(detail.name, ids.project, ports);
  const { kind } = verifyFilename(ids, detail, ports);
  if (kind !== detail.kind) throw otherFile(detail.filename);
}

/** @throws VerifyError `name-differs`, `file-id-differs`; ParseError of filename and version */
export function verifyFilename(
  ids: FileIds,
  named: { readonly filename: string; readonly version: string },
  ports: AdmitPorts,
): ReturnType<typeof parseDistributionFilename> {
  const { sha256 } = ports.crypto;
  const distribution = parseDistributionFilename(named.filename);
  const version = parseVersion(named.version);
  verifyName(distribution.name, ids.project, ports);
  const isOfIds =
    fileId(sha256, ids.project, named.filename) === ids.file &&
    releaseId(sha256, ids.project, version) === ids.release &&
    distribution.version === canonicalVersion(version);
  if (!isOfIds) throw otherFile(named.filename);
  return distribution;
}

function otherFile(filename: string): VerifyError {
  return new VerifyError(
    "file-id-differs",
    `Cannot admit ${quote(filename)}: file id, release id or kind are another file's`,
  );
}

/** The publisher records of the entry by id: all of them, and no other. */
function openPublishers(
  stated: ReadonlySet<Digest>,
  detail: FileDetail,
  ports: AdmitPorts,
): ReadonlyMap<Digest, PublisherRecord> {
  const opened = new Map(
    detail.publishers.map((item) => [openedPublisherId(ports.crypto.sha256, item), item.record]),
  );
  for (const id of stated) if (!opened.has(id)) throw notOpened(id);
  for (const id of opened.keys()) if (!stated.has(id)) throw notOpened(id);
  return opened;
}

/** The bytes that an entry says are there. @throws VerifyError `file-missing`, `digest-mismatch`, `size-differs` */
export async function verifyBlob(
  stated: { readonly sha256: Digest; readonly size: number },
  ports: AdmitPorts,
): Promise<Uint8Array> {
  const blob = await ports.evidence.blob(stated.sha256);
  if (blob === null) {
    throw new VerifyError("file-missing", `Cannot admit entry: the file ${stated.sha256} is not there`);
  }
  verifySha256(blob, stated.sha256, ports);
  if (blob.length !== stated.size) {
    throw new VerifyError("size-differs", `Cannot admit file: ${blob.length} bytes, stated ${stated.size}`);
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

export function verifySha256(bytes: Uint8Array, wanted: Digest, ports: AdmitPorts): void {
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
