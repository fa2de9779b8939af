// SPDX-License-Identifier: Apache-2.0
import {
  canonicalVersion,
  type Digest,
  EMPTY_CONFIG,
  FILENAME_CHARS_MAX,
  fileId,
  parseVersion,
  quote,
  releaseId,
} from "@countermark/formats";
import { LogError, nodeCrypto } from "@countermark/log";
import { findFile, findProject, type LedgerState, type ProjectState } from "@countermark/verify";
import { IndexRefusal, LedgerRefusal } from "../failure.ts";
import { type Blobs, keepBytes } from "../store/blobs.ts";
import type { HeldBlobs } from "../store/held-blobs.ts";
import type { UploadForm } from "../upload/form.ts";
import type { AuthorisedUpload, VerifiedUpload } from "../upload/verify.ts";
import { detailOpenings, type LedgerRequest, requestFile } from "./request.ts";

declare const sealed: unique symbol;

/** A file whose entry is in the ledger: countersigned, in the tree, and not yet visible. */
export type SealedUpload = SealedFile & { readonly [sealed]: true };

interface SealedFile {
  readonly normalizedName: string;
  readonly filename: string;
  readonly sha256: Digest;
  /** Ledger index of the file's entry. */
  readonly entry: number;
}

/** What sealing asks of ledger and stores. */
export interface SealPorts {
  readonly blobs: Blobs;
  readonly heldBlobs: HeldBlobs;
  findProject(key: Digest): ProjectState | null;
  /** Resolves when the entry is sealed. @throws LedgerRefusal, IndexRefusal when it is not, and nothing of it is left */
  seal(request: LedgerRequest): Promise<{ readonly index: number }>;
  /** @throws IndexRefusal `token-project` when somebody else was first */
  createOwnProject(normalizedName: string, accountId: number): Promise<void>;
}

/**
 * The sealed file that this upload repeats byte for byte: a retry of one that waits for its cosigners, or of one long
 * published. Null when the name is free.
 *
 * @throws IndexRefusal `file-exists` when the name has, or had, other bytes
 */
export function findSealedUpload(upload: AuthorisedUpload, ports: SealPorts): SealedUpload | null {
  const { content, normalizedName } = upload.form;
  const project = ports.findProject(upload.project);
  const key = fileId(nodeCrypto.sha256, upload.project, content.filename);
  const record = project === null ? null : findFile(project, key);
  if (record === null) return null;
  if (record.state === "withdrawn") {
    throw new IndexRefusal(
      "file-exists",
      `This filename was previously used by a file that has since been deleted. Use a different version. (${quote(content.filename)})`,
    );
  }
  if (record.sha256 !== content.sha256) {
    throw new IndexRefusal(
      "file-exists",
      `File already exists (${quote(content.filename)}, with sha256 hash ${record.sha256}).`,
    );
  }
  const file: SealedFile = {
    normalizedName,
    filename: content.filename,
    sha256: record.sha256,
    entry: record.firstEntry,
  };
  return file as SealedUpload;
}

/**
 * Makes the file durable, then seals its entry: the commit point. A refusal leaves nothing behind. Where nobody can say whether the entry is
 * sealed, everything stays in place and on the books: the next start, which can, decides.
 *
 * @throws IndexRefusal `sdist-exists`; LedgerRefusal with the void code of the rule that says no
 */
export async function sealUpload(upload: VerifiedUpload, ports: SealPorts): Promise<SealedUpload> {
  const { content, normalizedName } = upload.form;
  const attestations = upload.attestations.map(({ stated, bytes }) => ({ digest: stated.digest, bytes }));
  const others = [{ digest: upload.metadataSha256, bytes: upload.metadata }, ...attestations];
  const digests = [content.sha256, ...others.map(({ digest }) => digest)];
  await ports.heldBlobs.hold(digests, async () => {
    await ports.blobs.keep(content.blob, content.sha256);
    for (const { digest, bytes } of others) await keepBytes(ports.blobs, bytes, digest);
  });
  let isKnown = true;
  try {
    const { uploader, isNewProject } = upload;
    if (isNewProject && uploader.kind === "account") {
      await ports.createOwnProject(normalizedName, uploader.account.id);
    }
    const require = (state: LedgerState): void =>
      requireOnlySdist(upload, findProject(state, upload.project));
    const { index } = await ports.seal({ ...requestOf(upload, ports), require });
    const file: SealedFile = {
      normalizedName,
      filename: content.filename,
      sha256: content.sha256,
      entry: index,
    };
    return file as SealedUpload;
  } catch (error) {
    // A write of the log may have happened although it is reported as failed: the entry with its digests may be there for ever.
    isKnown = !(error instanceof LogError);
    // Two uploads of one name at once: the second may be the first again.
    const isTaken = error instanceof LedgerRefusal && error.code === "filename-used";
    const repeated = isTaken ? findSealedUpload(upload, ports) : null;
    if (repeated !== null) return repeated;
    throw error;
  } finally {
    if (isKnown) await ports.heldBlobs.release(digests);
  }
}

/**
 * A release has one source distribution: `1.0` and `1.0.0` are one to an installer, which would build either. A withdrawn one
 * makes room. The ledger knows a file by the digest of its name, so the names are tried that such an sdist could have.
 */
function requireOnlySdist({ form, project }: VerifiedUpload, state: ProjectState | null): void {
  if (form.kind !== "sdist" || state === null) return;
  for (const filename of sdistsOfRelease(form)) {
    const record = findFile(state, fileId(nodeCrypto.sha256, project, filename));
    if (record === null || record.state === "withdrawn" || filename === form.content.filename) continue;
    throw new IndexRefusal(
      "sdist-exists",
      `The release has the source distribution ${quote(filename)} already; ${quote(form.content.filename)} would be a second one.`,
    );
  }
}

/** Every filename in normal form of an sdist whose version equals the form's: it may have any number of zeros at its end. */
function sdistsOfRelease({ normalizedName, canonicalVersion: version }: UploadForm): readonly string[] {
  const stem = `${normalizedName.replaceAll("-", "_")}-`;
  const parsed = parseVersion(version);
  const significant = Math.max(1, parsed.release.findLastIndex((part) => part !== 0n) + 1);
  const filenames: string[] = [];
  for (let release = parsed.release.slice(0, significant); ; release = [...release, 0n]) {
    const filename = `${stem}${canonicalVersion({ ...parsed, release })}.tar.gz`;
    if (filename.length > FILENAME_CHARS_MAX) return filenames;
    filenames.push(filename);
  }
}

function requestOf(upload: VerifiedUpload, ports: SealPorts): LedgerRequest {
  const { form, project, publisher, uploader } = upload;
  const { content } = form;
  const policy = ports.findProject(project)?.current.policy ?? EMPTY_CONFIG.policy;
  return requestFile(
    {
      project,
      sha256: content.sha256,
      file: fileId(nodeCrypto.sha256, project, content.filename),
      release: releaseId(nodeCrypto.sha256, project, parseVersion(form.canonicalVersion)),
      size: content.size,
      metadata: upload.metadataSha256,
      show: policy.release === "direct" ? "now" : "staged",
      uploader: uploader.kind === "publisher" ? "publisher" : "token",
      publisher: publisher?.id ?? null,
      received: upload.received,
      attestations: upload.attestations.map(({ stated }) => stated),
    },
    {
      filename: content.filename,
      kind: form.kind,
      name: form.name,
      publishers: detailOpenings(publisher === null ? [] : [publisher]),
      requiresPython: form.requiresPython,
      uploader:
        uploader.kind === "account"
          ? uploader.account.name
          : (uploader.identity.project ?? uploader.identity.subject),
      version: form.canonicalVersion,
    },
  );
}
