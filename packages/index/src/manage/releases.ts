// SPDX-License-Identifier: Apache-2.0
import {
  approvalSubject,
  canonicalVersion,
  consentChallenge,
  type Digest,
  encodeBase64Url,
  fileId,
  ParseError,
  type PasskeyConsent,
  parseVersion,
  quote,
  releaseId,
} from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { findFile, genesisOf, type ProjectState } from "@countermark/verify";
import { IndexRefusal } from "../failure.ts";
import { FILES_PER_REQUEST_MAX } from "../limits.ts";
import { requestReleaseClosed, requestReleasePublished } from "../seal/request.ts";
import { type ManagePorts, requireProject } from "./manage.ts";

const { sha256 } = nodeCrypto;

/** A release by its version, and which of its staged files; null: all of them. */
export interface ReleaseRequest {
  readonly version: string;
  readonly filenames: readonly string[] | null;
  readonly consent: { readonly kind: "none" } | PasskeyConsent;
  readonly text: string;
}

/** What a passkey is asked for before staged files are shown. */
export interface Approval {
  /** Unpadded base64url, as browsers take it. */
  readonly challenge: string;
  readonly files: readonly { readonly file: Digest; readonly sha256: Digest }[];
}

/**
 * Shows staged files of a release, all that are named or none.
 *
 * @throws IndexRefusal `project-unknown`, `request-malformed`; LedgerRefusal `not-staged`, `bad-consent`, `not-open`
 */
export async function publishRelease(
  name: string,
  request: ReleaseRequest,
  ports: ManagePorts,
): Promise<{ readonly index: number }> {
  const { key, project } = requireProject(name, ports);
  const release = releaseOf(key, request.version);
  const files = stagedFiles(key, project, release, request.filenames);
  const statement = { project: key, release, files, consent: request.consent };
  return await ports.seal(requestReleasePublished(statement, request.text));
}

/** What is to be approved before {@link publishRelease} where the policy asks for a passkey. @throws IndexRefusal as it does */
export function describeApproval(
  name: string,
  request: Pick<ReleaseRequest, "version" | "filenames">,
  ports: ManagePorts,
): Approval {
  const { key, project } = requireProject(name, ports);
  const genesis = genesisOf(ports.sealedState());
  if (genesis === null) throw new TypeError("Cannot ask for consent before the genesis");
  const ids = stagedFiles(key, project, releaseOf(key, request.version), request.filenames);
  const files = ids.map((file) => ({ file, sha256: findFile(project, file)?.sha256 ?? "" }));
  const challenge = consentChallenge(sha256, {
    log: genesis.facts.log,
    project: key,
    serial: project.header.serial,
    act: "approve",
    subject: approvalSubject(sha256, files),
  });
  return { challenge: encodeBase64Url(challenge), files };
}

/** Closes a release for good. @throws IndexRefusal `project-unknown`, `request-malformed`; LedgerRefusal `no-release`, `release-closed` */
export async function closeRelease(
  name: string,
  request: { readonly version: string; readonly text: string },
  ports: ManagePorts,
): Promise<{ readonly index: number }> {
  const { key } = requireProject(name, ports);
  const statement = { project: key, release: releaseOf(key, request.version) };
  return await ports.seal(requestReleaseClosed(statement, request.text));
}

/** The files that are asked for, or every staged one. @throws IndexRefusal `nothing-staged` */
function stagedFiles(
  key: Digest,
  project: ProjectState,
  release: Digest,
  filenames: readonly string[] | null,
): readonly Digest[] {
  if (filenames !== null) return [...new Set(filenames.map((item) => fileId(sha256, key, item)))].sort();
  const staged: Digest[] = [];
  for (const [id, record] of project.files.entries()) {
    if (record.kind === "file" && record.state === "accepted" && record.release === release) staged.push(id);
  }
  if (staged.length > 0) return staged.sort().slice(0, FILES_PER_REQUEST_MAX);
  throw new IndexRefusal("nothing-staged", "No file of that release waits to be shown.");
}

function releaseOf(key: Digest, version: string): Digest {
  try {
    return releaseId(sha256, key, parseVersion(canonicalVersion(parseVersion(version))));
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    throw new IndexRefusal("request-malformed", `${quote(version)} is no version: ${cause.message}`, {
      cause,
    });
  }
}
