// SPDX-License-Identifier: Apache-2.0
import type { LockedProject, PublisherRecord } from "@countermark/formats";
import type { CiIdentity } from "../identity/identify.ts";
import { type Difference, publisherRecordFor, samePublisher } from "../identity/same-identity.ts";

/** What is known of a file when its lock is asked: all of it verified. */
export type SeenFile = {
  readonly filename: string;
  /** Hexadecimal. */
  readonly sha256: string;
  /** Origin of the ledger that records it. */
  readonly index: string;
  /** Who published it, by its attestation; null when it has none. */
  readonly identity: CiIdentity | null;
  /** Whether the ledger recorded it before it recorded the project's first attested file. */
  readonly beforeFirstAttested: boolean;
  /** The entry with which the index's staff or its offline keys handed the project over, where the file came after it. */
  readonly recovered: number | null;
};

/** How grave a change of identity is, in rising order. */
export type Severity = "workflow-changed" | "renamed" | "transferred" | "different" | "recovered";

/** What the lock says of a file. `pin` is the identity to be locked from now on; null: unattested. */
export type LockDecision =
  | { readonly kind: "first-use"; readonly pin: PublisherRecord | null }
  | { readonly kind: "same-file"; readonly pin: PublisherRecord | null }
  | { readonly kind: "same-identity"; readonly pin: PublisherRecord }
  | { readonly kind: "still-unattested"; readonly pin: null }
  | { readonly kind: "newly-attested"; readonly pin: PublisherRecord }
  | { readonly kind: "older-than-attested"; readonly pin: PublisherRecord }
  | {
      readonly kind: "identity-changed";
      readonly locked: PublisherRecord;
      readonly pin: PublisherRecord;
      readonly severity: Severity;
      readonly differences: readonly Difference[];
    }
  | { readonly kind: "attestation-lost"; readonly locked: PublisherRecord; readonly pin: null }
  | { readonly kind: "file-changed"; readonly locked: string; readonly pin: PublisherRecord | null }
  | { readonly kind: "index-changed"; readonly locked: string; readonly pin: PublisherRecord | null };

/**
 * Trust on first use: compares a verified file with what was accepted of its project before.
 *
 * A file that was accepted byte for byte is accepted again, whoever is pinned by now. Files that the ledger recorded before
 * the project's first attested one are not held to the pin: they never had an attestation to lose.
 */
export function decideLock(locked: LockedProject | null, seen: SeenFile): LockDecision {
  const pin = seen.identity === null ? null : publisherRecordFor(seen.identity);
  if (locked === null) return { kind: "first-use", pin };
  if (locked.index !== seen.index) return { kind: "index-changed", locked: locked.index, pin };
  const known = locked.files.get(seen.filename);
  if (known !== undefined && known !== seen.sha256) return { kind: "file-changed", locked: known, pin };
  if (known !== undefined) return { kind: "same-file", pin: locked.identity };
  return seen.identity === null
    ? decideUnattested(locked.identity, seen)
    : decideIdentity(locked.identity, seen.identity, seen.recovered !== null);
}

function decideUnattested(locked: PublisherRecord | null, seen: SeenFile): LockDecision {
  if (locked === null) return { kind: "still-unattested", pin: null };
  if (seen.beforeFirstAttested) return { kind: "older-than-attested", pin: locked };
  return { kind: "attestation-lost", locked, pin: null };
}

function decideIdentity(
  locked: PublisherRecord | null,
  identity: CiIdentity,
  isRecovered: boolean,
): LockDecision {
  const pin = publisherRecordFor(identity);
  if (locked === null) return { kind: "newly-attested", pin };
  const differences = samePublisher(locked, identity);
  if (differences.length === 0) return { kind: "same-identity", pin: locked };
  // Nobody who could sign for the project agreed to it: that is graver than whoever it is now.
  const severity = isRecovered ? "recovered" : decideSeverity(locked, pin);
  return { kind: "identity-changed", locked, pin, severity, differences };
}

/** Ids decide: a name may change and stay the same owner's, an id may not. */
function decideSeverity(locked: PublisherRecord, seen: PublisherRecord): Severity {
  const sameProvider = locked.provider === seen.provider && locked.issuer === seen.issuer;
  const sameProject = sameProvider && locked.projectId !== null && locked.projectId === seen.projectId;
  if (!sameProject || locked.subject !== seen.subject) return "different";
  if (locked.ownerId !== seen.ownerId) return "transferred";
  if (locked.project !== seen.project || locked.owner !== seen.owner) return "renamed";
  return "workflow-changed";
}
