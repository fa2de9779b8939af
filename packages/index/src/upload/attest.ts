// SPDX-License-Identifier: Apache-2.0
// Attestations for a file that is there already, by the publisher's own CI run.
import {
  type Digest,
  fileId,
  normalizeProjectName,
  ParseError,
  parseDistributionFilename,
  parseFileDetail,
  parseHex,
  quote,
} from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { findFile, type ProjectState } from "@countermark/verify";
import { IndexRefusal } from "../failure.ts";
import { detailOpenings, type LedgerRequest, requestAttested } from "../seal/request.ts";
import { type Blobs, keepBytes } from "../store/blobs.ts";
import type { HeldBlobs } from "../store/held-blobs.ts";
import type { PublisherOpening } from "../trust/publishers.ts";
import type { Uploader } from "../trust/upload-tokens.ts";
import { type AttestationPorts, acceptAttestations } from "./attestations.ts";

export interface AttestRequest {
  readonly filename: string;
  /** A JSON array of PEP 740 attestations, as an upload's form has it. */
  readonly attestations: string;
}

export interface AttestPorts extends AttestationPorts {
  readonly blobs: Blobs;
  readonly heldBlobs: HeldBlobs;
  projectKey(normalizedName: string): Digest;
  findProject(key: Digest): ProjectState | null;
  findPublisher(id: string): Promise<PublisherOpening | null>;
  /** The detail that names the file; null where it was erased. */
  readDetail(project: Digest, commitment: Digest): Promise<Uint8Array | null>;
  seal(request: LedgerRequest): Promise<{ readonly index: number }>;
}

/**
 * Takes attestations of a file that was published without them: they verify over its bytes, and are by the very run that
 * brings them, which is a publisher of the project.
 *
 * @throws IndexRefusal `token-project`, `file-unknown`, those of `acceptAttestations`; LedgerRefusal
 */
export async function attestLater(
  request: AttestRequest,
  uploader: Uploader,
  ports: AttestPorts,
): Promise<{ readonly index: number }> {
  const { filename } = request;
  const name = projectOf(filename);
  const key = ports.projectKey(name);
  const publisher = await publisherOf(uploader, key, ports);
  if (uploader.kind !== "publisher" || publisher === null) {
    throw new IndexRefusal("token-project", `Only a publisher of ${quote(name)} attests its files.`);
  }
  const id = fileId(nodeCrypto.sha256, key, filename);
  const project = ports.findProject(key);
  const file = project === null ? null : findFile(project, id);
  const detail = file?.firstDetail == null ? null : await ports.readDetail(key, file.firstDetail);
  if (file === null || file.state === "withdrawn" || detail === null) {
    throw new IndexRefusal("file-unknown", `There is no file ${quote(filename)} to attest.`);
  }
  const subject = { sha256: parseHex(file.sha256, 32, "digest"), filename };
  const attester = { identity: uploader.identity, publisher };
  const accepted = await acceptAttestations(request.attestations, subject, attester, ports);
  const digests = accepted.map(({ stated }) => stated.digest);
  await ports.heldBlobs.hold(digests, async () => {
    for (const { stated, bytes } of accepted) await keepBytes(ports.blobs, bytes, stated.digest);
  });
  try {
    const attestations = accepted.map(({ stated }) => stated);
    const statement = { project: key, sha256: file.sha256, file: id, attestations };
    const named = { ...parseFileDetail(detail), publishers: detailOpenings([publisher]), uploader: null };
    return await ports.seal(requestAttested(statement, named));
  } finally {
    await ports.heldBlobs.release(digests);
  }
}

async function publisherOf(
  uploader: Uploader,
  key: Digest,
  ports: AttestPorts,
): Promise<PublisherOpening | null> {
  const id = uploader.kind === "publisher" ? uploader.projects.get(key) : undefined;
  return id === undefined ? null : await ports.findPublisher(id);
}

function projectOf(filename: string): string {
  try {
    return normalizeProjectName(parseDistributionFilename(filename).name);
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    throw new IndexRefusal("filename-malformed", `Invalid distribution filename: ${cause.message}`, {
      cause,
    });
  }
}
