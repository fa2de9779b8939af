// SPDX-License-Identifier: Apache-2.0
// vectors/lock/decision.json and vectors/lock/evidence.json
import {
  encodeIdentityLock,
  parseConfigRecord,
  parseFileMapRecord,
  parseIdentityLock,
  parseProjectHeader,
  parseUtf8,
  utf8,
} from "@countermark/formats";
import {
  decideLock,
  lockFile,
  requireAccepted,
  requireNothingWithheld,
  requirePromiseKept,
  type SeenFile,
} from "@countermark/verify";
import { bytesOf, type Cases, gives, refuses } from "../case.ts";

interface LockVector {
  readonly claim: string;
  /** The whole `countermark.lock`. */
  readonly lock: string;
  readonly project: string;
  readonly seen: SeenFile;
  readonly decision: unknown;
  /** Where the decision needs somebody's consent: the code of the refusal. */
  readonly code: string | null;
  /** The lock when it was given, or was not needed. */
  readonly after: string;
}

export const lockCases: Cases = (file) =>
  (file as readonly LockVector[]).flatMap(({ claim, lock, project, seen, decision, code, after }) => {
    const read = () => parseIdentityLock(utf8(lock));
    const decide = () => decideLock(read().projects.get(project) ?? null, seen);
    const require = () => requireAccepted(project, seen, decide());
    return [
      gives(`${claim}: decision`, decision, decide),
      code === null
        ? gives(`${claim}: accepted`, decision, require)
        : refuses(`${claim}: refused`, code, require),
      gives(`${claim}: lock afterwards`, after, () => {
        const before = read();
        const changed = lockFile(before, project, seen, decide());
        const isUntouched = parseUtf8(encodeIdentityLock(before), "lock") === lock;
        return isUntouched ? parseUtf8(encodeIdentityLock(changed), "lock") : "the lock was changed in place";
      }),
    ];
  });

interface EvidenceVector {
  readonly claim: string;
  /** The file's record in the map. */
  readonly record: string;
  /** Digests of the attestations that came. */
  readonly served: readonly string[];
  /** The project's header and current configuration. */
  readonly header: string;
  readonly config: string;
}

interface EvidenceFile {
  readonly accepted: readonly EvidenceVector[];
  readonly refused: readonly (EvidenceVector & { readonly code: string })[];
}

export const evidenceCases: Cases = (file) => {
  const { accepted, refused } = file as EvidenceFile;
  const require = (asked: EvidenceVector): string => {
    const record = parseFileMapRecord(bytesOf(asked.record));
    if (record.kind !== "file") return "no record of a file";
    const header = parseProjectHeader(bytesOf(asked.header));
    const current = parseConfigRecord(bytesOf(asked.config));
    requireNothingWithheld("file", record, new Set(asked.served));
    requirePromiseKept("file", record, { header, current });
    return "ok";
  };
  return [
    ...accepted.map((asked) => gives(asked.claim, "ok", () => require(asked))),
    ...refused.map((asked) => refuses(asked.claim, asked.code, () => require(asked))),
  ];
};
