// SPDX-License-Identifier: Apache-2.0
import {
  parseTufSnapshot,
  parseTufTargets,
  parseTufTimestamp,
  quote,
  TUF_SNAPSHOT_BYTES_MAX,
  TUF_TARGETS_BYTES_MAX,
  TUF_TIMESTAMP_BYTES_MAX,
  type TufMetaFile,
  type TufRole,
  type TufRoot,
  type TufSnapshot,
  type TufTargets,
  type TufTimestamp,
} from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import type { Verified } from "../verified.ts";
import { requireUnexpired, type TufContext } from "./context.ts";
import { fetchFile, heldOrNull, type ListedRole, updateListed } from "./listed-role.ts";
import type { TufSteps } from "./request.ts";
import { verifyThreshold } from "./threshold.ts";
import { signersOf, updateRoot } from "./update-root.ts";

/** What a repository says at one moment, checked from the root down to the top-level targets. */
export type TufRepository = {
  readonly root: TufRoot;
  readonly timestamp: TufTimestamp;
  readonly snapshot: TufSnapshot;
  readonly targets: TufTargets;
  /** Roles that searches verified, by name. */
  readonly searched: Map<string, SearchedRole>;
  /** What the update was judged by, and what searches in it are judged by. */
  readonly context: TufContext;
};

/** A targets role, and the delegation that it was verified for: another delegation of it says nothing of this one. */
export type SearchedRole = { readonly delegation: TufRole; readonly targets: TufTargets };

/**
 * Brings what is known of a repository up to date.
 *
 * @param trustedRoot a `root.json` that the user trusts; it may be old, and may have expired.
 * @throws ParseError; VerifyError of the codes `tuf-*`
 * @spec theupdateframework/specification#5
 */
export async function* updateTuf(
  trustedRoot: Uint8Array,
  context: TufContext,
): TufSteps<Verified<TufRepository>> {
  const root = yield* updateRoot(trustedRoot, context); //                      5.3
  const timestamp = yield* updateTimestamp(root, context); //                   5.4
  const snapshot = yield* updateSnapshot(root, timestamp.snapshot, context); // 5.5
  const targets = yield* updateTargets(root, snapshot, context); //             5.6.1 to 5.6.6
  const searched = new Map([["targets", { delegation: root.roles.targets, targets }]]);
  return { root, timestamp, snapshot, targets, searched, context } as Verified<TufRepository>;
}

/** @spec theupdateframework/specification#5.4 */
async function* updateTimestamp(root: TufRoot, context: TufContext): TufSteps<TufTimestamp> {
  const cached = yield { kind: "read", role: "timestamp" };
  const trusted = await heldOrNull(cached, (bytes) => verifyTimestamp(bytes, root, context));
  if (context.mode.kind === "offline" && trusted !== null) return requireFresh(trusted, context);
  const bytes = yield* fetchFile("timestamp.json", TUF_TIMESTAMP_BYTES_MAX, context); // 1
  const next = await verifyTimestamp(bytes, root, context); //                           2
  if (trusted !== null) {
    requireNotOlder(trusted, next); //                                                   3.1
    if (next.version === trusted.version) return requireFresh(trusted, context);
    requireNoOlderSnapshot(trusted, next); //                                            3.2
  }
  requireFresh(next, context); //                                                        4
  yield { kind: "write", role: "timestamp", bytes }; //                                  5
  return next;
}

async function verifyTimestamp(
  bytes: Uint8Array,
  root: TufRoot,
  { crypto }: TufContext,
): Promise<TufTimestamp> {
  const file = parseTufTimestamp(bytes);
  const check = { name: "timestamp", code: "tuf-threshold" } as const;
  await verifyThreshold(file, signersOf(root, "timestamp"), check, crypto);
  return file.signed;
}

function requireFresh(timestamp: TufTimestamp, context: TufContext): TufTimestamp {
  requireUnexpired("timestamp", timestamp.expires, context);
  return timestamp;
}

function requireNotOlder(trusted: TufTimestamp, next: TufTimestamp): void {
  if (next.version >= trusted.version) return;
  throw new VerifyError(
    "tuf-timestamp-rollback",
    `Cannot trust the TUF timestamp of version ${next.version}: version ${trusted.version} is known`,
  );
}

function requireNoOlderSnapshot(trusted: TufTimestamp, next: TufTimestamp): void {
  if (next.snapshot.version >= trusted.snapshot.version) return;
  throw new VerifyError(
    "tuf-snapshot-rollback",
    `Cannot trust the TUF timestamp of version ${next.version}: it lists the snapshot of version ` +
      `${next.snapshot.version}, and version ${trusted.snapshot.version} is known`,
  );
}

/** @spec theupdateframework/specification#5.5 */
function updateSnapshot(root: TufRoot, listed: TufMetaFile, context: TufContext): TufSteps<TufSnapshot> {
  const role: ListedRole<TufSnapshot> = {
    name: "snapshot",
    listed,
    signers: signersOf(root, "snapshot"),
    parse: parseTufSnapshot,
    bytesMax: TUF_SNAPSHOT_BYTES_MAX,
    isVersioned: root.consistentSnapshot,
    requireSuccessor: requireNoRollback,
  };
  return updateListed(role, context);
}

/** 5.5.5. */
function requireNoRollback(trusted: TufSnapshot, next: TufSnapshot): void {
  for (const [role, known] of trusted.meta) {
    const listed = next.meta.get(role);
    if (listed === undefined) {
      throw new VerifyError(
        "tuf-role-removed",
        `Cannot trust the TUF snapshot of version ${next.version}: it no longer lists ${quote(role)}`,
      );
    }
    if (listed.version < known.version) {
      throw new VerifyError(
        "tuf-targets-rollback",
        `Cannot trust the TUF snapshot of version ${next.version}: it lists version ${listed.version} of ${quote(role)}, ` +
          `and version ${known.version} is known`,
      );
    }
  }
}

/** @spec theupdateframework/specification#5.6 */
function updateTargets(root: TufRoot, snapshot: TufSnapshot, context: TufContext): TufSteps<TufTargets> {
  return updateListed(targetsRole("targets", signersOf(root, "targets"), { root, snapshot }), context);
}

/** The top-level targets role, or one that is delegated to. @throws VerifyError `tuf-role-unlisted` */
export function targetsRole(
  name: string,
  signers: ListedRole<TufTargets>["signers"],
  { root, snapshot }: Pick<TufRepository, "root" | "snapshot">,
): ListedRole<TufTargets> {
  const listed = snapshot.meta.get(name);
  if (listed === undefined) {
    throw new VerifyError(
      "tuf-role-unlisted",
      `Cannot find TUF role ${quote(name)}: the snapshot does not list it`,
    );
  }
  return {
    name,
    listed,
    signers,
    parse: parseTufTargets,
    bytesMax: TUF_TARGETS_BYTES_MAX,
    isVersioned: root.consistentSnapshot,
    // The snapshots were compared: a version that is listed is not older than the one that was.
    requireSuccessor: () => {},
  };
}
