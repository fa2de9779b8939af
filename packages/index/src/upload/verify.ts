// SPDX-License-Identifier: Apache-2.0
import { encodeHex, parseHex, quote } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { EPSILON_SECONDS } from "@countermark/verify";
import { IndexRefusal } from "../failure.ts";
import type { PublisherOpening } from "../trust/publishers.ts";
import type { Uploader } from "../trust/upload-tokens.ts";
import { readArchive } from "./archive.ts";
import { type AcceptedAttestation, type AttestationPorts, acceptAttestations } from "./attestations.ts";
import { matchMetadata, parseCoreMetadata } from "./core-metadata.ts";
import { parseUploadForm, type UploadForm } from "./form.ts";
import type { ReceivedUpload } from "./receive.ts";

declare const authorised: unique symbol;
declare const verified: unique symbol;

/** An upload whose form agrees with its file, by somebody who may upload to that project. */
export type AuthorisedUpload = Authorisation & { readonly [authorised]: true };

interface Authorisation {
  readonly form: UploadForm;
  /** Map key of the project. */
  readonly project: string;
  /** Whether the ledger has the project; an account's first upload creates it. */
  readonly isNewProject: boolean;
  readonly uploader: Uploader;
  /** The publisher that the uploader is in this project; null for an account. */
  readonly publisher: PublisherOpening | null;
  /** When the upload arrived, Unix seconds. */
  readonly received: number;
}

/** An upload in which identity, digests, archive, metadata and attestations agree. */
export type VerifiedUpload = AuthorisedUpload & Verification & { readonly [verified]: true };

interface Verification {
  readonly metadata: Uint8Array;
  readonly metadataSha256: string;
  readonly attestations: readonly AcceptedAttestation[];
}

/** What authorising asks of registry and ledger. */
export interface AuthorisePorts {
  now(): number;
  projectKey(normalizedName: string): string;
  hasProject(project: string): boolean;
  isOwner(project: string, accountId: number): Promise<boolean>;
  findPublisher(id: string): Promise<PublisherOpening | null>;
}

/**
 * Reads the form and checks that the uploader may upload to its project.
 *
 * @throws IndexRefusal those of `parseUploadForm`; `token-project`
 */
export async function authoriseUpload(
  received: ReceivedUpload,
  uploader: Uploader,
  ports: AuthorisePorts,
): Promise<AuthorisedUpload> {
  const form = parseUploadForm(received);
  const project = ports.projectKey(form.normalizedName);
  const isNewProject = !ports.hasProject(project);
  const publisher = await authorise(form, uploader, { project, isNewProject }, ports);
  const authorisation: Authorisation = {
    form,
    project,
    isNewProject,
    uploader,
    publisher,
    received: ports.now(),
  };
  return authorisation as AuthorisedUpload;
}

/**
 * Checks everything about the file that the ledger's rules cannot see.
 *
 * @throws IndexRefusal those of `readArchive`, `matchMetadata`, `acceptAttestations`; `attestation-without-publisher`, `attested-ahead`
 */
export async function verifyUpload(
  upload: AuthorisedUpload,
  ports: AttestationPorts,
): Promise<VerifiedUpload> {
  const metadata = await readArchive(upload.form); //          1. one reading only, and nothing leaves its folder
  matchMetadata(parseCoreMetadata(metadata), upload.form); //  2. the file says of itself what the form says
  const attestations = await attest(upload, ports); //         3. the same run signed these bytes
  requireNotAhead(attestations, upload.received); //           4. and not in the ledger's future
  const checked: AuthorisedUpload & Verification = {
    ...upload,
    metadata,
    metadataSha256: encodeHex(nodeCrypto.sha256(metadata)),
    attestations,
  };
  return checked as VerifiedUpload;
}

/** The ledger's rule would refuse it for good; but the clock that is wrong will be right again. */
function requireNotAhead(attestations: readonly AcceptedAttestation[], received: number): void {
  const latest = Math.max(0, ...attestations.map(({ stated }) => stated.time));
  if (latest <= received + EPSILON_SECONDS) return;
  throw new IndexRefusal(
    "attested-ahead",
    `Attested at ${latest}, and for the ledger it is ${received}: send the same request again when the clocks agree.`,
  );
}

async function authorise(
  form: UploadForm,
  uploader: Uploader,
  target: { readonly project: string; readonly isNewProject: boolean },
  ports: AuthorisePorts,
): Promise<PublisherOpening | null> {
  switch (uploader.kind) {
    case "publisher": {
      const id = uploader.projects.get(target.project);
      const publisher = id === undefined ? null : await ports.findPublisher(id);
      if (publisher !== null && !target.isNewProject) return publisher;
      throw notAllowed(form, `the trusted publisher ${quote(uploader.identity.project ?? "")}`);
    }
    case "account":
      if (target.isNewProject || (await ports.isOwner(target.project, uploader.account.id))) return null;
      throw notAllowed(form, `the account ${quote(uploader.account.name)}`);
  }
}

async function attest(
  upload: AuthorisedUpload,
  ports: AttestationPorts,
): Promise<readonly AcceptedAttestation[]> {
  const { form, uploader, publisher } = upload;
  if (form.attestations === null) return [];
  if (uploader.kind === "account" || publisher === null) {
    throw new IndexRefusal(
      "attestation-without-publisher",
      "Invalid attestations supplied during upload: Attestations are only supported when using Trusted Publishing",
    );
  }
  const file = {
    sha256: parseHex(form.content.sha256, 32, "digest"),
    filename: form.content.filename,
  };
  return await acceptAttestations(form.attestations, file, { identity: uploader.identity, publisher }, ports);
}

function notAllowed(form: UploadForm, who: string): IndexRefusal {
  return new IndexRefusal(
    "token-project",
    `The token of ${who} isn't allowed to upload to project ${quote(form.name)}.`,
  );
}
