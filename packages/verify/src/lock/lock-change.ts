// SPDX-License-Identifier: Apache-2.0
import type { IdentityLock, LockedProject } from "@countermark/formats";
import { RefusedError } from "../failure.ts";
import { showDifferences } from "../identity/same-identity.ts";
import type { LockDecision, SeenFile, Severity } from "./decide.ts";
import { showIdentity } from "./show-identity.ts";

/** A decision by which a file may be used without asking anybody. */
export type AcceptedDecision = Exclude<
  LockDecision,
  { readonly kind: "identity-changed" | "attestation-lost" | "file-changed" | "index-changed" }
>;

const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
  "workflow-changed": "the same repository, published by another workflow or environment",
  renamed: "the same repository and owner by their ids, under another name",
  transferred: "the same repository by its id, with another owner",
  different: "another identity altogether",
  recovered:
    "the gravest change there is: the index's staff or its offline keys handed the project over, and nobody who could sign for it agreed",
};

/**
 * Turns a decision that needs somebody's consent into a refusal.
 *
 * @throws RefusedError `identity-changed`, `attestation-lost`, `locked-file-changed`, `locked-index-changed`
 */
export function requireAccepted(project: string, seen: SeenFile, decision: LockDecision): AcceptedDecision {
  const cannot = `Cannot accept ${seen.filename}`;
  switch (decision.kind) {
    case "identity-changed":
      throw new RefusedError(
        "identity-changed",
        `${cannot}: expected ${project} from ${showIdentity(decision.locked)}, seen ${showIdentity(decision.pin)}: ` +
          `${SEVERITY_WORDS[decision.severity]} (${showDifferences(decision.differences)})`,
      );
    case "attestation-lost":
      throw new RefusedError(
        "attestation-lost",
        `${cannot}: expected ${project} from ${showIdentity(decision.locked)}, seen a file without attestation`,
      );
    case "file-changed":
      throw new RefusedError(
        "locked-file-changed",
        `${cannot}: expected the SHA-256 ${decision.locked} that is locked, seen ${seen.sha256}`,
      );
    case "index-changed":
      throw new RefusedError(
        "locked-index-changed",
        `${cannot}: expected ${project} from the index "${decision.locked}", seen "${seen.index}"`,
      );
    case "first-use":
    case "same-file":
    case "same-identity":
    case "still-unattested":
    case "newly-attested":
    case "older-than-attested":
      return decision;
  }
}

/** The lock with `seen` accepted under `decision`, whatever it was: whoever calls this has consented to it. */
export function lockFile(
  lock: IdentityLock,
  project: string,
  seen: SeenFile,
  decision: LockDecision,
): IdentityLock {
  const before = lock.projects.get(project);
  // Another index's files are other files: they do not vouch for names here.
  const files = new Map(before !== undefined && before.index === seen.index ? before.files : []);
  files.set(seen.filename, seen.sha256);
  const locked: LockedProject = { index: seen.index, identity: decision.pin, files };
  return { projects: new Map(lock.projects).set(project, locked) };
}
