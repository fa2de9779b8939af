// SPDX-License-Identifier: Apache-2.0
import { type IdentityLock, PUBLISH_PREDICATE_TYPE } from "@countermark/formats";
import {
  type CiIdentity,
  changeThatAdmitted,
  decideLock,
  type LockDecision,
  lockFile,
  publisherRecordFor,
  requireAccepted,
  requireNotUndone,
  requirePromiseKept,
  requireSettled,
  type SeenFile,
  type Verdict,
} from "@countermark/verify";
import { isTransient } from "../failure.ts";
import type { ListedFile } from "./listing.ts";
import type { AttestedBy, ProjectSource, VerifiedProject } from "./source.ts";

/** Decides for each file whether it may be installed, and keeps the lock as it becomes. */
export type Gatekeeper = {
  /** @throws RefusedError, VerifyError, ClientError: the file may not be installed */
  admitFile(project: VerifiedProject, file: ListedFile): Promise<Verdict>;
  /** The lock with every admitted file in it. */
  lock(): IdentityLock;
};

/**
 * @param acceptChange normalised names of the projects whose change of identity the user accepts.
 */
export function createGatekeeper(
  source: ProjectSource,
  locked: IdentityLock,
  acceptChange: ReadonlySet<string>,
): Gatekeeper {
  let lock = locked;
  // A file is decided once: what was refused stays refused when the installer tries again.
  const verdicts = new Map<string, Promise<Verdict>>();
  const decide = async (project: VerifiedProject, file: ListedFile): Promise<Verdict> => {
    requirePromiseKept(file.filename, file.record, project.view);
    requireNotUndone(file.filename, file.record, project.view);
    const attested = chooseAttestation(await source.fetchAttestations(project, file));
    const seen = describeFile(project, file, attested?.identity ?? null);
    const decideNow = (): LockDecision => decideLock(lock.projects.get(project.name) ?? null, seen);
    const isAccepted = acceptChange.has(project.name);
    if (!isAccepted && isFirstSight(decideNow())) await requireSettledChange(project, file, source);
    // Only now: files are decided side by side, and another one may have been locked meanwhile.
    const decision = decideNow();
    // Consent is to another identity or index, never to other bytes under a name that was accepted.
    const isConsented = isAccepted && decision.kind !== "file-changed";
    const accepted = isConsented ? null : requireAccepted(project.name, seen, decision);
    lock = lockFile(lock, project.name, seen, decision);
    return {
      filename: file.filename,
      logged: { origin: project.origin, index: file.record.firstEntry, head: project.head.kind },
      attested:
        attested === null
          ? null
          : {
              identity: publisherRecordFor(attested.identity),
              signedAt: attested.signedAt,
              logIndex: attested.logIndex,
            },
      locked: accepted?.kind ?? acceptedKind(decision.kind),
      yanked: file.yanked !== null,
    };
  };
  return {
    lock: () => lock,
    admitFile: (project, file) => {
      const key = `${project.name}/${file.filename}/${file.record.sha256}`;
      const known = verdicts.get(key) ?? decide(project, file);
      verdicts.set(key, known);
      // What could not be fetched may be asked for again.
      known.catch((error: unknown) => {
        if (isTransient(error)) verdicts.delete(key);
      });
      return known;
    },
  };
}

/** Nothing was locked that the file's publisher could be compared with. */
function isFirstSight(decision: LockDecision): boolean {
  return decision.kind === "first-use" || decision.kind === "newly-attested";
}

async function requireSettledChange(
  project: VerifiedProject,
  file: ListedFile,
  source: ProjectSource,
): Promise<void> {
  const entry = changeThatAdmitted(file.record, project.view);
  if (entry === null) return;
  const time = await source.fetchEntryTime(entry);
  requireSettled(file.filename, { entry, time, now: project.head.vouchedAt });
}

function acceptedKind(kind: ReturnType<typeof decideLock>["kind"]): Verdict["locked"] {
  switch (kind) {
    case "identity-changed":
    case "attestation-lost":
    case "file-changed":
    case "index-changed":
      return "change-accepted";
    case "first-use":
    case "same-file":
    case "same-identity":
    case "still-unattested":
    case "newly-attested":
    case "older-than-attested":
      return kind;
  }
}

/** Who published the file: the publish attestation says it, another one only where there is none. */
function chooseAttestation(attestations: readonly AttestedBy[]): AttestedBy | null {
  const publish = attestations.find((attestation) => attestation.predicateType === PUBLISH_PREDICATE_TYPE);
  return publish ?? attestations[0] ?? null;
}

function describeFile(project: VerifiedProject, file: ListedFile, identity: CiIdentity | null): SeenFile {
  const { attested: firstAttested, recovered } = project.view.header;
  return {
    filename: file.filename,
    sha256: file.record.sha256,
    index: project.origin,
    identity,
    beforeFirstAttested: firstAttested === null || file.record.firstEntry < firstAttested,
    recovered: recovered !== null && file.record.firstEntry > recovered ? recovered : null,
  };
}
