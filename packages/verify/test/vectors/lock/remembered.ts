// SPDX-License-Identifier: Apache-2.0
// vectors/lock/remembered.json, vectors/lock/history.json and vectors/lock/publishers.json
import { encodeIdentityLock, parseIdentityLock, parseUtf8, utf8 } from "@countermark/formats";
import {
  type Attester,
  decideHistory,
  decideRemembered,
  type ListedRelease,
  type LockDecision,
  lockFiles,
  requireOnePublisher,
  type SeenFile,
} from "@countermark/verify";
import { type Cases, gives, refuses } from "../case.ts";

const PROJECT = "sampleproject";

interface RememberedVector {
  readonly claim: string;
  /** The whole `countermark.lock`, and the machine's own record. */
  readonly lock: string;
  readonly local: string;
  /** Each file, what is decided of it, and when it was signed. */
  readonly files: readonly {
    readonly seen: SeenFile;
    readonly kind: string;
    readonly signedAt: number | null;
  }[];
  /** The digest that a file is said to have had; null: not asked. */
  readonly locked: string | null;
  /** The lock with all of them accepted. */
  readonly after: string;
}

export const rememberedCases: Cases = (vectors) =>
  (vectors as readonly RememberedVector[]).flatMap(({ claim, lock, local, files, locked, after }) => {
    const read = (text: string) => parseIdentityLock(utf8(text));
    const memories = () => ({
      lock: read(lock).projects.get(PROJECT) ?? null,
      local: read(local).projects.get(PROJECT) ?? null,
    });
    const decide = (seen: SeenFile) => decideRemembered(memories(), seen);
    const told =
      locked === null
        ? []
        : [gives(`${claim}: digest`, [locked], () => files.map(({ seen }) => lockedIn(decide(seen))))];
    return [
      ...told,
      gives(
        `${claim}: decisions`,
        files.map(({ kind }) => kind),
        () => files.map(({ seen }) => decide(seen).kind),
      ),
      gives(`${claim}: lock afterwards`, after, () => {
        const decided = files.map(({ seen, signedAt }) => ({ seen, signedAt, decision: decide(seen) }));
        return parseUtf8(encodeIdentityLock(lockFiles(read(lock), PROJECT, decided)), "lock");
      }),
    ];
  });

function lockedIn(decision: LockDecision): string | null {
  return decision.kind === "file-changed" ? decision.locked : null;
}

interface HistoryVector {
  readonly claim: string;
  readonly version: string;
  readonly listed: readonly ListedRelease[];
  readonly history: unknown;
}

export const historyCases: Cases = (vectors) =>
  (vectors as readonly HistoryVector[]).map(({ claim, version, listed, history }) =>
    gives(claim, history, () => decideHistory(version, listed)),
  );

interface PublisherVector {
  readonly claim: string;
  readonly attested: readonly Attester[];
  readonly publisher?: number | null;
  readonly code?: string;
}

export const publisherCases: Cases = (vectors) =>
  (vectors as readonly PublisherVector[]).map(({ claim, attested, publisher = null, code }) => {
    const find = () => requireOnePublisher("file", attested);
    if (code !== undefined) return refuses(claim, code, find);
    return gives(claim, publisher === null ? null : attested[publisher], find);
  });
