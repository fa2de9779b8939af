// SPDX-License-Identifier: Apache-2.0
import { fileId } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { findFile, findProject, type LedgerState } from "@countermark/verify";
import { IndexRefusal } from "../failure.ts";
import { findSealedUpload, type SealedUpload, type SealPorts, sealUpload } from "../seal/seal-upload.ts";
import { findServedRecord } from "../serve/shown-project.ts";
import type { Uploader } from "../trust/upload-tokens.ts";
import type { AttestationPorts } from "../upload/attestations.ts";
import type { ReceivedUpload } from "../upload/receive.ts";
import { type AuthorisePorts, authoriseUpload, verifyUpload } from "../upload/verify.ts";
import type { ReleasedHead } from "./releases.ts";

declare const released: unique symbol;
declare const published: unique symbol;

/** A sealed file under a head that the full quorum cosigned. */
export type ReleasedUpload = Release & { readonly [released]: true };

interface Release {
  readonly upload: SealedUpload;
  readonly head: ReleasedHead;
}

/** A file that every page shows from now on, or, where its project stages releases, from when its release is published. */
export type PublishedFile = Publication & { readonly [published]: true };

interface Publication {
  readonly normalizedName: string;
  readonly filename: string;
  readonly sha256: string;
  /** Ledger index of its entry. */
  readonly entry: number;
  /** Whether no page shows it until its release is published. */
  readonly isStaged: boolean;
}

export interface PublishPorts extends AuthorisePorts, AttestationPorts, SealPorts {
  /** @throws IndexRefusal `not-released` when the cosigners take too long */
  awaitEntry(entry: number): Promise<ReleasedHead>;
  /** The newest sealed state: what it took away is not published, released or not. */
  sealedState(): LedgerState;
}

/**
 * The life of a file, from bytes on disk to a page. Every step takes what the step before made, so none can be left out.
 *
 * @throws IndexRefusal, LedgerRefusal; then nothing of the upload is left, unless it is sealed and waits (`not-released`)
 */
export async function publish(
  received: ReceivedUpload,
  uploader: Uploader,
  ports: PublishPorts,
): Promise<PublishedFile> {
  const upload = await authoriseUpload(received, uploader, ports); // form and file agree; the token is for this project
  const sealed =
    findSealedUpload(upload, ports) ?? //                             an identical retry goes on where it stopped
    (await seal(upload, ports));
  const released = await awaitQuorum(sealed, ports); //               a head that the quorum cosigned covers it
  return show(released, ports); //                                    only released heads are ever rendered
}

async function seal(
  upload: Awaited<ReturnType<typeof authoriseUpload>>,
  ports: PublishPorts,
): Promise<SealedUpload> {
  const verified = await verifyUpload(upload, ports); // identity, archive, metadata, attestations agree
  return await sealUpload(verified, ports); //           countersigned and in the tree: the commit point
}

async function awaitQuorum(upload: SealedUpload, ports: PublishPorts): Promise<ReleasedUpload> {
  const release: Release = { upload, head: await ports.awaitEntry(upload.entry) };
  return release as ReleasedUpload;
}

/** @throws IndexRefusal `not-found` when the file was withdrawn, or its project quarantined, meanwhile */
function show({ upload, head }: ReleasedUpload, ports: PublishPorts): PublishedFile {
  const key = ports.projectKey(upload.normalizedName);
  const file = fileId(nodeCrypto.sha256, key, upload.filename);
  const project = findProject(head.state, key);
  const now = findProject(ports.sealedState(), key);
  const isStaged = now !== null && findFile(now, file)?.state === "accepted";
  if (!isStaged && findServedRecord(project, now, file) === null)
    throw new IndexRefusal("not-found", "The file is logged, and not shown: it was taken from service.");
  const { normalizedName, filename, sha256, entry } = upload;
  const publication: Publication = { normalizedName, filename, sha256, entry, isStaged };
  return publication as PublishedFile;
}
